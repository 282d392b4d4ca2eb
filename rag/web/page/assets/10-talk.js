// The conversation, the box where one asks, the article beside it.
(() => {
  const { scrollTo, behavior, element, send, json, copy, say, tell, go, here, onBack, NO_ARTICLE } = snoska;
  const MOST_ASKED = 200; // articles, as the server takes them
  let opener = null; // the footnote that opened the article, to return the focus to
  let open = () => {}, ask = () => {}, only = () => {}, about = () => {};

  // The article lies beside the view in which it was opened.
  function openedBy(button) {
    opener = button;
    document.body.dataset.opened = document.body.dataset.view;
  }

  const box = () => document.querySelector("#box textarea");
  const chatOfAddress = () => here().chat;

  function placeOf(button) {
    const { article, start, stop } = button.dataset;
    const answer = button.closest(".exchange")?.dataset.answer ?? "";
    return { article, start: Number(start), stop: Number(stop), answer, version: 0 };
  }

  // Opens an article where `button` stands; its address is one step, however many are read in it.
  function read(place, button) {
    if (button) openedBy(button);
    else document.body.dataset.opened = document.body.dataset.view;
    const isOpen = Boolean(document.querySelector("#reader article"));
    go({ ...NO_ARTICLE, ...place }, { replace: isOpen, state: isOpen ? {} : { opened: true } });
    open({ start: 0, stop: 0, answer: "", version: 0, ...place });
  }

  function showQuote() {
    const reader = document.querySelector("#reader");
    const shown = reader?.querySelector("article");
    if (!shown) return;
    shown.focus({ preventScroll: true });
    // Of a table the row that is quoted, which may be far below its heads.
    const mark = shown.querySelector("td mark, p mark, h3 mark, blockquote mark") ?? shown.querySelector("mark");
    // Through a long text nobody wants to be driven.
    const moves = shown.querySelector(".long") ? "instant" : behavior();
    if (reader.scrollHeight <= reader.clientHeight + 1)
      return (mark ?? shown).scrollIntoView({ block: mark ? "center" : "nearest", behavior: moves });
    // A panel that scrolls by itself: the page stays where it is.
    const height = window.innerHeight - Math.max(reader.getBoundingClientRect().top, 0);
    const offset = mark ? mark.getBoundingClientRect().top - reader.getBoundingClientRect().top + reader.scrollTop : 0;
    reader.scrollTo({ top: offset - height / 3, behavior: moves });
  }

  function conversation(root, reading, asking, earlier, everywhere, beginning, telling) {
    [open, ask, only, about] = [reading, asking, beginning, telling];
    root.replaceChildren(element("div", { "data-holds": "" }));
    root.setAttribute("role", "log");
    root.setAttribute("aria-live", "polite");
    root.setAttribute("aria-label", "Разговор");
    root.addEventListener("click", (event) => {
      const act = event.target.closest("[data-act]");
      if (act) {
        if (act.href && (event.ctrlKey || event.metaKey || event.shiftKey)) return;
        event.preventDefault();
        return acts[act.dataset.act]?.(act, ask);
      }
      const example = event.target.closest("[data-question]");
      if (example) return ask({ question: example.dataset.question, typed: "typed" in example.dataset });
      const source = event.target.closest("[data-article]");
      const wide = event.target.closest("[data-everywhere]");
      if (wide) return everywhere({ question: wide.dataset.everywhere });
      const more = event.target.closest("[data-earlier]");
      if (more) return earlier({ place: Number(more.dataset.earlier) });
      if (!source) return;
      const place = placeOf(source);
      const key = `${place.article} ${place.start} ${place.stop}`;
      if (document.querySelector("#reader article")?.dataset.opened !== key) return read(place, source);
      openedBy(source);
      showQuote();
    });
    root.addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.target.matches(".feedback")) judge(event.target, false);
    });
    hints(root);
    keys();
  }

  // The address names the chat and the article; Back leads to those of before.
  snoska.onStep(({ chat, opened }) => {
    if (chat !== here().chat) go({ chat, ...(opened ? NO_ARTICLE : {}) }, { replace: opened });
    const { article, start, stop, answer, version } = here();
    if (opened && article && !document.querySelector("#reader article")) {
      document.body.dataset.opened = document.body.dataset.view;
      open({ article, start, stop, answer, version });
    }
  });

  // What can be done with an exchange.
  const acts = {
    copy: (button) => copy(button.dataset.copy, rich(button.closest(".exchange"))).then(() => say("Скопировано."), tell),
    quote: (button) => copy(button.dataset.copy).then(() => say("Цитата скопирована с источником."), tell),
    link: (button) => copy(button.href).then(() => say("Ссылка скопирована.", () => open_(button.href), "Открыть"), tell),
    again: (button, ask) => askAgain(button.closest(".exchange"), ask),
    edit: (button, ask) => edit(button.closest(".exchange"), ask),
    judge: (button) => {
      const exchange = button.closest(".exchange"), form = exchange.querySelector(".feedback");
      if (button.getAttribute("aria-pressed") === "true")
        return exchange.dataset.judged === button.dataset.good ? takeBack(button) : acts.unjudge(form.querySelector("[data-act=unjudge]"));
      for (const each of form.parentElement.querySelectorAll(".thumb")) each.setAttribute("aria-pressed", each === button);
      form.hidden = false;
      scrollTo(form, "nearest");
      form.querySelector("textarea").focus({ preventScroll: true });
      // What was wrong is asked before a thumb down is kept; a thumb up needs no words.
      if (button.dataset.good === "true") return judge(form, false);
      form.querySelector(".told").textContent = "Замечание можно не писать.";
    },
    keep: (button) => judge(button.closest("form"), true),
    unjudge: (button) => {
      const exchange = button.closest(".exchange"), pressed = exchange.querySelector(".thumb[aria-pressed=true]");
      const saved = exchange.dataset.judged;
      for (const each of exchange.querySelectorAll(".thumb")) each.setAttribute("aria-pressed", each.dataset.good === saved);
      button.closest("form").hidden = true;
      pressed?.focus();
    },
  };

  function asked(exchange) {
    const question = exchange.querySelector(".question");
    return question.dataset.text ?? question.textContent;
  }

  function askAgain(exchange, ask, question) {
    const place = Number(exchange.dataset.place);
    ask({ question: question ?? asked(exchange), place });
  }

  function edit(exchange, ask) {
    const line = exchange.querySelector(".asked");
    if (line.querySelector("form")) return;
    const area = element("textarea", { "aria-label": "Вопрос", rows: 2 });
    area.value = asked(exchange);
    const form = element("form", { class: "editing" }, area, element("div", { class: "buttons" },
      element("button", { type: "submit", class: "button chief" }, "Спросить заново"),
      element("button", { type: "button", class: "button" }, "Отмена")));
    const close = () => {
      form.remove();
      line.classList.remove("open");
      line.querySelector(".edit")?.focus();
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (area.value.trim()) askAgain(exchange, ask, area.value);
    });
    form.querySelector("[type=button]").addEventListener("click", close);
    area.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    line.classList.add("open");
    line.append(form);
    area.focus();
  }

  // A pressed thumb that is pressed again is taken back.
  function takeBack(button) {
    const exchange = button.closest(".exchange");
    return send(`api/feedback/${encodeURIComponent(exchange.dataset.answer)}`, { method: "DELETE" }).then(() => {
      button.setAttribute("aria-pressed", "false");
      exchange.querySelector(".feedback").hidden = true;
      delete exchange.dataset.judged;
      say("Оценка отозвана.");
    }, tell);
  }

  const open_ = (href) => window.open(href, "_blank", "noopener");

  // The answer with its footnotes as formatted text, for Word and Telegram.
  function rich(exchange) {
    const said = exchange.querySelector(".answer, .refusal")?.cloneNode(true);
    if (!said) return "";
    for (const each of said.querySelectorAll(".support, .icon, .reprints, .acts, .decided, .verdict, .doubts, [data-act], summary")) each.remove();
    for (const note of said.querySelectorAll(".text .footnote, .disagreement .footnote")) note.replaceWith(`[${note.textContent}]`);
    for (const row of said.querySelectorAll(".row")) row.replaceWith(tableOf(row));
    const notes = [...said.querySelectorAll(".footnotes > li")].map((each) => {
      const link = each.querySelector(".link a")?.href, words = each.querySelector(".source");
      const [quote, origin] = [words.querySelector(".quote").textContent, words.querySelector(".origin").innerText.trim()];
      return `<p>[${words.querySelector(".number").textContent}] ${escaped(quote)} — ${escaped(origin)}${link ? ` <a href="${escaped(link)}">${escaped(link)}</a>` : ""}</p>`;
    });
    said.querySelector(".footnotes")?.remove();
    for (const each of said.querySelectorAll("*"))
      for (const { name } of [...each.attributes]) each.removeAttribute(name);
    for (const each of said.querySelectorAll("span, button, div")) each.replaceWith(...each.childNodes);
    for (const each of said.querySelectorAll("table")) each.setAttribute("border", "1");
    return `<p><b>${escaped(asked(exchange))}</b></p>${said.innerHTML}${notes.join("")}`;
  }
  // A row of a table with its heads; its footnotes are in the last cell.
  function tableOf(row) {
    const line = (tag, part) => element("tr", {}, ...[...row.querySelectorAll(part)].map((each) => element(tag, {}, each.textContent)));
    const made = element("table", {}, line("th", ".cell .head"), line("td", ".cell .said"));
    made.lastChild.lastChild?.append(" ", row.querySelector(".end")?.textContent ?? "");
    return made;
  }
  const escaped = (text) => element("p", {}, text).innerHTML.replaceAll('"', "&quot;");

  function judge(form, keep) {
    const exchange = form.closest(".exchange");
    const good = exchange.querySelector(".thumb[aria-pressed=true]")?.dataset.good === "true";
    const note = form.querySelector("textarea").value;
    const told = form.querySelector(".told");
    return json("api/feedback", { answer_id: exchange.dataset.answer, good, note, keep }).then(
      () => {
        exchange.dataset.judged = good;
        told.textContent = keep ? "Вопрос в наборе." : "Сохранено.";
      },
      (error) => (told.textContent = error.message),
    );
  }

  // The quote behind a footnote, or the reason of a mark: on hover and on focus, hidden by Escape.
  function hints(root) {
    const hint = document.body.appendChild(element("div", { id: "hint", role: "tooltip", hidden: "" }));
    let of = null, leaving;
    const hide = () => {
      hint.hidden = true;
      of?.removeAttribute("aria-describedby");
      of = null;
    };
    const show = (target) => {
      clearTimeout(leaving);
      if (target === of) return;
      hide();
      of = target;
      hint.replaceChildren(element("p", {}, target.dataset.tip));
      if (target.dataset.origin) hint.append(element("p", { class: "byline" }, target.dataset.origin));
      hint.hidden = false;
      target.setAttribute("aria-describedby", "hint");
      const at = target.getBoundingClientRect(), own = hint.getBoundingClientRect();
      const above = at.top - own.height - 8;
      hint.style.top = `${above > 8 ? above : at.bottom + 8}px`;
      hint.style.left = `${Math.max(12, Math.min(at.left - own.width / 2, innerWidth - own.width - 12))}px`;
    };
    const over = (event) => {
      const target = event.target.closest?.("[data-tip]");
      if (target) show(target);
    };
    root.addEventListener("mouseover", over);
    root.addEventListener("focusin", over);
    root.addEventListener("mouseout", () => (leaving = setTimeout(hide, 200)));
    // The page may have moved under it: over its own footnote it gives way, and comes again where it belongs.
    hint.addEventListener("mouseenter", ({ clientX, clientY }) => {
      const at = of?.getBoundingClientRect();
      const covers = at && clientX >= at.left && clientX <= at.right && clientY >= at.top && clientY <= at.bottom;
      if (covers) hide();
      else clearTimeout(leaving);
    });
    hint.addEventListener("mouseleave", hide);
    root.addEventListener("focusout", hide);
    root.addEventListener("click", hide);
    addEventListener("scroll", hide, { passive: true });
    addEventListener("keydown", (event) => event.key === "Escape" && hide());
    new MutationObserver(() => of && !of.isConnected && hide()).observe(root, { childList: true, subtree: true });
  }

  // Escape stops the answer, ↑ in an empty box takes the last question back.
  function keys() {
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented && !event.target.closest?.("#reader, dialog, .editing, #scope"))
        document.querySelector("#stop:not(.hidden):not(.hide)")?.click();
      if (event.key !== "ArrowUp" || event.target !== box() || box().value) return;
      const questions = document.querySelectorAll(".exchange .edit");
      if (!questions.length) return;
      event.preventDefault();
      questions[questions.length - 1].click();
    });
  }

  function reader(root, props, watch) {
    const shut = () => {
      props.value = "";
      opener?.isConnected ? opener.focus() : box()?.focus();
    };
    const close = () => {
      shut();
      if (!here().article) return;
      if (history.state?.opened) history.back();
      else go(NO_ARTICLE, { replace: true });
    };
    root.setAttribute("role", "complementary");
    root.setAttribute("aria-label", "Статья");
    root.addEventListener("click", (event) => event.target.closest("[data-close]") && close());
    root.addEventListener("keydown", (event) => event.key === "Escape" && close());
    watch("value", () => (showQuote(), snoska.rest(root)));
    onBack((now, before) => {
      if (!now.article) return props.value && shut();
      const { article, start, stop, answer, version } = now;
      const isSame = ["article", "start", "stop", "version"].every((name) => now[name] === before[name]);
      if (now.chat === before.chat && (!isSame || !document.querySelector("#reader article"))) {
        document.body.dataset.opened = now.view;
        open({ article, start, stop, answer, version });
      }
    });
  }

  // A new conversation about some articles alone; with a question, it is asked at once.
  function askThese(articles, question) {
    if (articles.length > MOST_ASKED)
      return say(`Выбрано статей: ${articles.length}, а спросить можно самое большее о ${MOST_ASKED}. Источник, метку и даты задают в строке «Где искать».`);
    go({ view: "talk", chat: "", ...NO_ARTICLE });
    snoska.display("talk");
    if (question) return about({ articles, question });
    only({ articles });
    box()?.focus();
    say(articles.length > 1 ? `Следующие вопросы — о выбранных статьях (${articles.length}).` : "Следующие вопросы — об этой статье.");
  }

  function chips(root, remove) {
    root.addEventListener("click", (event) => {
      const chip = event.target.closest(".chip");
      if (chip) remove({ kind: chip.dataset.kind, value: chip.dataset.value });
    });
    let before = 0;
    new MutationObserver(() => {
      const now = root.querySelectorAll(".chip").length;
      if (now > before) snoska.foldScope();
      before = now;
    }).observe(root, { childList: true, subtree: true });
  }

  Object.assign(snoska, { conversation, reader, chips, chatOfAddress, read, askThese, ask: (...asked) => ask(...asked) });
})();
