// The views of the page and the list of conversations.
(() => {
  const { confirmed, element } = snoska;
  const body = () => document.body;

  function show(view) {
    body().dataset.view = view;
    for (const button of document.querySelectorAll("nav [data-view]"))
      button.dataset.view === view ? button.setAttribute("aria-current", "page") : button.removeAttribute("aria-current");
    const address = new URL(location.href);
    address.hash = view === "talk" ? "" : view;
    history.replaceState(history.state, "", address);
    dispatchEvent(new CustomEvent("snoska:view", { detail: view }));
  }

  function panel(open) {
    body().toggleAttribute("data-panel", open);
    document.querySelector(".chats-button")?.setAttribute("aria-expanded", open);
    if (open) document.querySelector("#history .new")?.focus();
  }

  function views(root) {
    const named = location.hash.slice(1);
    root.addEventListener("click", (event) => {
      const view = event.target.closest("[data-view]");
      if (view) show(view.dataset.view);
      if (event.target.closest("[data-panel]")) panel(!body().hasAttribute("data-panel"));
    });
    addEventListener("keydown", (event) => {
      const own = event.target.closest?.("dialog[open], .rename"); // theirs is the Escape that is pressed in them
      if (event.key === "Escape" && !own && body().hasAttribute("data-panel")) panel(false);
    });
    addEventListener("click", (event) => {
      const outside = !event.target.closest?.("#history, .chats-button, dialog");
      if (outside && body().hasAttribute("data-panel")) panel(false);
    });
    requestAnimationFrame(() => show(["library", "trial"].includes(named) ? named : "talk"));
  }

  let fresh = () => {}, search = () => {};
  function historyTop(root) {
    root.addEventListener("click", (event) => {
      if (!event.target.closest("[data-do=new]")) return;
      fresh();
      done();
    });
    let waiting;
    root.addEventListener("input", (event) => {
      clearTimeout(waiting);
      waiting = setTimeout(() => search(event.target.value), 250);
    });
  }

  function done() {
    show("talk");
    panel(false);
    document.querySelector("#box textarea")?.focus();
  }

  function chats(root, pick, change, begin) {
    const query = () => document.querySelector("#history-top input")?.value ?? "";
    fresh = begin;
    search = (text) => change({ do: "search", query: text });
    root.addEventListener("click", async (event) => {
      const button = event.target.closest("[data-do]"), line = event.target.closest(".chat");
      if (!button || !line) return;
      const menu = button.closest("details");
      if (menu) menu.open = false;
      const chat = line.dataset.chat, title = line.querySelector(".title").textContent;
      if (button.dataset.do === "pick") {
        pick({ chat });
        done();
      } else if (button.dataset.do === "rename") rename(line, (named) => change({ do: "rename", chat, title: named, query: query() }));
      else if (await confirmed(`Удалить разговор «${title}»? Ссылки на его ответы перестанут открываться.`, "Удалить"))
        change({ do: "delete", chat, query: query() });
    });
    // One menu at a time; Escape and a click elsewhere close it.
    addEventListener("click", (event) => {
      for (const menu of root.querySelectorAll("details[open]")) if (!menu.contains(event.target)) menu.open = false;
    });
    root.addEventListener("keydown", (event) => {
      const menu = event.target.closest("details[open]");
      if (event.key !== "Escape" || !menu) return;
      menu.open = false;
      menu.querySelector("summary").focus();
      event.stopPropagation();
    });
  }

  function rename(line, save) {
    const title = line.querySelector(".title");
    const field = element("input", { class: "rename", "aria-label": "Название разговора", maxlength: 120 });
    field.value = title.textContent;
    let over = false;
    const end = (keep) => {
      if (over) return;
      over = true;
      field.remove();
      line.classList.remove("renaming");
      if (keep && field.value.trim()) save(field.value);
      else line.querySelector("summary").focus();
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") end(true);
      if (event.key !== "Escape") return;
      event.preventDefault(); // it stops no answer
      end(false);
    });
    field.addEventListener("blur", () => end(true));
    line.classList.add("renaming");
    line.prepend(field);
    field.focus();
    field.select();
  }

  Object.assign(snoska, { views, show, history: chats, historyTop });
})();
