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

  async function copy(text) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
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
  function say(text, undo) {
    status ??= document.body.appendChild(element("div", { id: "status", role: "status" }));
    status.replaceChildren(text);
    if (undo) {
      const back = element("button", { type: "button" }, "Вернуть");
      back.addEventListener("click", () => (status.replaceChildren(), undo()));
      status.append(" ", back);
    }
    clearTimeout(status.timer);
    status.timer = setTimeout(() => status.replaceChildren(), undo ? 20000 : 4000);
  }
  const tell = (error) => say(error.message);

  // What Gradio would tell in English of an event that failed or could not be queued.
  new MutationObserver((changes) => {
    const failed = (node) => node.nodeType === 1 && (node.matches(".toast-body") || node.querySelector(".toast-body"));
    if (changes.some((change) => [...change.addedNodes].some(failed)))
      say("Не получилось: сервер занят или не отвечает. Подождите немного и попробуйте ещё раз.");
  }).observe(document.documentElement, { childList: true, subtree: true });

  return { scrollTo, behavior, element, send, json, copy, confirmed, say, tell };
})();

// The connection: whether the server still answers, and whether it is the same one as when the page was opened.
// A server that was started again knows nothing of this page, so the page opens itself anew, with what was typed.
(() => {
  const EVERY = 8000, LOST = 1500; // milliseconds between two looks
  const banner = document.createElement("div");
  banner.id = "offline";
  banner.setAttribute("role", "alert");
  let known;

  async function look() {
    const reply = await fetch("gradio_api/app_id", { cache: "no-store" }).catch(() => null);
    const told = reply?.ok ? await reply.json().catch(() => null) : null;
    const lost = !told && reply?.status !== 401;
    const text = lost ? "Связь с сервером потеряна. Страница откроется снова, как только он ответит." : "";
    if (banner.textContent !== text) banner.textContent = text;
    known ??= told?.app_id;
    if (reply?.status === 401 || (told && told.app_id !== known)) {
      const box = document.querySelector("#box textarea");
      if (box?.value) sessionStorage.setItem("draft", box.value);
      return location.reload();
    }
    setTimeout(look, lost ? LOST : EVERY);
  }

  function begin() {
    document.body.append(banner);
    look();
    const draft = sessionStorage.getItem("draft");
    if (!draft) return;
    sessionStorage.removeItem("draft");
    const waiting = setInterval(() => {
      const box = document.querySelector("#box textarea");
      if (!box) return;
      clearInterval(waiting);
      box.value = draft;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }, 200);
  }
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);
})();
