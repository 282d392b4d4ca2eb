// Below the list of chats: saving several, the look of the page, and what the keys do.
(() => {
  const { element, theme, say } = snoska;
  const KEYS = [
    ["Enter", "спросить"], ["Shift + Enter", "новая строка в вопросе"], ["↑ в пустом поле", "изменить последний вопрос"],
    ["Esc", "остановить ответ, закрыть статью или список"], ["/", "к вопросу"], ["N", "новый разговор"],
    ["О, И, У, ← и →", "в просмотре набора: оставить, изменить, убрать, к соседнему вопросу"],
    ["1, 2, 3", "вопросы, библиотека, проверка"], ["Tab", "по сноскам и кнопкам; Enter открывает"], ["?", "эта подсказка"],
  ];

  function help() {
    if (document.querySelector("dialog[open]")) return;
    const list = element("dl", { class: "keys" }, ...KEYS.flatMap(([key, does]) => [element("dt", {}, element("kbd", {}, key)), element("dd", {}, does)]));
    const dialog = element("dialog", { class: "confirm", "aria-label": "Клавиши" }, element("h2", {}, "Клавиши"), list,
      element("form", { method: "dialog", class: "buttons" }, element("button", { class: "button" }, "Закрыть")));
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  const DOES = {
    "?": help,
    "/": () => document.querySelector("#box textarea")?.focus(),
    n: () => document.querySelector("#history .new")?.click(),
    1: () => snoska.show("talk"),
    2: () => snoska.show("library"),
    3: () => snoska.show("trial"),
  };
  addEventListener("keydown", (event) => {
    const isTyping = event.target.closest?.("input, textarea, select, dialog, [contenteditable]");
    const does = DOES[event.key] ?? (event.code === "KeyN" && DOES.n); // on a Russian layout, too
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !does) return;
    event.preventDefault();
    does();
  });

  function historyFoot(root) {
    const choice = root.querySelector("[data-theme-choice]");
    choice.value = document.documentElement.dataset.theme;
    root.addEventListener("change", (event) => event.target === choice && theme(choice.value));
    root.addEventListener("click", (event) => {
      if (event.target.closest("[data-help]")) help();
      const saving = event.target.closest("[data-save-all]");
      if (!saving) return;
      saving.closest("details").open = false;
      save(saving.dataset.saveAll, root.querySelector("[data-save-of]").value);
    });
    root.querySelector(".save-all").addEventListener("toggle", ({ target }) => target.open && offer(root));
  }

  // Which chats are saved: all that are listed, or those of a folder.
  const folders = () => [...document.querySelectorAll("#history-list .folder")];
  function offer(root) {
    const names = folders().map((each) => each.dataset.folder);
    root.querySelector("[data-save-of]").replaceChildren(element("option", { value: "" }, "Все из списка"),
      ...names.map((name) => element("option", { value: name }, `Папка «${name}»`)));
    root.querySelector(".save-of").hidden = !names.length;
  }

  function save(kind, folder) {
    const within = folders().find((each) => folder && each.dataset.folder === folder) ?? document.querySelector("#history-list");
    const ids = [...within.querySelectorAll(".chat")].map((each) => ["chat", each.dataset.chat]);
    if (!ids.length) return say("Сохранять пока нечего.");
    const link = element("a", { href: `chats/export.zip?${new URLSearchParams([["kind", kind], ...ids])}`, download: "" });
    document.body.append(link);
    link.click();
    link.remove();
  }

  Object.assign(snoska, { historyFoot, help });
})();
