// What the parts of the page share. Everything is reached through window.snoska, called by js_on_load of the blocks.
window.snoska = (() => {
  document.documentElement.lang = "ru";
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const behavior = () => (calm.matches ? "auto" : "smooth");
  const scrollTo = (target, block) => target?.scrollIntoView({ block, behavior: behavior() });
  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };

  async function send(path, options = {}) {
    const reply = await fetch(path, options).catch(() => null);
    if (!reply) throw new Error("Сервер не отвечает. Подождите немного и попробуйте ещё раз.");
    if (reply.ok) return reply;
    if (reply.status === 401) location.reload();
    const told = await reply.json().catch(() => ({}));
    throw new Error(told.detail ?? "Не получилось. Попробуйте ещё раз.");
  }
  const json = (path, body) =>
    send(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })
      .then((reply) => reply.json());

  // Also as formatted text, where the browser lets and whoever pastes wants it.
  async function copy(text, html = "") {
    const clipboard = window.isSecureContext && navigator.clipboard;
    try {
      if (clipboard && html && window.ClipboardItem) {
        const item = { "text/plain": new Blob([text], { type: "text/plain" }), "text/html": new Blob([html], { type: "text/html" }) };
        return await clipboard.write([new ClipboardItem(item)]);
      }
      if (clipboard) return await clipboard.writeText(text);
    } catch { /* a frame of another page, or a browser that asks and was refused */ }
    const area = element("textarea", { style: "position:fixed;opacity:0" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("Браузер не дал скопировать. Выделите текст и скопируйте его сами.");
  }

  // A question with two answers, in the browser's own modal dialog: Escape and focus work by themselves.
  function confirmed(question, yes) {
    return new Promise((resolve) => {
      const dialog = element("dialog", { class: "confirm", "aria-label": question }, element("p", {}, question));
      const buttons = element("form", { method: "dialog", class: "buttons" },
        element("button", { class: "button", value: "" }, "Отмена"),
        element("button", { class: "button chief", value: "yes" }, yes));
      dialog.append(buttons);
      dialog.addEventListener("close", () => {
        resolve(dialog.returnValue === "yes");
        dialog.remove();
      });
      document.body.append(dialog);
      dialog.showModal();
    });
  }

  // One short line at the foot of the window, read out by screen readers; at times with a way back.
  let status;
  function say(text, undo, label = "Вернуть") {
    status ??= document.body.appendChild(element("div", { id: "status", role: "status" }));
    status.replaceChildren(text);
    if (undo) {
      const back = element("button", { type: "button" }, label);
      back.addEventListener("click", () => (status.replaceChildren(), undo()));
      status.append(" ", back);
    }
    clearTimeout(status.timer);
    status.timer = setTimeout(() => status.replaceChildren(), undo ? 20000 : 4000);
  }
  // «1 статья», «3 статьи», «11 статей».
  const FORMS = new Intl.PluralRules("ru");
  const counted = (number, one, few, many) => `${number.toLocaleString("ru")} ${{ one, few }[FORMS.select(number)] ?? many}`;

  const tell = (error) => say(error.message);

  // What Gradio would tell in English of an event that failed or could not be queued.
  new MutationObserver((changes) => {
    const failed = (node) => node.nodeType === 1 && (node.matches(".toast-body") || node.querySelector(".toast-body"));
    if (!changes.some((change) => [...change.addedNodes].some(failed))) return;
    say("Не получилось: сервер занят или не отвечает. Подождите немного и попробуйте ещё раз.");
    dispatchEvent(new CustomEvent("snoska:failed"));
  }).observe(document.documentElement, { childList: true, subtree: true });

  // Gradio begins once the first screen is seen: its scripts keep a browser busy for a while. A page in the
  // background is never painted, so it doesn't wait long.
  function begin(address) {
    let begun;
    const start = () => (begun ??= import(new URL(address, document.baseURI).href));
    new PerformanceObserver(start).observe({ type: "paint", buffered: true });
    setTimeout(start, 200);
  }

  return { begin, counted, scrollTo, behavior, element, send, json, copy, confirmed, say, tell };
})();

// The connection: whether the server still answers, and whether it is the same one as when the page was opened.
// A server that was started again knows nothing of this page, so the page opens itself anew, with what was typed.
(() => {
  const EVERY = 8000, LOST = 1500; // milliseconds between two looks
  const TOLD = "Связь с сервером потеряна.", WAITS = " Вопрос сохранён и уйдёт, как только он ответит.";
  let timer, wasLost = false;
  const banner = document.createElement("div");
  banner.id = "offline";
  banner.setAttribute("role", "alert");
  let known, missed = false;

  async function look() {
    const reply = await fetch("gradio_api/app_id", { cache: "no-store" }).catch(() => null);
    const told = reply?.ok ? await reply.json().catch(() => null) : null;
    const lost = !told && reply?.status !== 401;
    const text = lost ? TOLD + (snoska.hasPending() ? WAITS : " Страница оживёт сама, как только он ответит.") : "";
    if (banner.textContent !== text) banner.textContent = text;
    known ??= told?.app_id;
    if (reply?.status === 401 || (told && told.app_id !== known)) {
      return location.reload(); // drafts and the question that was not sent stay
    }
    if (wasLost && !lost) snoska.reconnected();
    else if (!lost && missed && snoska.wasRefused()) snoska.forgetPending(); // and the page has said so
    [wasLost, missed] = [lost, false];
    clearTimeout(timer);
    timer = setTimeout(look, lost ? LOST : EVERY);
  }

  function begin() {
    document.body.prepend(banner);
    new ResizeObserver(() => document.documentElement.style.setProperty("--banner", `${banner.offsetHeight}px`)).observe(banner);
    look();
    addEventListener("online", look);
    addEventListener("offline", look);
    // What fails because the page is being left was not refused.
    let leaves = false;
    addEventListener("beforeunload", () => ((leaves = true), setTimeout(() => (leaves = false), LOST)));
    addEventListener("snoska:failed", () => leaves || ((missed = true), look()));
  }
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);
})();
