// What Gradio's lists say of themselves, in Russian: they name what they remove by its place among the choices
// («Удалить 0»), and tell whoever hears the page in English how many choices there are.
(() => {
  const SHOWN = /^(\d+) choices shown, (\d+) remaining$/;

  function named(field) {
    const all = field.querySelector("[data-testid=block-info]")?.textContent.trim().toLocaleLowerCase("ru") ?? "";
    for (const each of field.querySelectorAll(".token-remove")) {
      const what = each.closest(".token")?.querySelector("span")?.textContent.trim();
      const label = what ? `Убрать: ${what}` : `Убрать все ${all}`;
      if (each.title !== label) Object.assign(each, { title: label, ariaLabel: label });
    }
    const told = field.querySelector(".options > .sr-only")?.firstChild;
    if (SHOWN.test(told?.data)) told.data = told.data.replace(SHOWN, "Показано: $1, ещё $2");
  }

  // The fields come once their row is opened.
  let desk;
  snoska.onStep(() => {
    if (desk) return;
    desk = document.getElementById("desk");
    const names = () => desk.querySelectorAll("#sources, #tags, #articles").forEach(named);
    new MutationObserver(names).observe(desk, { childList: true, subtree: true, characterData: true, attributeFilter: ["title"] });
  });
})();
