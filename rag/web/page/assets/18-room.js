// How high the masthead and the desk are: what is sticky or floats keeps clear of them.
(() => {
  const page = document.documentElement;
  const phone = matchMedia("(max-width: 860px)");
  const measured = new Map();

  const height = (selector) => document.querySelector(selector)?.offsetHeight ?? 0;
  function measure() {
    const head = height("#masthead") && height("#masthead") + height("#offline");
    for (const [name, high] of [["--head", head], ["--desk", height("#desk")]]) {
      if (measured.get(name) === high || (name === "--head" && !high)) continue;
      measured.set(name, high);
      page.style.setProperty(name, `${high}px`);
      document.querySelector(".gradio-container")?.style.setProperty(name, `${high}px`);
    }
  }

  addEventListener("resize", measure);
  addEventListener("snoska:view", () => requestAnimationFrame(measure));
  snoska.onStep(({ begins }) => {
    measure();
    if (begins) foldScope();
  });
  // On a phone the row «Где искать» is in the way of the answer, and closes once something is chosen in it.
  function foldScope() {
    if (phone.matches) document.querySelector("#scope .label-wrap.open")?.click();
  }
  const watch = () => {
    const room = new ResizeObserver(measure);
    for (const each of ["desk", "masthead", "offline"].map((id) => document.getElementById(id))) if (each) room.observe(each);
  };
  addEventListener("snoska:view", watch, { once: true });
  Object.assign(snoska, { foldScope });
})();
