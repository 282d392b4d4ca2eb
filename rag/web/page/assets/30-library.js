// The library: adding articles over the API, the list, removing and putting back.
(() => {
  const { element, send, json, confirmed, say, tell, openedBy } = snoska;
  let list = () => {}, page = 0;

  const form = () => document.querySelector("#shelf-top .search-articles");
  function refresh(to = 0) {
    page = to;
    const asked = form() ? Object.fromEntries(new FormData(form())) : {};
    list({ ...asked, page });
  }

  async function sources() {
    const select = form()?.elements.source;
    if (!select) return;
    const shares = await send("api/library").then((reply) => reply.json()).catch(() => ({ sources: [] }));
    const chosen = select.value;
    const names = shares.sources.map((each) => each.source).filter(Boolean);
    select.replaceChildren(element("option", { value: "" }, "все"), ...names.map((name) => element("option", {}, name)));
    select.value = names.includes(chosen) ? chosen : "";
  }

  const WORDS = { added: "добавлена", replaced: "заменена", unchanged: "уже есть", copy: "уже есть", failed: "не принята" };

  async function upload(files, root) {
    const lines = root.querySelector(".uploads"), rows = new Map();
    const body = new FormData();
    const total = lines.appendChild(element("li", { class: "sum" }, element("progress", { "aria-label": "Загрузка" })));
    for (const file of files) {
      body.append("files", file);
      const row = element("li", {}, element("span", { class: "name" }, file.name), element("span", { class: "state" }, "…"));
      rows.set(file.name, row);
      lines.append(row);
    }
    await sent("api/articles", body, {}, rows, total);
  }

  async function sent(path, body, headers, rows, total) {
    try {
      const reply = await send(path, { method: "POST", body, headers: { ...headers, Accept: "text/event-stream" } });
      await events(reply, (name, told) => step(name, told, rows, total));
    } catch (error) {
      total.replaceChildren(element("span", { class: "state bad" }, error.message));
    }
    refresh();
    sources();
  }

  // A page by its address, or a text that was pasted.
  async function add(form, root) {
    const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value.trim()));
    const isPage = form.dataset.adding === "fetch", name = given.url ?? given.title ?? "Вставленный текст";
    const row = element("li", {}, element("span", { class: "name" }, name), element("span", { class: "state" }, "…"));
    const total = element("li", { class: "sum" }, element("progress", { "aria-label": "Загрузка" }));
    root.querySelector(".uploads").append(total, row);
    form.querySelector("button").disabled = true;
    const told = new Map();
    told.get = () => row; // its name on the server is another one
    await sent(isPage ? "api/articles/fetch" : "api/articles", JSON.stringify(given), { "Content-Type": "application/json" }, told, total);
    form.querySelector("button").disabled = false;
    if (total.querySelector(".bad")) return row.remove();
    form.reset();
    form.closest("details").open = false;
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

  async function removeThese(ids, question) {
    if (!(await confirmed(question, "Убрать"))) return;
    const asked = new URLSearchParams(ids.map((id) => ["id", id]));
    await send(`api/articles?${asked}`, { method: "DELETE" }).then(() =>
      say(ids.length > 1 ? `Убрано статей: ${ids.length}.` : "Статья убрана.", () =>
        json("api/articles/restore", { ids }).then(() => say("Возвращено."), tell).then(changed)), tell);
    changed();
  }

  function changed() {
    refresh(page);
    sources();
    outdated();
  }

  function pick(root) {
    const picked = root.querySelectorAll("[data-pick]:checked").length, bar = root.querySelector(".picked");
    bar.querySelector("[data-remove-picked]").hidden = !picked;
    bar.querySelector("[role=status]").textContent = picked ? `Выбрано: ${picked}` : "";
  }

  function step(name, told, rows, total) {
    if (name === "progress") {
      const bar = total.querySelector("progress");
      if (bar && told.total) Object.assign(bar, { max: told.total, value: told.done });
    } else if (name === "doing") {
      let line = total.querySelector(".doing");
      if (!line) line = total.appendChild(element("span", { class: "doing", role: "status" }));
      line.textContent = told.told;
    } else if (name === "file") {
      const row = rows.get(told.name);
      if (!row) return;
      const state = row.querySelector(".state");
      state.textContent = [WORDS[told.status] ?? told.status, told.reason].filter(Boolean).join(": ");
      row.dataset.state = told.status;
      state.classList.toggle("bad", told.status === "failed");
    } else if (name === "report") total.replaceChildren(element("span", { class: "state" }, told.summary));
    else if (name === "error") total.replaceChildren(element("span", { class: "state bad" }, told.detail));
  }

  // Server-Sent Events of an answer to a POST, which EventSource can't ask for.
  async function events(reply, told) {
    const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split(/\r?\n\r?\n/);
      rest = blocks.pop();
      for (const block of blocks) {
        const name = block.match(/^event: ?(.*)$/m)?.[1];
        const data = [...block.matchAll(/^data: ?(.*)$/gm)].map((line) => line[1]).join("\n");
        if (name && data) told(name, JSON.parse(data));
      }
    }
  }

  function shelfTop(root) {
    const drop = root.querySelector("[data-drop]") ?? root;
    const over = (on) => drop.classList.toggle("over", on);
    root.addEventListener("dragover", (event) => (event.preventDefault(), over(true)));
    root.addEventListener("dragleave", () => over(false));
    root.addEventListener("drop", (event) => {
      event.preventDefault();
      over(false);
      if (event.dataTransfer.files.length) upload([...event.dataTransfer.files], root);
    });
    root.addEventListener("change", (event) => {
      if (event.target.matches("[data-files]")) {
        upload([...event.target.files], root);
        event.target.value = "";
      } else if (event.target.matches(".search-articles *")) refresh();
    });
    let waiting;
    root.addEventListener("input", (event) => {
      if (event.target.type !== "search") return;
      clearTimeout(waiting);
      waiting = setTimeout(refresh, 250);
    });
    root.addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.target.matches("[data-adding]")) add(event.target, root);
      else refresh();
    });
    addEventListener("snoska:view", (event) => event.detail === "library" && changed());
  }

  function shelf(root, asked, read) {
    list = asked;
    snoska.read = read;
    root.addEventListener("change", ({ target }) => {
      if (target.matches("[data-pick-all]"))
        for (const each of root.querySelectorAll("[data-pick]")) each.checked = target.checked;
      pick(root);
    });
    root.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      const { page: to, remove, title, read: article } = button.dataset;
      if (to) return refresh(Number(to));
      if (article) {
        openedBy(button);
        read({ article });
      }
      if (remove) removeThese([remove], `Убрать статью «${title}» из библиотеки? Её файл останется на диске.`);
      if (button.matches("[data-remove-picked]")) {
        const ids = [...root.querySelectorAll("[data-pick]:checked")].map((each) => each.dataset.pick);
        removeThese(ids, `Убрать выбранные статьи (${ids.length}) из библиотеки? Их файлы останутся на диске.`);
      }
    });
  }

  Object.assign(snoska, { shelf, shelfTop, refresh: () => refresh(page) });
})();
