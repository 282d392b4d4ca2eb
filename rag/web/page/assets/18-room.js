// How high the masthead and the desk are: what is sticky or floats keeps clear of them.
(() => {
  const page = document.documentElement;
  const phone = matchMedia("(max-width: 860px)");
  const measured = new Map();

  function measure() {
    for (const [selector, name] of [["#masthead", "--head"], ["#desk", "--desk"]]) {
      const found = [...document.querySelectorAll(selector)].find((each) => each.offsetHeight);
      const height = found?.offsetHeight ?? 0;
      if (measured.get(name) === height || (name === "--head" && !height)) continue;
      measured.set(name, height);
      page.style.setProperty(name, `${height}px`);
      document.querySelector(".gradio-container")?.style.setProperty(name, `${height}px`);
    }
  }

  addEventListener("resize", measure);
  addEventListener("snoska:view", () => requestAnimationFrame(measure));
  snoska.onStep(({ begins }) => {
    measure();
    // On a phone the row «Где искать» is in the way of the answer.
    if (begins && phone.matches) document.querySelector("#scope .label-wrap.open")?.click();
  });
  const watch = () => {
    const desk = document.getElementById("desk");
    if (desk) new ResizeObserver(measure).observe(desk);
  };
  addEventListener("snoska:view", watch, { once: true });
})();
