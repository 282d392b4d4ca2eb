// The evaluation: which set to run, and asking a failed question again.
(() => {
  const { say } = snoska;

  // In base64: a table, or a text in an old encoding, is no string yet.
  const encoded = (file) => new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1] || "");
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });

  function trialTop(root, run, halt) {
    const fields = () => root.querySelector("form").elements;
    // The set that is chosen, or its file; nothing where there is none yet.
    function chosen() {
      const set = fields().set.value, file = set ? null : fields().file.files[0];
      if (!set && !file) return say("Выберите файл с вопросами.");
      if (file?.size > 3_000_000) return say("Файл слишком большой: разделите его на несколько.");
      return { set, file };
    }
    const shown = () => (root.querySelector(".file").hidden = fields().set.value !== "");
    root.addEventListener("change", (event) => event.target.name === "set" && shown());
    root.addEventListener("submit", async (event) => {
      event.preventDefault();
      const asked = chosen();
      if (!asked) return;
      snoska.closeReview();
      run({ set: asked.set, content: asked.file ? await encoded(asked.file) : "", file: asked.file?.name ?? "" });
    });
    root.addEventListener("click", (event) => {
      if (event.target.closest("[data-halt]")) halt();
      const asked = event.target.closest("[data-begin]") && chosen();
      if (asked) snoska.beginReview(asked.set, asked.file);
    });
    new MutationObserver(shown).observe(root, { childList: true, subtree: true });
    shown();
  }

  function board(root, replay) {
    const running = () => {
      const halt = document.querySelector("[data-halt]");
      if (halt) halt.hidden = root.querySelector(".run")?.dataset.running !== "true";
    };
    new MutationObserver(running).observe(root, { childList: true, subtree: true, attributes: true });
    root.addEventListener("click", (event) => {
      const button = event.target.closest(".replay");
      if (!button) return;
      snoska.show("talk");
      replay({ question: button.dataset.question, history: button.dataset.history });
    });
  }

  // A past run, or two of them compared, is shown where a run is.
  function past(root, open, weigh) {
    const up = () => document.querySelector("#board").scrollIntoView({ block: "start" });
    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-run]");
      if (!button) return;
      open({ run: button.dataset.run });
      up();
    });
    root.addEventListener("submit", (event) => {
      event.preventDefault();
      const { before, after } = event.target.elements;
      if (before.value === after.value) return say("Выберите две разные проверки.");
      weigh({ before: before.value, after: after.value });
      up();
    });
  }

  Object.assign(snoska, { trialTop, board, past });
})();
