// Where one is: every chat, view and open article has an address, and Back leads to the one before.
// A place is { view, chat, article, start, stop, answer, version, exchange, list, review }; `list` are the conditions of the
// library's list. What changes it calls `go`; who shows it is told by `onBack` when the browser goes back or forth.
(() => {
  const ROOT = new URL("./", document.baseURI);
  const VIEWS = ["library", "trial"];
  const LISTED = ["words", "text", "source", "since", "until", "sort", "page"];
  const watchers = [];

  function read(address = location) {
    const url = new URL(address.href), asked = url.searchParams;
    const path = decodeURI(url.pathname.slice(ROOT.pathname.length)), [first, ...rest] = path.split("/");
    const named = new URLSearchParams(url.hash.slice(1)), [start, stop] = (named.get("s") ?? "").split("-").map(Number);
    const alone = first === "article" ? decodeURIComponent(url.pathname.slice(ROOT.pathname.length + "article/".length)) : "";
    const view = alone ? "library" : [first, url.hash.slice(1)].find((each) => VIEWS.includes(each)) ?? "talk";
    return {
      view,
      chat: (first === "chat" ? rest[0] : asked.get("chat")) ?? "",
      article: alone || (asked.get("article") ?? ""),
      start: start || 0,
      stop: stop || 0,
      answer: asked.get("answer") ?? "",
      version: Number(asked.get("version")) || 0,
      exchange: named.get("a") ?? "",
      review: asked.get("review") ?? "",
      list: Object.fromEntries(LISTED.map((name) => [name, asked.get(name) ?? ""]).filter(([, value]) => value)),
    };
  }

  function addressOf(place) {
    const { view, chat, article, start, stop, answer, version, exchange, list, review } = place;
    const url = new URL(view === "talk" ? (chat ? `chat/${encodeURIComponent(chat)}` : "") : view, ROOT);
    const asked = url.searchParams;
    if (view === "library") for (const [name, value] of Object.entries(list)) asked.set(name, value);
    if (view === "trial" && review) asked.set("review", review);
    if (view !== "talk" && chat) asked.set("chat", chat);
    for (const [name, value] of Object.entries({ article, answer: article && answer, version: article && version }))
      if (value) asked.set(name, value);
    if (article && stop > start) url.hash = `s=${start}-${stop}`;
    else if (exchange && view === "talk") url.hash = `a=${exchange}`;
    return url.href;
  }

  let now = read();
  const NO_ARTICLE = { article: "", start: 0, stop: 0, answer: "", version: 0 };

  // `state` is what closing needs to know: { opened } an article, { panel } the list of chats on a phone.
  function go(change, { replace = false, state = {} } = {}) {
    now = { ...now, exchange: "", ...change };
    const to = addressOf(now);
    if (to === location.href && !Object.keys(state).length) return;
    history[replace ? "replaceState" : "pushState"]({ ...(replace ? history.state : {}), ...state }, "", to);
  }

  addEventListener("popstate", () => {
    const before = now;
    now = read();
    for (const watcher of watchers) watcher(now, before);
  });

  const address = (path) => new URL(path, ROOT).href;
  Object.assign(snoska, { go, address, addressOf, NO_ARTICLE, here: () => now, onBack: (watcher) => watchers.push(watcher) });
})();
