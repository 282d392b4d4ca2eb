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
        element("button", { class: "button main", value: "yes" }, yes));
      dialog.append(buttons);
      dialog.addEventListener("close", () => {
        resolve(dialog.returnValue === "yes");
        dialog.remove();
      });
      document.body.append(dialog);
      dialog.showModal();
    });
  }

  // One short line at the foot of the window, read out by screen readers.
  let status;
  function say(text) {
    status ??= document.body.appendChild(element("div", { id: "status", role: "status" }));
    status.textContent = text;
    clearTimeout(status.timer);
    status.timer = setTimeout(() => (status.textContent = ""), 4000);
  }
  const tell = (error) => say(error.message);

  return { scrollTo, behavior, element, send, json, copy, confirmed, say, tell };
})();

// The connection: Gradio tries to reconnect and reloads the page by itself; it says so in English, we in Russian.
(() => {
  const banner = document.createElement("div");
  banner.id = "offline";
  banner.setAttribute("role", "alert");
  const lost = () => /connection/i.test(document.querySelector(".toast-body")?.textContent ?? "");
  const watch = () => {
    document.body.append(banner);
    new MutationObserver(() => {
      const text = lost() ? "Связь с сервером потеряна. Страница откроется снова, как только он ответит." : "";
      if (banner.textContent !== text) banner.textContent = text;
    }).observe(document.body, { childList: true, subtree: true });
  };
  if (document.body) watch();
  else addEventListener("DOMContentLoaded", watch);
})();
