// Going through a question set: one question at a time, by keys or buttons. The server keeps every decision; what is
// being typed is kept by the browser. Which review is open stands in the address.
(() => {
  const { send, say, tell, go, here, onBack, confirmed } = snoska;
  // By what is typed, else by where the key is: on a Latin layout the same keys work.
  const SIGNS = { о: "keep", и: "mend", у: "drop", enter: "keep", arrowleft: "back", arrowright: "next" };
  const KEYS = { KeyJ: "keep", KeyB: "mend", KeyE: "drop" };
  let root, run, turn = Promise.resolve();

  const card = () => root.querySelector("[data-card]");
  const shown = () => root?.querySelector(".review");
  const place = () => Number(shown().dataset.place);
  const form = () => root.querySelector(".mending");
  const draft = () => `snoska-review-${shown().dataset.review}-${place()}`;
  const address = (id, rest = "") => `api/reviews/${encodeURIComponent(id)}${rest}`;
  const text = (path, options) => send(path, options).then((reply) => reply.text());
  // Keys that are pressed faster than the server answers are taken one after another.
  const inTurn = (step) => (turn = turn.then(step).catch(tell));

  function show(html) {
    const focused = root.contains(document.activeElement) && document.activeElement.dataset.do;
    card().innerHTML = html;
    root.querySelector("[data-begun]").hidden = Boolean(html);
    if (!html) return;
    if (focused) root.querySelector(`.deciding [data-do="${focused}"]:enabled`)?.focus({ preventScroll: true });
    const kept = form() && localStorage.getItem(draft());
    if (kept) mend(JSON.parse(kept));
  }

  const open = (id) => inTurn(async () => show(await text(address(id))));
  const list = () => text("api/reviews").then((html) => (root.querySelector("[data-begun]").innerHTML = html), () => {});

  function begin(set, file) {
    inTurn(async () => {
      const asked = new URLSearchParams({ set, file: file?.name ?? "" });
      show(await text(`api/reviews?${asked}`, { method: "POST", body: file ?? "" }));
      go({ view: "trial", review: shown().dataset.review });
      root.scrollIntoView({ block: "start" });
    });
  }

  function close() {
    if (!shown()) return;
    show("");
    go({ review: "" });
    list();
  }

  // A copy of what is typed outlives the page.
  const filled = () => Object.fromEntries(["question", "gold", "answers"].map((name) => [name, form().elements[name].value]));
  function mend(values) {
    const fields = form();
    if (!fields) return;
    for (const [name, value] of Object.entries(values ?? {})) fields.elements[name].value = value;
    fields.hidden = false;
    golds();
    fields.elements.question.focus();
  }
  const golds = () => (form().querySelector(".answers").hidden = form().elements.gold.value === "refuse");
  function unmend() {
    localStorage.removeItem(draft());
    form().reset();
    form().hidden = true;
    root.querySelector('.deciding [data-do="mend"]').focus({ preventScroll: true });
  }

  function decide(choice, mended) {
    const former = draft(), options = { method: "POST", headers: { "Content-Type": "application/json" } };
    return text(address(shown().dataset.review, `/${place()}`), { ...options, body: JSON.stringify({ choice, mended }) })
      .then((html) => (localStorage.removeItem(former), show(html)));
  }

  const to = async (at) => {
    if (at >= 0 && at <= Number(shown().dataset.total)) show(await text(address(shown().dataset.review, `?at=${at}`)));
  };
  const DOES = {
    keep: () => form() && decide("keep"),
    drop: () => form() && decide("drop"),
    mend: () => mend(),
    back: () => to(place() - 1),
    next: () => to(place() + 1),
    unmend,
    close,
    run: () => ask(shown().dataset.review),
  };

  function ask(id) {
    close();
    run({ review: id });
    document.querySelector("#board").scrollIntoView({ block: "start" });
  }

  async function pressed(event) {
    const does = event.target.closest("[data-do]")?.dataset.do;
    if (does) return inTurn(() => shown() && DOES[does]());
    const id = event.target.closest("[data-of]")?.dataset.of;
    if (event.target.closest("[data-open]")) go({ review: id }), open(id);
    if (event.target.closest("[data-ask]")) ask(id);
    if (event.target.closest("[data-remove]") && (await confirmed("Удалить этот просмотр? Решения пропадут.", "Удалить")))
      text(address(id), { method: "DELETE" }).then((html) => (root.querySelector("[data-begun]").innerHTML = html), tell);
  }

  function key(event) {
    if (here().view !== "trial" || !shown() || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && event.target.closest?.(".mending")) return unmend();
    if (event.target.closest?.("input, textarea, select, dialog, [contenteditable]")) return;
    if (event.key === "Enter" && event.target.closest?.("button, a, summary")) return;
    const does = SIGNS[event.key.toLowerCase()] ?? KEYS[event.code];
    if (!does || event.repeat || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    inTurn(() => shown() && DOES[does]());
  }

  function review(element, trigger) {
    root = element;
    run = trigger;
    root.addEventListener("click", pressed);
    root.addEventListener("submit", (event) => {
      event.preventDefault();
      const { question, gold, answers } = filled();
      inTurn(() => decide("keep", { question, gold, answers: answers.split("\n") }));
    });
    root.addEventListener("input", () => (localStorage.setItem(draft(), JSON.stringify(filled())), golds()));
    root.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) event.target.form.requestSubmit();
    });
    addEventListener("keydown", key);
    onBack((now, before) => {
      if (now.review === before.review) return;
      now.review ? open(now.review) : (show(""), list());
    });
    list();
    if (here().review) open(here().review);
  }

  Object.assign(snoska, { review, beginReview: begin, closeReview: () => root && close() });
})();
