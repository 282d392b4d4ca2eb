// Gradio's lists call what they remove by its place among the choices: «Удалить 0».
(() => {
  function name(field) {
    const of = field.getAttribute("aria-label") ?? field.querySelector("[data-testid=block-info]")?.textContent.trim() ?? "";
    for (const each of field.querySelectorAll(".token-remove")) {
      const what = each.closest(".token")?.querySelector("span")?.textContent.trim();
      const label = what ? `Убрать: ${what}` : `Убрать все: ${of.toLocaleLowerCase("ru")}`;
      if (each.title !== label) Object.assign(each, { title: label, ariaLabel: label });
    }
  }

  addEventListener("snoska:view", () => {
    for (const field of document.querySelectorAll("#sources, #tags, #articles")) {
      const watch = { childList: true, subtree: true, characterData: true, attributeFilter: ["title"] };
      new MutationObserver(() => name(field)).observe(field, watch);
    }
  }, { once: true });
})();
