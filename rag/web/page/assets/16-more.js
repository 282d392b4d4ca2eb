// What comes after an answer: questions to go on with, and what decided it, each once it is wanted.
(() => {
  const { element, send, onStep, tell } = snoska;
  const path = (exchange, what) => `api/answers/${encodeURIComponent(exchange.dataset.answer)}/${what}`;
  const told = (exchange, what) => send(path(exchange, what)).then((reply) => reply.json());

  // Only under the last answer, and never in its way: they are asked for when it is whole.
  async function further(last) {
    if (last.querySelector(".further") || last.dataset.state !== "done" || !last.querySelector(".footnotes > li")) return;
    const { questions } = await told(last, "questions").catch(() => ({ questions: [] }));
    if (!questions.length || !last.isConnected || last.querySelector(".further")) return;
    const mark = document.querySelector("#reader mark"), from = mark?.getBoundingClientRect().top;
    last.append(element("div", { class: "further" }, element("p", { class: "label" }, "Спросить дальше"),
      element("ul", {}, ...questions.map((each) =>
        element("li", {}, element("button", { type: "button", "data-question": each }, each))))));
    // On a phone the article lies below: the quote that is looked at stays where it is.
    if (from >= 0 && from < innerHeight) scrollBy({ top: mark.getBoundingClientRect().top - from, behavior: "instant" });
  }
  onStep(({ last }) => last && further(last));

  document.addEventListener("toggle", ({ target }) => {
    if (!target.open || !target.matches("[data-decided]") || target.dataset.asked) return;
    target.dataset.asked = "true";
    const list = target.querySelector("ul");
    list.replaceChildren(element("li", {}, "…"));
    told(target.closest(".exchange"), "slots").then(({ told: lines, slots }) =>
      list.replaceChildren(...(lines.length ? lines : ["Решило предложение целиком: отдельных чисел, дат и имён в вопросе нет."])
        .map((line, place) => element("li", { "data-outcome": slots[place]?.outcome ?? "same" }, line))), (error) => {
      delete target.dataset.asked;
      target.open = false;
      tell(error);
    });
  }, true);
})();
