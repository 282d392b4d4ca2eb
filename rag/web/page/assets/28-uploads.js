// Adding articles: files that are dropped or chosen, a page by its address, a text that is pasted.
(() => {
  const { element, send, say } = snoska;
  const WORDS = { added: "добавлена", replaced: "заменена", unchanged: "уже есть", copy: "уже есть", failed: "не принят" };
  const SENDING = "Отправляется: пока не закрывайте вкладку.";
  const CLOSING = "Вкладку можно закрыть: чтение продолжится на сервере.";
  const LARGEST = 95e6, MOST = 500; // bytes and files of a request: the server takes little more

  // One upload as it is shown: its line, what failed (open), what was taken (folded).
  function batch(root, names) {
    const parts = {
      line: element("p", { class: "sum", role: "status" }, element("progress", { "aria-label": "Загрузка" })),
      doing: element("p", { class: "doing" }),
      failed: element("ul", { class: "failed-files" }),
      taken: element("ul", {}),
      summary: element("summary", {}),
      counts: {}, total: names.length, file: 0, before: 0, portions: 1, // `before`: files of former requests
    };
    parts.done = element("details", { class: "taken", hidden: "" }, parts.summary, parts.taken);
    parts.box = element("li", { class: "batch", "data-state": "running" }, parts.line, parts.doing, parts.failed, parts.done);
    root.querySelector(".uploads").prepend(parts.box);
    return parts;
  }

  const COUNTED = {
    added: (number) => `${snoska.counted(number, "статья добавлена", "статьи добавлены", "статей добавлено")}`,
    replaced: (number) => `${snoska.counted(number, "статья заменена", "статьи заменены", "статей заменено")}`,
    unchanged: (number) => `${snoska.counted(number, "статья уже есть", "статьи уже есть", "статей уже есть")}`,
    failed: (number) => `${snoska.counted(number, "файл не принят", "файла не приняты", "файлов не принято")}`,
  };
  const told = (counts) =>
    Object.entries(COUNTED).filter(([name]) => counts[name]).map(([name, words]) => words(counts[name])).join(", ");

  function file(parts, { name, status, reason }) {
    const kind = status === "copy" ? "unchanged" : status, isFailed = status === "failed";
    parts.counts[kind] = (parts.counts[kind] ?? 0) + 1;
    const state = element("span", { class: isFailed ? "state bad" : "state" }, [WORDS[status] ?? status, reason].filter(Boolean).join(": "));
    (isFailed ? parts.failed : parts.taken).append(
      element("li", { "data-state": status }, element("span", { class: "name" }, name), state));
    const { failed, ...taken } = parts.counts;
    parts.summary.textContent = told(taken);
    parts.done.hidden = !parts.summary.textContent;
  }

  function step(parts, name, data) {
    const bar = parts.line.querySelector("progress");
    if (name === "file") file(parts, data);
    else if (name === "progress" && bar && data.total) {
      parts.file = parts.before + data.done;
      Object.assign(bar, { max: Math.max(parts.total, parts.before + data.total), value: parts.file });
    } else if (name === "doing") {
      parts.doing.textContent = `${data.told}. ${parts.portions > 1 ? SENDING : CLOSING}`;
      // Within a file, too: one of a thousand pages moves on.
      if (bar && data.share !== null) Object.assign(bar, { max: Math.max(parts.total, 1), value: Math.min(parts.file + data.share, parts.total) });
    } else if (name === "report" && !--parts.portions) finished(parts);
    else if (name === "error") broken(parts, data.detail);
  }

  function finished(parts) {
    const bad = parts.counts.failed ?? 0;
    parts.box.dataset.state = !bad ? "done" : bad === Object.values(parts.counts).reduce((one, more) => one + more, 0) ? "failed" : "partly";
    parts.line.textContent = `${told(parts.counts) || "Новых статей нет"}.`;
    parts.summary.textContent = "Какие"; // how many stands above
    parts.doing.remove();
  }

  function broken(parts, message) {
    parts.box.dataset.state = "failed";
    parts.line.replaceChildren(element("span", { class: "state bad" }, message));
    parts.doing.remove();
  }

  let unsent = 0; // requests of which the server hasn't all: it goes on by itself once it has
  addEventListener("beforeunload", (event) => unsent && event.preventDefault());

  async function sent(parts, path, body, headers = {}) {
    const lasting = { ...headers, Accept: "text/event-stream", Prefer: "respond-async" }, left = parts.portions;
    parts.doing.textContent = SENDING;
    unsent += 1;
    try {
      const reply = await send(path, { method: "POST", body, headers: lasting }).finally(() => (unsent -= 1));
      parts.doing.textContent = "";
      await events(reply, (name, data) => step(parts, name, data));
      if (parts.box.dataset.state === "running" && parts.portions === left) broken(parts, "Связь прервалась. Что успело прочитаться, видно в списке ниже.");
    } catch (error) {
      broken(parts, error.message);
    }
    snoska.changed();
  }

  async function upload(files, root) {
    const parts = batch(root, files), portions = inPortions(files.filter((each) => each.size <= LARGEST));
    const size = `${(LARGEST / 1e6).toFixed()} МБ`;
    for (const { name } of files.filter((each) => each.size > LARGEST))
      file(parts, { name, status: "failed", reason: `больше ${size}; разделите его на части` });
    parts.portions = portions.length;
    if (!portions.length) finished(parts);
    for (const portion of portions) {
      const body = new FormData();
      for (const each of portion) body.append("files", each);
      await sent(parts, "api/articles", body);
      if (parts.box.dataset.state === "failed") return parts.portions && again(parts, files, root);
      parts.before += portion.length;
    }
  }

  // What was taken already the server knows.
  function again(parts, files, root) {
    const button = element("button", { type: "button", class: "quiet" }, "Отправить снова");
    button.addEventListener("click", () => (parts.box.remove(), upload(files, root)));
    parts.line.append(" ", button);
  }

  // As many requests as it takes: of many files, or of large ones.
  function inPortions(files) {
    const portions = [];
    let size = 0;
    for (const each of files) {
      if (!portions.length || size + each.size > LARGEST || portions.at(-1).length === MOST) [size] = [0, portions.push([])];
      portions.at(-1).push(each);
      size += each.size;
    }
    return portions;
  }

  // The files of what is dropped: folders are gone through, what is hidden in them is left out.
  function dropped({ items, files }) {
    const entries = [...items].map((each) => each.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.some((each) => each.isDirectory)) return Promise.resolve([...files]);
    return Promise.all(entries.map(within)).then((found) => found.flat());
  }
  async function within(entry) {
    if (entry.name.startsWith(".")) return [];
    if (entry.isFile) return [await new Promise((done, failed) => entry.file(done, failed))];
    const reader = entry.createReader(), found = [];
    const more = () => new Promise((done, failed) => reader.readEntries(done, failed)); // a hundred at a time
    for (let part = await more(); part.length; part = await more()) found.push(...part);
    return (await Promise.all(found.map(within))).flat();
  }

  async function add(form, root) {
    const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value.trim()));
    const parts = batch(root, [given.url ?? given.title ?? "Вставленный текст"]);
    form.querySelector("button").disabled = true;
    await sent(parts, form.dataset.adding === "fetch" ? "api/articles/fetch" : "api/articles", JSON.stringify(given), { "Content-Type": "application/json" });
    form.querySelector("button").disabled = false;
    if (parts.box.querySelector(".bad")) return;
    form.reset();
    form.closest("details").open = false;
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

  function uploads(root) {
    const drop = root.querySelector("[data-drop]") ?? root;
    const over = (on) => drop.classList.toggle("over", on);
    root.addEventListener("dragover", (event) => (event.preventDefault(), over(true)));
    root.addEventListener("dragleave", () => over(false));
    root.addEventListener("drop", (event) => {
      event.preventDefault();
      over(false);
      dropped(event.dataTransfer).then((files) => files.length && upload(files, root), () => say("Папка не читается. Выберите файлы в ней."));
    });
    root.addEventListener("change", (event) => {
      if (!event.target.matches("[data-files]")) return;
      if (event.target.files.length) upload([...event.target.files], root);
      event.target.value = "";
    });
    root.addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.target.matches("[data-adding]")) add(event.target, root);
    });
  }

  Object.assign(snoska, { uploads });
})();
