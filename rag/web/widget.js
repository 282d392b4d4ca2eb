// The chat with footnotes on any page: <script src="https://…/widget.js" data-title="…"></script>
// Where the chat is to stand inside the page, or in a shadow root: <snoska-chat></snoska-chat> there.
(() => {
  "use strict";
  if (customElements.get("snoska-chat")) return;
  const STYLE = "{{style}}"; // the server puts it here
  const OPTIONS = ["server", "key", "title", "placeholder", "sources", "tags", "theme", "accent"];
  const TURNS = 10; // earlier questions that are sent along

  // In a shadow root no script is "current": then it is looked for.
  const found = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.localName === "script" && /\/widget\.js([?#]|$)/.test(element.src)) return element;
      const inside = element.shadowRoot && found(element.shadowRoot);
      if (inside) return inside;
    }
    return null;
  };
  const script = document.currentScript || found(document);
  const home = script ? script.src.replace(/\/widget\.js([?#].*)?$/, "") : "";

  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else if (value === true) element.setAttribute(key, "");
      else if (value !== false && value != null) element.setAttribute(key, value);
    }
    element.append(...children.filter((child) => child != null));
    return element;
  };
  const listed = (given) => (given || "").split(",").map((each) => each.trim()).filter(Boolean);
  const day = (iso) => iso && new Date(`${iso}T12:00:00`).toLocaleDateString("ru-RU", { dateStyle: "long" });

  // The events of an answer: what `take` is given is the name of each and its data.
  const follow = async (response, take) => {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (rest + value).replaceAll("\r\n", "\n").split("\n\n");
      rest = events.pop();
      for (const event of events) {
        const name = /^event: (.*)$/m.exec(event)?.[1];
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (name && data) take(name, JSON.parse(data));
      }
    }
  };

  class Chat extends HTMLElement {
    #history = [];
    #asking = null;

    connectedCallback() {
      if (this.shadowRoot) return;
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet(); // a policy of the page against inline styles lets this pass
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
      this.#dress();
      root.append(...this.#parts());
      if (this.#floats) this.#show(false);
      root.addEventListener("keydown", (event) => this.#key(event));
    }

    disconnectedCallback() { this.#asking?.abort(); }

    get #floats() { return this.hasAttribute("data-floating"); }
    #option(name) { return this.dataset[name] ?? ""; }
    #part(name) { return this.shadowRoot.querySelector(name); }

    #dress() {
      const dark = matchMedia("(prefers-color-scheme: dark)");
      const theme = this.#option("theme");
      const put = () => this.toggleAttribute("data-dark", theme === "dark" || (theme !== "light" && dark.matches));
      put();
      dark.addEventListener("change", put);
      if (CSS.supports("color", this.#option("accent") || "-")) this.style.setProperty("--accent", this.#option("accent"));
    }

    #parts() {
      const title = this.#option("title") || "Сноска";
      const launch = make("button", {
        type: "button", class: "launch", "aria-expanded": "false", "aria-controls": "panel",
        onclick: () => this.#show(true),
      }, "Спросить", make("sup", { "aria-hidden": "true" }, "1"));
      const panel = make("section", { class: "panel", id: "panel", role: this.#floats ? "dialog" : "region", "aria-label": title },
        make("header", {},
          make("h2", {}, title, make("sup", { "aria-hidden": "true" }, "1")),
          make("button", { type: "button", class: "quiet fresh", hidden: true, onclick: () => this.#clear() }, "Заново"),
          this.#floats ? make("button", { type: "button", class: "quiet close", onclick: () => this.#show(false) }, "Закрыть") : null),
        make("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": "Вопросы и ответы", tabindex: "0" }, this.#hint()),
        make("form", { onsubmit: (event) => { event.preventDefault(); this.#submit(); } },
          make("label", { class: "unseen", for: "box" }, "Ваш вопрос"),
          make("textarea", { id: "box", rows: "1", maxlength: "2000", placeholder: this.#option("placeholder") || "Ваш вопрос" }),
          make("button", { class: "send" }, "Спросить")));
      return this.#floats ? [launch, panel] : [panel];
    }

    #hint() {
      return make("p", { class: "hint" }, "Спросите о том, что написано в статьях. Под каждым предложением ответа стоит сноска: нажмите её, чтобы увидеть цитату.");
    }

    #show(open) {
      this.toggleAttribute("data-open", open);
      this.#part(".panel").hidden = !open;
      const launch = this.#part(".launch");
      launch.hidden = open;
      launch.setAttribute("aria-expanded", String(open));
      (open ? this.#part("textarea") : this.#opened ? launch : null)?.focus();
      this.#opened = open;
    }
    #opened = false;

    #key(event) {
      const box = event.target === this.#part("textarea");
      if (box && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#submit();
      } else if (event.key === "Escape") {
        if (this.#asking) this.#asking.abort();
        else if (this.#floats) this.#show(false);
      }
    }

    #clear() {
      this.#asking?.abort();
      this.#history = [];
      this.#part(".log").replaceChildren(this.#hint());
      this.#part(".fresh").hidden = true;
      this.#part("textarea").focus();
    }

    async #submit() {
      const box = this.#part("textarea");
      if (this.#asking) return this.#asking.abort();
      const question = box.value.trim();
      if (!question) return;
      box.value = "";
      const log = this.#part(".log");
      log.querySelector(".hint")?.remove();
      this.#part(".fresh").hidden = false;
      const place = make("div", { class: "answer", "aria-busy": "true" }, make("p", { class: "note waiting" }, "Ищу в статьях"));
      const exchange = make("article", { class: "exchange" }, make("p", { class: "question" }, question), place);
      log.append(exchange);
      exchange.scrollIntoView({ block: "nearest" });
      this.#asking = new AbortController();
      this.#busy(true);
      try {
        const answer = await this.#ask(question, place);
        place.replaceChildren(...this.#answer(answer));
        this.#history = [...this.#history, { question, answer: answer.text }].slice(-TURNS);
      } catch (error) {
        const told = error.name === "AbortError" ? "Остановлено." : error.told || "Сервер не отвечает. Повторите вопрос позже.";
        const kind = error.name === "AbortError" ? "note" : "wrong";
        place.append(make("p", { class: kind }, told));
        place.querySelector(".waiting")?.remove();
      } finally {
        this.#asking = null;
        this.#busy(false);
        place.removeAttribute("aria-busy");
        exchange.scrollIntoView({ block: "nearest" });
      }
    }

    #busy(is) { this.#part(".send").textContent = is ? "Стоп" : "Спросить"; }

    async #ask(question, place) {
      const filters = { sources: listed(this.#option("sources")), tags: listed(this.#option("tags")) };
      const headers = { "Content-Type": "application/json" };
      // A header is bytes, one a letter: Russian ones go as UTF-8.
      const key = String.fromCharCode(...new TextEncoder().encode(this.#option("key")));
      if (key) headers.Authorization = `Bearer ${key}`;
      const response = await fetch(`${this.#server}/api/ask`, {
        method: "POST", headers, credentials: "omit", signal: this.#asking.signal,
        body: JSON.stringify({ question, history: this.#history, filters, stream: true }),
      });
      if (!response.ok) throw Object.assign(new Error(), { told: (await response.json()).detail });
      let whole = null;
      await follow(response, (name, data) => {
        if (name === "error") throw Object.assign(new Error(), { told: data.detail });
        if (name === "answer") whole = data;
        if (name === "delta") place.replaceChildren(make("p", {}, data.text));
      });
      if (!whole) throw Object.assign(new Error(), { told: "Ответ оборвался. Повторите вопрос." });
      return whole;
    }

    get #server() { return (this.#option("server") || home).replace(/\/$/, ""); }

    // What stands around the sentences («Да.», what sources differ in) is in the text of the answer alone.
    #answer(answer) {
      const notes = answer.notes.map((note) => make("p", { class: "note" }, note));
      if (!answer.found) return [...notes, make("p", {}, answer.text), this.#nearest(answer.hits)];
      let at = 0;
      const before = [], said = [];
      for (const sentence of answer.sentences) {
        const start = answer.text.indexOf(sentence.text, at);
        if (start < 0) continue;
        if (!said.length) before.push(answer.text.slice(0, start));
        at = start + sentence.text.length;
        at += /^(?: ?\[\d+\])*/.exec(answer.text.slice(at))[0].length;
        said.push([sentence.text, ...sentence.citations.map((number) => this.#mark(number)), this.#doubt(sentence)]);
      }
      if (!said.length) return [...notes, make("p", {}, answer.text), this.#sources(answer.citations)];
      const pieces = answer.listed
        ? [make("p", {}, ...before), make("ul", {}, ...said.map((each) => make("li", {}, ...each.filter(Boolean))))]
        : [make("p", {}, ...before, ...said.flatMap((each) => [...each.filter(Boolean), " "]))];
      const rest = answer.text.slice(at).trim();
      return [...notes, ...pieces, rest ? make("p", { class: "note" }, rest) : null, this.#sources(answer.citations)].filter(Boolean);
    }

    #doubt(sentence) {
      const told = { partial: "подтверждено частично", unsupported: "не подтверждено" }[sentence.support];
      return told ? make("span", { class: "doubt" }, ` (${told})`) : null;
    }

    #mark(number) {
      const mark = make("button", { type: "button", class: "mark", "aria-expanded": "false", "aria-label": `Сноска ${number}` }, String(number));
      mark.addEventListener("click", () => {
        const source = mark.closest(".answer").querySelector(`[data-number="${number}"]`);
        source.open = !source.open || mark.getAttribute("aria-expanded") !== "true";
        if (source.open) source.scrollIntoView({ block: "nearest" });
      });
      return mark;
    }

    #sources(citations) {
      return make("ol", { class: "sources", "aria-label": "Сноски" }, ...citations.map((citation) => {
        const details = this.#source(String(citation.number), citation, citation.quote);
        details.dataset.number = citation.number;
        details.addEventListener("toggle", () => {
          for (const mark of details.closest(".answer")?.querySelectorAll(".mark") ?? [])
            if (mark.textContent === details.dataset.number) mark.setAttribute("aria-expanded", String(details.open));
        });
        return make("li", {}, details);
      }));
    }

    #nearest(hits) {
      if (!hits.length) return "";
      const items = hits.slice(0, 3).map((hit) => make("li", {}, this.#source("", hit, hit.text)));
      return make("ul", { class: "sources", "aria-label": "Ближайшее в статьях" }, ...items);
    }

    #source(number, place, text) {
      const origin = [place.source, day(place.published)].filter(Boolean).join(", ");
      const own = /^https?:\/\//i.test(place.url ?? "") ? place.url : null;
      const path = place.article_id.split("/").map(encodeURIComponent).join("/");
      const page = `${this.#server}/articles/${path}?start=${place.start}&stop=${place.stop}#quote-${place.start}`;
      return make("details", {},
        make("summary", {}, number ? make("span", { class: "number" }, number) : null,
          make("span", {}, make("span", { class: "title" }, place.title), origin ? make("span", { class: "origin" }, ` — ${origin}`) : null)),
        make("blockquote", {}, text),
        make("a", { class: "open", href: own ?? page, target: "_blank", rel: "noopener" }, "Открыть статью"));
    }
  }
  customElements.define("snoska-chat", Chat);

  // Where the page has no place for it, it floats in the corner.
  const place = () => {
    const options = Object.fromEntries(OPTIONS.filter((name) => script?.dataset[name] != null).map((name) => [name, script.dataset[name]]));
    const chat = document.createElement("snoska-chat");
    Object.assign(chat.dataset, options);
    const target = script.dataset.target && script.getRootNode().querySelector(script.dataset.target);
    if (!target) chat.dataset.floating = "";
    const inside = script.getRootNode() instanceof ShadowRoot ? script.getRootNode() : document.body;
    (target || inside).append(chat);
  };
  if (!script || script.hasAttribute("data-manual")) return;
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", place);
  else place();
})();
