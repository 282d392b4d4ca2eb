// Adding articles: files that are dropped or chosen, a page by its address, a text that is pasted.
(() => {
  const { element, send, say } = snoska;
  const WORDS = { added: "добавлена", replaced: "заменена", unchanged: "уже есть", copy: "уже есть", failed: "не принят" };
  const CLOSING = "Вкладку можно закрыть: чтение продолжится на сервере.";

  // One upload as it is shown: its line, what failed (open), what was taken (folded).
  function batch(root, names) {
    const parts = {
      line: element("p", { class: "sum", role: "status" }, element("progress", { "aria-label": "Загрузка" })),
      doing: element("p", { class: "doing" }),
      failed: element("ul", { class: "failed-files" }),
      taken: element("ul", {}),
      summary: element("summary", {}),
      counts: {}, total: names.length, file: 0,
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
      Object.assign(bar, { max: data.total, value: data.done });
      parts.file = data.done;
    } else if (name === "doing") {
      parts.doing.textContent = `${data.told}. ${CLOSING}`;
      // Within a file, too: one of a thousand pages moves on.
      if (bar && data.share !== null) Object.assign(bar, { max: Math.max(parts.total, 1), value: Math.min(parts.file + data.share, parts.total) });
    } else if (name === "report") finished(parts);
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

  async function sent(parts, path, body, headers = {}) {
    // The server goes on by itself once it has all of it.
    const lasting = { ...headers, Accept: "text/event-stream", Prefer: "respond-async" };
    try {
      const reply = await send(path, { method: "POST", body, headers: lasting });
      await events(reply, (name, data) => step(parts, name, data));
      if (parts.box.dataset.state === "running") broken(parts, "Связь прервалась. Что успело прочитаться, видно в списке ниже.");
    } catch (error) {
      broken(parts, error.message);
    }
    snoska.changed();
  }

  function upload(files, root) {
    const body = new FormData();
    for (const each of files) body.append("files", each);
    return sent(batch(root, files), "api/articles", body);
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
      if (event.dataTransfer.files.length) upload([...event.dataTransfer.files], root);
    });
    root.addEventListener("change", (event) => {
      if (!event.target.matches("[data-files]")) return;
      upload([...event.target.files], root);
      event.target.value = "";
    });
    root.addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.target.matches("[data-adding]")) add(event.target, root);
    });
  }

  Object.assign(snoska, { uploads });
})();
