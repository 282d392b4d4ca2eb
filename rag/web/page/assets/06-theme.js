// Light, dark, or as the system has it. Gradio knows the system alone, so its mark follows ours.
(() => {
  const page = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)");
  const THEMES = { auto: "Как в системе", light: "Светлая", dark: "Тёмная" };

  function apply() {
    const { theme } = page.dataset, is = theme === "dark" || (theme === "auto" && dark.matches);
    page.classList.toggle("dark", is);
    if (document.body && document.body.classList.contains("dark") !== is) document.body.classList.toggle("dark", is);
  }

  function choose(theme) {
    page.dataset.theme = theme;
    try { localStorage.setItem("snoska:theme", theme); } catch { /* it holds until the page is left */ }
    apply();
  }

  dark.addEventListener("change", apply);
  addEventListener("DOMContentLoaded", () => {
    apply();
    new MutationObserver(apply).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  });
  Object.assign(snoska, { themes: THEMES, theme: choose });
})();
