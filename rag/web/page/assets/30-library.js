// The library: adding articles over the API, the list, removing.
(() => {
  const { element, send, confirmed, say, tell, openedBy } = snoska;
  let list = () => {}, page = 0;

  const form = () => document.querySelector("#shelf-top form");
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
    try {
      const reply = await send("api/articles", { method: "POST", body, headers: { Accept: "text/event-stream" } });
      await events(reply, (name, told) => step(name, told, rows, total));
    } catch (error) {
      total.replaceChildren(element("span", { class: "state bad" }, error.message));
    }
    refresh();
    sources();
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
      } else refresh();
    });
    let waiting;
    root.addEventListener("input", (event) => {
      if (event.target.type !== "search") return;
      clearTimeout(waiting);
      waiting = setTimeout(refresh, 250);
    });
    root.addEventListener("submit", (event) => (event.preventDefault(), refresh()));
    addEventListener("snoska:view", (event) => {
      if (event.detail !== "library") return;
      refresh(page);
      sources();
    });
  }

  function shelf(root, asked, read) {
    list = asked;
    root.addEventListener("click", async (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      const { page: to, remove, title, read: article } = button.dataset;
      if (to) return refresh(Number(to));
      if (article) {
        openedBy(button);
        read({ article });
      }
      if (!remove || !(await confirmed(`Убрать статью «${title}» из библиотеки? Её файл останется на диске.`, "Убрать"))) return;
      const path = remove.split("/").map(encodeURIComponent).join("/");
      send(`api/articles/${path}`, { method: "DELETE" }).then(() => say("Статья убрана."), tell).then(() => {
        refresh(page);
        sources();
      });
    });
  }

  Object.assign(snoska, { shelf, shelfTop });
})();
