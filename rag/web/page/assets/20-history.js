// The views of the page and the list of conversations.
(() => {
  const { confirmed, element, go, here, onBack, NO_ARTICLE } = snoska;
  const body = () => document.body;

  function display(view) {
    body().dataset.view = view;
    for (const button of document.querySelectorAll("nav [data-view]"))
      button.dataset.view === view ? button.setAttribute("aria-current", "page") : button.removeAttribute("aria-current");
    dispatchEvent(new CustomEvent("snoska:view", { detail: view }));
  }

  // To another view, without the article that lay beside the former one.
  function show(view) {
    if (here().view !== view) go({ view, ...(body().dataset.opened === view ? {} : NO_ARTICLE) });
    display(view);
  }

  const isOpen = () => body().hasAttribute("data-panel");
  const covers = () => matchMedia("(max-width: 1280px)").matches;
  function panel(open) {
    body().toggleAttribute("data-panel", open);
    document.querySelector(".chats-button")?.setAttribute("aria-expanded", open);
    if (open) document.querySelector("#history .new")?.focus();
  }
  // Back closes the list where it covers the page.
  function openPanel() {
    panel(true);
    if (covers()) go({}, { state: { panel: true } });
  }
  function closePanel() {
    if (!isOpen()) return;
    panel(false);
    if (history.state?.panel) history.back();
  }

  function views(root) {
    // Gradio has loaded its styles by now; ours has the last word.
    document.head.append(document.getElementById("snoska-style"));
    root.addEventListener("click", (event) => {
      const view = event.target.closest("[data-view]");
      if (view) show(view.dataset.view);
      if (event.target.closest("[data-panel]")) isOpen() ? closePanel() : openPanel();
      if (event.target.closest("[data-skip]")) document.querySelector("#box textarea")?.focus();
    });
    addEventListener("keydown", (event) => {
      const own = event.target.closest?.("dialog[open], .rename"); // theirs is the Escape that is pressed in them
      if (event.key === "Escape" && !own) closePanel();
    });
    addEventListener("click", (event) => {
      if (!event.target.closest?.("#history, .chats-button, dialog")) closePanel();
    });
    onBack((now, before) => {
      panel(Boolean(history.state?.panel));
      if (now.view !== before.view) display(now.view);
      if (now.chat !== snoska.chatShown()) now.chat ? pick({ chat: now.chat }) : fresh();
    });
    requestAnimationFrame(() => display(here().view));
  }

  let fresh = () => {}, search = () => {}, pick = () => {};
  function historyTop(root) {
    root.addEventListener("click", (event) => {
      if (!event.target.closest("[data-do=new]")) return;
      done("");
      fresh();
    });
    let waiting;
    root.addEventListener("input", (event) => {
      clearTimeout(waiting);
      waiting = setTimeout(() => search(event.target.value), 250);
    });
  }

  function done(chat) {
    const replace = Boolean(history.state?.panel); // it takes the place of the open list
    panel(false);
    go({ view: "talk", chat, ...NO_ARTICLE }, { replace, state: replace ? { panel: false } : {} });
    display("talk");
    document.querySelector("#box textarea")?.focus();
  }

  // The chat that was asked last is the first of the list.
  snoska.onStep(({ kind, chat, begins }) => {
    const line = kind === "tail" && begins && document.querySelector(`#history-list [data-chat="${CSS.escape(chat)}"]`);
    if (!line) return;
    if ("pinned" in line.dataset) return;
    const pinned = line.parentElement.querySelectorAll("[data-pinned]");
    pinned.length ? pinned[pinned.length - 1].after(line) : line.parentElement.prepend(line);
    line.querySelector(".when").textContent = "сегодня";
  });

  function chats(root, picking, change, begin) {
    const query = () => document.querySelector("#history-top input")?.value ?? "";
    [fresh, pick] = [begin, picking];
    search = (text) => change({ do: "search", query: text });
    root.addEventListener("click", async (event) => {
      const button = event.target.closest("[data-do]"), line = event.target.closest(".chat");
      if (event.target.closest(".menu a")) event.target.closest("details").open = false;
      if (!button || !line) return;
      const menu = button.closest(".more");
      if (menu) menu.open = false;
      const chat = line.dataset.chat, title = line.querySelector(".title").textContent;
      if (button.dataset.do === "pick") {
        done(chat);
        pick({ chat });
      } else if (button.dataset.do.endsWith("pin")) change({ do: button.dataset.do, chat, query: query() });
      else if (button.dataset.do === "rename") rename(line, (named) => change({ do: "rename", chat, title: named, query: query() }));
      else if (button.dataset.do === "file") file(root, line, (folder) => change({ do: "file", chat, folder, query: query() }));
      else if (await confirmed(`Удалить разговор «${title}»? Ссылки на его ответы перестанут открываться.`, "Удалить"))
        change({ do: "delete", chat, query: query() });
    });
    // One menu at a time; Escape and a click elsewhere close it.
    addEventListener("click", (event) => {
      for (const menu of root.querySelectorAll(".more[open]")) if (!menu.contains(event.target)) menu.open = false;
    });
    root.addEventListener("keydown", (event) => {
      const menu = event.target.closest(".more[open]");
      if (event.key !== "Escape" || !menu) return;
      menu.open = false;
      menu.querySelector("summary").focus();
      event.stopPropagation();
    });
    folders(root);
  }

  // A folder that was closed stays closed, as long as nothing is searched for.
  function folders(root) {
    const CLOSED = "snoska:closed-folders";
    const closed = () => new Set(JSON.parse(snoska.kept.get(CLOSED) ?? "[]"));
    root.addEventListener("toggle", ({ target }) => {
      if (!target.matches(".folder") || isSought()) return;
      const names = closed();
      target.open ? names.delete(target.dataset.folder) : names.add(target.dataset.folder);
      snoska.kept.set(CLOSED, JSON.stringify([...names]));
    }, true);
    new MutationObserver(() => {
      const names = closed();
      for (const each of root.querySelectorAll(".folder:not([data-seen])")) {
        each.dataset.seen = "true";
        each.open = isSought() || !names.has(each.dataset.folder);
      }
    }).observe(root, { childList: true, subtree: true });
  }
  const isSought = () => Boolean(document.querySelector("#history-top input")?.value.trim());

  function rename(line, save) {
    const title = line.querySelector(".title").textContent;
    typed(line, { "aria-label": "Название разговора", maxlength: 120 }, title, (named) => named && save(named));
  }

  // Into a folder that there is, a new one, or with nothing typed out of it.
  function file(root, line, save) {
    const names = [...root.querySelectorAll(".folder")].map((each) => each.dataset.folder);
    const now = line.closest(".folder")?.dataset.folder ?? "";
    const asked = { "aria-label": "Папка разговора", placeholder: "Название папки", maxlength: 60, list: "folder-names" };
    const offered = element("datalist", { id: "folder-names" }, ...names.map((name) => element("option", { value: name })));
    typed(line, asked, now, save, offered);
  }

  // A field in place of a chat's line; `save` takes what was typed in it, where that is something else than before.
  function typed(line, attributes, before, save, ...beside) {
    const field = element("input", { class: "rename", ...attributes });
    field.value = before;
    let over = false;
    const end = (keep) => {
      if (over) return;
      over = true;
      for (const each of [field, ...beside]) each.remove();
      line.classList.remove("renaming");
      const now = field.value.trim();
      if (keep && now !== before) save(now);
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
    line.prepend(field, ...beside);
    field.focus();
    field.select();
  }

  Object.assign(snoska, { views, show, display, history: chats, historyTop });
})();
