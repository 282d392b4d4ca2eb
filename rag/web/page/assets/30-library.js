// The library: its list by conditions that stand in the address, removing and putting back.
(() => {
  const { element, send, json, confirmed, say, tell, go, here, onBack } = snoska;
  const STAYS = "В ответах этого больше не будет. Файлы на вашем диске останутся, а убранное можно тут же вернуть.";
  const AT_ONCE = 20; // articles that a request removes
  let list = () => {}, page = 0;

  const form = () => document.querySelector("#shelf-top .search-articles");
  const conditions = () => (form() ? Object.fromEntries([...new FormData(form())].filter(([, value]) => value)) : {});

  // `anew`: the former conditions stay one step Back.
  function refresh(to = 0, anew = false) {
    page = to;
    const asked = conditions();
    if (here().view === "library") go({ list: { ...asked, ...(page ? { page: String(page) } : {}) } }, { replace: !anew });
    list({ ...asked, page });
  }

  // The conditions of the address.
  function restore() {
    const { list: asked } = here();
    for (const field of form()?.elements ?? []) {
      if (!field.name) continue;
      const wanted = asked[field.name] ?? "";
      if (field.name === "source" && wanted && ![...field.options].some((each) => each.value === wanted))
        field.append(element("option", { value: wanted }, wanted));
      field.value = wanted;
      if (field.tagName === "SELECT" && field.selectedIndex < 0) field.selectedIndex = 0; // an address that names what isn't there
    }
    page = Number(asked.page) || 0;
  }

  async function sources() {
    const select = form()?.elements.source;
    if (!select) return;
    const shares = await send("api/library").then((reply) => reply.json()).catch(() => ({ sources: [] }));
    const chosen = select.value || here().list.source;
    const names = shares.sources.map((each) => each.source).filter(Boolean);
    select.replaceChildren(element("option", { value: "" }, "все"), ...names.map((name) => element("option", {}, name)));
    select.value = names.includes(chosen) ? chosen : "";
  }

  // Kept answers whose articles are not what they were.
  async function outdated() {
    const panel = document.querySelector("#shelf-top .outdated");
    if (!panel) return;
    const { total, items } = await send("api/answers/outdated").then((reply) => reply.json()).catch(() => ({ total: 0, items: [] }));
    const became = ({ state, quotes_stand: stand }) => (state === "removed" ? "убрана" : stand ? "изменилась, цитаты на месте" : "изменилась");
    panel.hidden = !total;
    panel.querySelector("summary").textContent = `Ответы по статьям, которые с тех пор изменились: ${total}`;
    panel.querySelector("ul").replaceChildren(...items.map(({ answer_id: id, question, articles }) =>
      element("li", {}, element("a", { href: `answers/${id}` }, question),
        element("span", {}, articles.map((each) => `«${each.title}» — ${became(each)}`).join("; ")))));
  }

  // Ids stand in an address, which can't be long.
  const inPortions = (ids) => Array.from({ length: Math.ceil(ids.length / AT_ONCE) }, (_, place) => ids.slice(place * AT_ONCE, (place + 1) * AT_ONCE));
  async function putBack(ids) {
    for (const some of inPortions(ids)) await json("api/articles/restore", { ids: some });
  }

  // The sign comes with the click; the way back with the end.
  async function removeThese(ids, question) {
    if (!(await confirmed(`${question} ${STAYS}`, "Убрать"))) return;
    const rows = ids.map((id) => document.querySelector(`#shelf tr[data-id="${CSS.escape(id)}"]`)).filter(Boolean);
    for (const row of rows) row.classList.add("going");
    say(ids.length > 1 ? "Убираю статьи…" : "Убираю статью…");
    try {
      for (const some of inPortions(ids)) {
        await send(`api/articles?${new URLSearchParams(some.map((id) => ["id", id]))}`, { method: "DELETE" });
        for (const id of some) chosen.delete(id);
      }
      for (const row of rows) row.hidden = true;
      say(ids.length > 1 ? `Убрано статей: ${ids.length}.` : "Статья убрана.", () => putBack(ids).then(() => say("Возвращено."), tell).then(changed));
    } catch (error) {
      for (const row of rows) row.classList.remove("going");
      tell(error);
    }
    changed();
  }

  function changed() {
    refresh(page);
    sources();
    outdated();
  }

  // What is chosen stays chosen from page to page.
  const chosen = new Map(); // id to title
  function pick(root) {
    for (const each of root.querySelectorAll("[data-pick]"))
      each.checked ? chosen.set(each.dataset.pick, each.dataset.title) : chosen.delete(each.dataset.pick);
    shownChosen(root);
  }
  function shownChosen(root) {
    const bar = root.querySelector(".picked");
    if (!bar) return;
    // Gradio writes another page into the nodes of the former one, and a box keeps what it was set to.
    const boxes = [...root.querySelectorAll("[data-pick]")], ticked = boxes.filter((each) => each.checked).length;
    const isWhole = ticked === boxes.length;
    Object.assign(bar.querySelector("[data-pick-all]"), { checked: isWhole, indeterminate: Boolean(ticked) && !isWhole });
    for (const button of bar.querySelectorAll("button")) button.hidden = !chosen.size;
    const told = chosen.size ? `Выбрано: ${chosen.size}` : "", status = bar.querySelector("[role=status]");
    if (status.textContent !== told) status.textContent = told; // the list is watched: no change without need
  }

  function shelfTop(root) {
    snoska.uploads(root);
    root.addEventListener("change", (event) => event.target.matches(".search-articles *") && refresh(0, true));
    let waiting;
    root.addEventListener("input", (event) => {
      if (event.target.type !== "search") return;
      clearTimeout(waiting);
      waiting = setTimeout(refresh, 250);
    });
    root.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!event.target.matches("[data-adding]")) refresh(0, true);
    });
    addEventListener("snoska:view", ({ detail }) => {
      if (detail !== "library") return;
      restore();
      changed();
    });
    onBack((now, before) => {
      if (now.view !== "library" || before.view !== "library" || JSON.stringify(now.list) === JSON.stringify(before.list)) return;
      restore();
      list({ ...conditions(), page });
    });
  }

  function shelf(root, asked) {
    list = asked;
    new MutationObserver(() => {
      for (const each of root.querySelectorAll("[data-pick]:not([data-seen])")) {
        each.dataset.seen = "true";
        each.checked = chosen.has(each.dataset.pick);
      }
      shownChosen(root);
    }).observe(root, { childList: true, subtree: true });
    root.addEventListener("change", ({ target }) => {
      if (target.matches("[data-pick-all]"))
        for (const each of root.querySelectorAll("[data-pick]")) each.checked = target.checked;
      pick(root);
    });
    root.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      const { page: to, remove: id, title, read: article } = button.dataset;
      if (to) return refresh(Number(to), true);
      if (article) snoska.read({ article }, button);
      if (id) removeThese([id], `Убрать статью «${title}»?`);
      if (button.matches("[data-ask-picked]")) snoska.askThese([...chosen.keys()]);
      if (button.matches("[data-remove-picked]"))
        removeThese([...chosen.keys()], chosen.size > 1 ? `Убрать выбранные статьи (${chosen.size})?` : `Убрать статью «${[...chosen.values()][0]}»?`);
    });
  }

  Object.assign(snoska, { shelf, shelfTop, refresh: () => refresh(page), changed });
})();
