// Behaviour of the chat page that Gradio has no event for. Loaded in <head>, called by js_on_load of two blocks.
window.snoska = (() => {
  document.documentElement.lang = "ru";
  let opener = null; // the footnote that opened the article, to return the focus to

  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const scrollTo = (target, block) => target?.scrollIntoView({ block, behavior: calm.matches ? "auto" : "smooth" });

  function placeOf(button) {
    const { article, start, stop } = button.dataset;
    return { article, start: Number(start), stop: Number(stop) };
  }

  function showQuote() {
    const reader = document.querySelector("#reader");
    const shown = reader?.querySelector("article");
    if (!shown) return;
    shown.focus({ preventScroll: true });
    const mark = shown.querySelector("mark");
    if (reader.scrollHeight <= reader.clientHeight + 1) return scrollTo(mark ?? shown, mark ? "center" : "nearest");
    // A panel that scrolls by itself: the page stays where it is.
    const height = window.innerHeight - Math.max(reader.getBoundingClientRect().top, 0);
    const offset = mark ? mark.getBoundingClientRect().top - reader.getBoundingClientRect().top + reader.scrollTop : 0;
    reader.scrollTo({ top: offset - height / 3, behavior: calm.matches ? "auto" : "smooth" });
  }

  function conversation(element, open, ask) {
    element.setAttribute("role", "log");
    element.setAttribute("aria-live", "polite");
    element.setAttribute("aria-label", "Разговор");
    element.addEventListener("click", (event) => {
      const example = event.target.closest("[data-question]");
      if (example) return ask({ question: example.dataset.question, typed: "typed" in example.dataset });
      const source = event.target.closest("[data-article]");
      if (!source) return;
      opener = source;
      const place = placeOf(source);
      const key = `${place.article} ${place.start} ${place.stop}`;
      if (document.querySelector("#reader article")?.dataset.opened === key) showQuote();
      else open(place);
    });
    follow(element);
  }

  // A new question goes to the top of the window; its answer then grows in view.
  function follow(element) {
    let count = 0;
    new MutationObserver(() => {
      const exchanges = element.querySelectorAll(".exchange");
      if (exchanges.length > count && exchanges.length > 1) scrollTo(exchanges[exchanges.length - 1], "start");
      count = exchanges.length;
    }).observe(element, { childList: true });
  }

  function reader(element, props, watch) {
    const close = () => {
      props.value = "";
      opener?.focus();
    };
    element.addEventListener("click", (event) => event.target.closest("[data-close]") && close());
    element.addEventListener("keydown", (event) => event.key === "Escape" && close());
    watch("value", showQuote);
  }

  return { conversation, reader };
})();
