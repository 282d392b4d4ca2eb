// What can be done with the open article: find in it, correct its description, see what its versions changed.
(() => {
  const { element, send, say, tell, behavior } = snoska;
  const AROUND = 160; // characters of an unchanged stretch that stay beside a change
  const idOf = (node) => node.closest("[data-tools]").dataset.tools;
  const pathOf = (id) => `api/articles/${id.split("/").map(encodeURIComponent).join("/")}`;
  const moment = (iso) =>
    new Date(iso).toLocaleString("ru-RU", { day: "numeric", month: "short", year: "numeric", hour: "numeric", minute: "2-digit" });

  // Finding: the places are highlighted without touching the text, where the browser can.
  let places = [], at = -1, sought = "";
  function ranges(root, words) {
    const found = [], wanted = words.toLocaleLowerCase("ru");
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.data.toLocaleLowerCase("ru");
      if (text.length !== node.data.length) continue;
      for (let from = text.indexOf(wanted); from >= 0; from = text.indexOf(wanted, from + wanted.length)) {
        const range = new Range();
        range.setStart(node, from);
        range.setEnd(node, from + wanted.length);
        found.push(range);
      }
    }
    return found;
  }

  function highlight(name, found) {
    if (window.Highlight) CSS.highlights.set(name, new Highlight(...found));
  }

  async function find(form, step) {
    const words = form.querySelector("input").value.trim(), body = form.closest("article").querySelector(".body");
    if (words && body.querySelector("[data-part]")) {
      form.querySelector(".found").textContent = "ищу…";
      await snoska.rest(body, true).catch(tell);
      if (!body.isConnected || form.querySelector("input").value.trim() !== words) return;
    }
    const isNew = words !== sought || !places[0]?.startContainer.isConnected;
    if (isNew) [places, at, sought] = [words ? ranges(body, words) : [], -1, words];
    if (places.length) at = isNew ? 0 : (at + step + places.length) % places.length;
    form.querySelector(".found").textContent = !words ? "" : places.length ? `${at + 1} из ${places.length}` : "не найдено";
    highlight("found", places);
    highlight("found-now", places.slice(at, at + 1));
    places[at]?.startContainer.parentElement.scrollIntoView({ block: "center", behavior: behavior() });
  }

  // The description: only what was changed is sent.
  async function edit(form) {
    const id = idOf(form), told = form.querySelector("[role=alert]"), changed = {};
    for (const { name, value, defaultValue } of form.querySelectorAll("input"))
      if (value !== defaultValue) changed[name] = name === "tags" ? value.split(",") : value;
    if (!Object.keys(changed).length) return (form.closest("details").open = false);
    const headers = { "Content-Type": "application/json" };
    try {
      await send(pathOf(id), { method: "PATCH", headers, body: JSON.stringify(changed) });
    } catch (error) {
      return (told.textContent = error.message);
    }
    say("Сохранено.");
    snoska.read({ article: id });
    snoska.refresh();
  }

  // Versions, and what each has changed.
  async function versions(panel) {
    const id = idOf(panel), into = panel.querySelector(".versions");
    const told = await send(`${pathOf(id)}/versions?text=false&limit=100`).then((reply) => reply.json());
    const rows = told.items.map(({ version, since, until }, place) => {
      const row = element("li", {}, element("span", {}, `Версия ${version} · с ${moment(since)}${until ? ` по ${moment(until)}` : ", нынешняя"}`));
      if (until) row.append(button("Открыть", { "data-open-version": version }));
      if (place < told.items.length - 1)
        row.append(button("Что изменилось", { "data-diff": `from=${told.items[place + 1].version}&to=${version}` }));
      return row;
    });
    into.replaceChildren(element("ul", {}, ...rows));
    if (rows.length === 1) into.append(element("p", { class: "nothing" }, "Прежних версий нет: текст не менялся."));
  }

  const button = (text, attributes) => element("button", { type: "button", class: "quiet", ...attributes }, text);

  async function diff(root, into, asked) {
    const told = await send(`${pathOf(idOf(root))}/diff?${asked}`).then((reply) => reply.json());
    const last = told.stretches.length - 1;
    const parts = told.stretches.flatMap(({ kind, text }, place) =>
      kind === "same" ? around(text, place > 0, place < last) : [element(kind === "gone" ? "del" : "ins", {}, text)]);
    into.querySelector(".diff")?.remove();
    const label = `Что изменилось в версии ${told.to} по сравнению с версией ${told.from}`;
    into.append(element("div", { class: "diff", role: "region", tabindex: "0", "aria-label": label }, ...parts));
  }

  // Of an unchanged stretch only what stands beside a change.
  function around(text, before, after) {
    if (text.length <= 2 * AROUND) return [text];
    const head = before ? text.slice(0, AROUND).replace(/\S*$/, "") : "";
    const tail = after ? text.slice(-AROUND).replace(/^\S*/, "") : "";
    return [head, element("span", { class: "skipped", role: "separator" }, "…"), tail];
  }

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-find]")) find(event.target, 1);
    else if (event.target.matches("[data-edit]")) edit(event.target);
    else return;
    event.preventDefault();
  }, true);
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-find] input") && !event.target.value) find(event.target.form, 1);
  });
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest?.("#reader button");
    if (!pressed) return;
    const { findStep, openVersion, diff: asked, ask: question } = pressed.dataset;
    if (findStep) find(pressed.form, Number(findStep));
    if (openVersion) snoska.read({ article: idOf(pressed), version: Number(openVersion) });
    if ("askArticle" in pressed.dataset) snoska.askThese([pressed.dataset.askArticle]);
    if (question) snoska.askThese([idOf(pressed)], question);
    if (asked) diff(pressed, pressed.closest("li"), asked).catch(tell);
  });
  document.addEventListener("toggle", ({ target }) => {
    if (!target.open) return;
    if (target.matches("[data-versions]")) versions(target).catch(tell);
    if (target.matches("[data-changes]")) diff(target, target.querySelector(".versions"), `from=${target.dataset.from}`).catch(tell);
  }, true);

  Object.assign(snoska, { pathOf });
})();
