// What was typed is not lost: drafts of each chat, and the question that was sent and not taken yet.
(() => {
  const { say, element, onStep, chatShown, listen } = snoska;
  const DRAFT = "snoska:draft:", PENDING = "snoska:pending";
  const PAGE = performance.timeOrigin; // tells this opening of the page from others
  const FRESH = 3600_000; // milliseconds after which an unsent question is only put back into the box

  const box = () => document.querySelector("#box textarea");
  const kept = {
    get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { value ? localStorage.setItem(key, value) : localStorage.removeItem(key); } catch { } },
  };
  const draftOf = (chat) => DRAFT + (chat || "new");

  function fill(text) {
    const area = box();
    if (!area || area.value === text) return;
    area.value = text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // A question on its way: kept until the server has begun to answer it.
  function leaving(question, chat = chatShown()) {
    const last = document.querySelector("#conversation .exchange:last-child");
    const place = last ? Number(last.dataset.place) + 1 : 0; // where its answer will stand
    if (question.trim()) kept.set(PENDING, JSON.stringify({ question, chat, place, at: Date.now(), page: PAGE }));
  }
  function pending() {
    try { return JSON.parse(kept.get(PENDING)); } catch { return null; }
  }
  const taken = () => kept.set(PENDING, "");
  const isBusy = () => Boolean(document.querySelector("#stop:not(.hidden):not(.hide)"));
  // The answer in view; «Остановить» stays a moment longer, when the chat was left or cleared.
  const isWriting = () => Boolean(document.querySelector('#conversation .exchange:last-child[data-state="writing"]'));

  // Gradio reads the box a moment after it was typed into, and hears no click until it has built the button.
  function send(question, tries = 40) {
    fill(question);
    const isSent = listen();
    setTimeout(() => {
      document.querySelector("#send")?.click();
      setTimeout(() => isSent(question) || (tries && send(question, tries - 1)), 250);
    }, 50);
  }

  // After the page is opened: what was sent before is shown, sent or put back.
  function resume(chat, last) {
    const unsent = pending();
    if (!unsent || unsent.page === PAGE) return; // it is on its way
    const asked = last?.querySelector(".question"), place = Number(last?.dataset.place ?? -1);
    const isIt = asked && (asked.dataset.text ?? asked.textContent) === unsent.question;
    if (isIt && chat && place >= unsent.place) {
      if (box()?.value === unsent.question) fill("");
      kept.set(draftOf(chat), "");
      return taken();
    }
    const newest = document.querySelector("#history-list .chat");
    if (!unsent.chat && !chat && newest?.querySelector(".title").textContent === unsent.question.split(/\s+/).join(" ").trim()) {
      taken();
      return newest.querySelector(".open").click();
    }
    if (unsent.chat !== chat || Date.now() - unsent.at > FRESH) {
      taken();
      kept.set(draftOf(unsent.chat), unsent.question);
      return unsent.chat === chat ? fill(unsent.question) : undefined;
    }
    say("Вопрос не успел уйти и отправлен сейчас.");
    send(unsent.question);
  }

  // The connection is back, and the server is the same.
  function reconnected() {
    const unsent = pending();
    if (unsent && unsent.chat === chatShown() && !isBusy()) send(unsent.question);
  }

  document.addEventListener("input", (event) => {
    if (event.target === box()) kept.set(draftOf(chatShown()), box().value);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.target !== box()) return;
    if (!(isBusy() && isWriting())) return leaving(box().value);
    // The question waits in the box: one that is sent now could overtake the stop, and be answered after it.
    event.preventDefault();
    event.stopPropagation();
  }, true);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#send") && !isBusy()) leaving(box().value);
  }, true);

  let before = null;
  onStep(({ chat, opened, begins, last }) => {
    if (begins) {
      kept.set(draftOf(before), "");
      kept.set(draftOf(chat), "");
      taken();
    }
    const isFirst = before === null;
    if (opened && (isFirst || chat !== before)) {
      const draft = kept.get(draftOf(chat));
      if (draft || (chat && !isFirst)) fill(draft ?? "");
    }
    before = chat;
    if (isFirst) first(chat, last);
  });

  // The box that was there before Gradio hands over what was typed into it.
  function first(chat, last) {
    const screen = document.getElementById("first"), early = screen?.querySelector("textarea");
    const typed = early?.value ?? "", isHere = early && document.activeElement === early;
    const at = early?.selectionStart;
    screen?.remove();
    document.body.classList.add("ready");
    if (screen?.dataset.asked) return send(screen.dataset.asked);
    if (typed) fill(typed);
    if (isHere) {
      box()?.focus();
      box()?.setSelectionRange(at, at);
    }
    resume(chat, last);
  }

  // The first screen, as soon as it is there.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".first-ask")) return;
    event.preventDefault();
    const screen = document.getElementById("first"), area = screen.querySelector("textarea");
    const question = area.value.trim();
    if (!question || screen.dataset.asked) return;
    screen.dataset.asked = question;
    area.value = "";
    screen.querySelector(".first-lines").replaceChildren(
      element("h2", { class: "question" }, question), element("p", { class: "waiting" }, "Ищу в статьях"));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches?.(".first-ask textarea")) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });

  Object.assign(snoska, { reconnected, forgetPending: taken, hasPending: () => Boolean(pending()), kept });
})();
