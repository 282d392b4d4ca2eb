// The conversation as it is shown. The server sends steps: what stands from a place on, never the whole again.
(() => {
  const { element, go, here, scrollTo } = snoska;
  const watchers = []; // told of each step: { kind, chat, opened: another chat than before, begins: a question }
  const EDIT = ["Изменить вопрос", "Изменить вопрос; ответы после него будут заменены"];

  const root = () => document.querySelector("#conversation .exchanges")?.parentElement;
  const shown = () => document.querySelector("#conversation .exchanges");
  const placeOf = (exchange) => Number(exchange.dataset.place);

  function steps(holder) {
    new MutationObserver(() => {
      const step = holder.querySelector(".step");
      if (!step || step.dataset.taken) return;
      step.dataset.taken = "true"; // its content moves into the conversation
      take(step.dataset.kind, step.querySelector(".exchanges"));
    }).observe(holder, { childList: true, subtree: true });
  }

  function take(kind, news) {
    const before = shown(), chat = news.dataset.chat;
    const opened = !before || (before.dataset.chat !== chat && Boolean(before.dataset.chat));
    const lasted = before?.querySelector(".exchange:last-child")?.dataset.answer;
    if (kind === "earlier") earlier(before, news);
    else if (before && before.dataset.chat === chat && chat) replaced(before, news, kind);
    else if (before) before.replaceWith(news);
    else document.querySelector("#conversation [data-holds]").replaceChildren(news);
    const now = shown(), last = now.querySelector(".exchange:last-child");
    labelled(now);
    now.parentElement.setAttribute("aria-busy", last?.dataset.state === "writing");
    const begins = kind !== "earlier" && !opened && Boolean(last) && last.dataset.answer !== lasted;
    if (opened && last) arrive(now, last);
    else if (begins && placeOf(last)) scrollTo(last, "start");
    if (kind === "earlier") return;
    if (last?.dataset.state === "done" && (begins || before?.dataset.writing)) announce(last);
    now.toggleAttribute("data-writing", last?.dataset.state === "writing");
    for (const watcher of watchers) watcher({ kind, chat, opened, begins, last });
  }

  // From the first place that is sent on, everything is new; what stands before it stays as it is.
  function replaced(before, news, kind) {
    const first = Number(news.dataset.first);
    for (const each of before.querySelectorAll(".exchange"))
      if (placeOf(each) >= first || kind === "whole") each.remove();
    before.querySelector(".greeting")?.remove();
    if (kind === "whole") before.dataset.first = first;
    before.append(...news.children);
  }

  function earlier(before, news) {
    if (!before || before.dataset.chat !== news.dataset.chat) return;
    const top = before.querySelector(".exchange"), from = top.getBoundingClientRect().top;
    before.dataset.first = news.dataset.first;
    before.prepend(...news.children);
    scrollBy({ top: top.getBoundingClientRect().top - from, behavior: "instant" });
  }

  function labelled(now) {
    const exchanges = [...now.querySelectorAll(".exchange")], first = Number(now.dataset.first);
    for (const [number, exchange] of exchanges.slice(-2).entries()) {
      const edit = exchange.querySelector(".edit"), label = EDIT[Number(number < exchanges.slice(-2).length - 1)];
      if (edit && edit.title !== label) Object.assign(edit, { title: label, ariaLabel: label });
    }
    now.querySelector(":scope > .earlier")?.remove();
    if (first > 0) now.prepend(element("button", { type: "button", class: "earlier", "data-earlier": first }, `Показать прежние вопросы: ${first}`));
  }

  // A chat that is opened shows the answer of its address, or its last one.
  function arrive(now, last) {
    const named = here().exchange && now.querySelector(`[data-answer="${CSS.escape(here().exchange)}"]`);
    const target = named || (now.querySelectorAll(".exchange").length > 1 ? last : null);
    target?.scrollIntoView({ behavior: "instant", block: "start" });
  }

  let spoken;
  function announce(last) {
    spoken ??= document.body.appendChild(element("div", { id: "spoken", role: "status", class: "unseen" }));
    const said = last.querySelector(".text, .failure")?.textContent ?? "";
    const notes = last.querySelectorAll(".footnotes > li").length;
    spoken.textContent = `Ответ готов. ${said.slice(0, 300)} ${notes ? `Сносок: ${notes}.` : ""}`;
  }

  Object.assign(snoska, { steps, onStep: (watcher) => watchers.push(watcher), chatShown: () => shown()?.dataset.chat ?? "" });
})();
