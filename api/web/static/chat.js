// The chat page's element. It keeps what was written until the server has it, shows text as text (never as HTML),
// and speaks to the application alone. The session's token stays in this tab.
const API = "/api/v1/chat/sessions";
const STORE = "stafet-chat";
// Longer than the application waits for the bot, so that its honest answer arrives first.
const TIMEOUT_MS = 20000;

const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
};

class Problem extends Error {
  constructor(status, body) {
    super(body?.detail || body?.title || "");
    this.status = status;
  }
}

class StafetChat extends HTMLElement {
  connectedCallback() {
    this.words = JSON.parse(this.querySelector("[data-words]").textContent);
    this.limit = Number(this.getAttribute("limit"));
    this.shown = new Set();
    this.replaceChildren();
    this.build();
    this.begin();
  }

  say(key, values = {}) {
    return (this.words[key] || "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  }

  build() {
    this.log = make("div", { class: "chat-log", role: "log", "aria-label": this.say("log"), tabindex: "0" });
    this.waiting = make("p", { class: "chat-waiting", "aria-live": "polite" });
    this.error = make("div", { role: "alert" });
    this.count = make("p", { class: "count", id: "chat-count", "aria-live": "polite" });
    this.field = make("textarea", {
      id: "chat-text", rows: "1", placeholder: this.say("placeholder"), "aria-describedby": "chat-count",
      autocomplete: "off", oninput: () => this.typed(),
      onkeydown: (event) => {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
          event.preventDefault();
          this.form.requestSubmit();
        }
      },
    });
    this.sendButton = make("button", { type: "submit" }, this.say("send"));
    const tool = (key, action) => make("button", { type: "button", class: "secondary", onclick: action }, this.say(key));
    this.menu = make("details", { class: "chat-menu" }, make("summary", {}, this.say("menu")),
      make("div", { class: "chat-tools" },
        tool("save", () => this.save()),
        tool("restart", () => this.confirm("restart_sure", true)),
        tool("erase", () => this.confirm("erase_sure", false))));
    this.tools = make("div", { class: "chat-tools" }, tool("person", () => this.askForPerson()), this.menu);
    this.form = make("form", { class: "chat-form", novalidate: true, onsubmit: (event) => this.submit(event) },
      this.error,
      make("label", { for: "chat-text" }, this.say("write")),
      make("div", { class: "chat-row" }, this.field, this.sendButton),
      this.count, this.tools);
    this.append(this.log, this.waiting, this.form);
  }

  // --- the session -----------------------------------------------------------------------------------------

  async begin() {
    this.session = this.recall();
    if (this.session) {
      try {
        const answer = await this.call("GET", `/${this.session.id}/messages?after=0`);
        this.showAnswer(answer.messages);
        this.log.scrollTop = this.log.scrollHeight;
        this.field.value = this.session.draft || "";
        this.typed();
        await this.resend();
        return;
      } catch (problem) {
        if (!(problem instanceof Problem) || problem.status !== 401) return this.fail(problem);
        this.forget();
        this.note(this.say("expired"));
      }
    }
    await this.open();
  }

  async open() {
    try {
      const opened = await this.call("POST", "", { lang: this.lang === "en" ? "en" : "da", page: location.origin + location.pathname });
      this.session = { id: opened.session, token: opened.token };
      this.keep();
      this.showAnswer(opened.messages);
    } catch (problem) {
      this.fail(problem);
    }
  }

  recall() {
    try { return JSON.parse(sessionStorage.getItem(STORE)); } catch { return null; }
  }

  keep() {
    try { sessionStorage.setItem(STORE, JSON.stringify(this.session)); } catch { /* a full or closed store costs a reload only */ }
  }

  forget() {
    this.session = null;
    try { sessionStorage.removeItem(STORE); } catch { /* nothing was kept */ }
  }

  async call(method, path, body) {
    const headers = { Accept: "application/json", "Accept-Language": this.lang === "en" ? "en" : "da" };
    if (body) headers["Content-Type"] = "application/json";
    if (this.session) headers.Authorization = `Bearer ${this.session.token}`;
    const response = await fetch(API + path, { method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) throw new Problem(response.status, await response.json().catch(() => null));
    return response.status === 204 ? null : response.json();
  }

  // --- turns -------------------------------------------------------------------------------------------------

  async submit(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    if (!text || this.busy) return;
    if (text.length > this.limit) {
      this.tell(this.say("too_long", { count: text.length, limit: this.limit }));
      return;
    }
    if (await this.send({ text }, text)) {
      this.field.value = "";
      this.typed();
    }
    this.field.focus();
  }

  // Sends once: the same words keep their id until they are answered, also after a reload, so the server acts once.
  async send(message, shownAs) {
    if (!this.session) await this.open();
    if (!this.session) return false;
    const before = this.session.pending?.message;
    const same = before && before.text === message.text && before.payload === message.payload;
    const pending = same ? before : { ...message, client_id: crypto.randomUUID() };
    this.session.pending = { message: pending, shownAs };
    this.keep();
    return this.deliver(pending, shownAs);
  }

  async resend() {
    const pending = this.session?.pending;
    if (pending && await this.deliver(pending.message, pending.shownAs, this.isShown(pending.shownAs)) && this.field.value.trim() === pending.shownAs) {
      this.field.value = "";
      this.typed();
    }
  }

  async deliver(pending, shownAs, isShown = false) {
    this.setBusy(true);
    this.tell("");
    const own = isShown ? null : this.showOwn(shownAs);
    try {
      const answer = await this.call("POST", `/${this.session.id}/messages`, pending);
      delete this.session.pending;
      this.keep();
      this.showAnswer(answer.messages);
      return true;
    } catch (problem) {
      own?.remove();
      // A refusal is final and the server says why; anything else may still come through under the same id.
      if (problem instanceof Problem && problem.status < 500) delete this.session.pending;
      if (problem instanceof Problem && problem.status === 401) {
        this.forget();
        this.note(this.say("expired"));
        await this.open();
      }
      this.keep();
      this.fail(problem);
      return false;
    } finally {
      this.setBusy(false);
    }
  }

  async askForPerson() {
    if (!this.session) await this.open();
    if (!this.session) return;
    try {
      const answer = await this.call("POST", `/${this.session.id}/handoff`);
      this.showAnswer(answer.messages);
    } catch (problem) {
      this.fail(problem);
    }
  }

  async save() {
    try {
      const response = await fetch(`${API}/${this.session.id}/transcript`, { headers: { Authorization: `Bearer ${this.session.token}` } });
      if (!response.ok) throw new Problem(response.status, null);
      const link = make("a", { href: URL.createObjectURL(await response.blob()), download: "stafet.txt" });
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (problem) {
      this.fail(problem);
    }
  }

  confirm(question, startAgain) {
    this.menu.open = false;
    this.querySelector(".chat-confirm")?.remove();
    const yes = make("button", { type: "button", onclick: () => this.erase(startAgain) }, this.say("confirm_yes"));
    const box = make("div", { class: "chat-confirm", role: "group", "aria-label": this.say(question) },
      make("p", {}, this.say(question)), yes,
      make("button", { type: "button", class: "secondary", onclick: () => { box.remove(); this.field.focus(); } }, this.say("confirm_no")));
    this.form.insertBefore(box, this.tools);
    yes.focus();
  }

  async erase(startAgain) {
    this.querySelector(".chat-confirm")?.remove();
    try {
      if (this.session) await this.call("DELETE", `/${this.session.id}`);
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status !== 401) return this.fail(problem);
    }
    this.forget();
    this.log.replaceChildren();
    this.shown.clear();
    this.field.value = "";
    this.typed();
    if (startAgain) await this.open();
    else this.note(this.say("erased"));
    this.field.focus();
  }

  // --- what is seen ------------------------------------------------------------------------------------------

  // An answer of several messages keeps the choices of all of them; its beginning is what is brought into view.
  showAnswer(messages) {
    const items = messages.map((message) => this.show(message)).filter(Boolean);
    if (items.length) this.log.scrollTop = items[0].offsetTop - this.log.offsetTop - 8;
  }

  show(message) {
    if (this.shown.has(message.seq)) return null;
    this.shown.add(message.seq);
    if (message.sender === "citizen") this.retireChoices();
    const bubble = make("div", { class: "bubble" });
    for (const paragraph of message.text.split(/\n{2,}/)) bubble.append(make("p", {}, paragraph));
    if (message.sources.length) bubble.append(this.sources(message.sources));
    if (message.card?.type === "article") bubble.append(this.guide(message.card.data));
    const item = make("div", { class: `entry from-${message.sender}` },
      make("span", { class: "who" }, this.say(message.sender === "citizen" ? "you" : message.sender)), bubble);
    if (message.buttons.length) item.append(this.choices(message.buttons));
    this.log.append(item);
    return item;
  }

  showOwn(text) {
    this.retireChoices();
    const item = make("div", { class: "entry from-citizen" }, make("span", { class: "who" }, this.say("you")),
      make("div", { class: "bubble" }, make("p", {}, text)));
    this.log.append(item);
    this.log.scrollTop = this.log.scrollHeight;
    return item;
  }

  // After a reload the server may have given back the very words that still wait here for their answer.
  isShown(text) {
    const own = [...this.log.querySelectorAll(".from-citizen .bubble")].pop();
    return own?.textContent === text;
  }

  note(text) {
    this.log.append(make("div", { class: "entry from-system" }, make("span", { class: "who" }, this.say("system")),
      make("div", { class: "bubble" }, make("p", {}, text))));
  }

  sources(list) {
    const items = list.map((source) => {
      const label = source.paragraph ? `${source.label}, ${source.paragraph}` : source.label;
      const doubt = { partly: this.say("confidence_partly"), unverified: this.say("confidence_unverified") }[source.confidence];
      const safe = typeof source.url === "string" && /^(https?:\/\/|\/(?!\/))/.test(source.url) ? source.url : null;
      const name = safe
        ? make("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, label, make("span", { class: "visually-hidden" }, ` (${this.say("opens_new")})`))
        : label;
      return make("li", {}, name, doubt ? ` (${doubt})` : null);
    });
    return make("div", { class: "sources" }, make("strong", {}, this.say("sources")), make("ul", {}, ...items));
  }

  guide(article) {
    const language = article.lang === "en" ? "en" : "da";
    const address = `/klarret/${encodeURIComponent(article.slug)}?lang=${language}#${encodeURIComponent(article.anchor || "")}`;
    return make("p", { class: "guide" },
      make("a", { href: address, target: "_blank", rel: "noopener" }, `${this.say("whole_guide")}: ${article.title}`,
        make("span", { class: "visually-hidden" }, ` (${this.say("opens_new")})`)));
  }

  choices(buttons) {
    return make("div", { class: "choices" }, ...buttons.map((button) =>
      make("button", { type: "button", onclick: () => this.busy || this.send({ payload: button.payload }, button.title) }, button.title)));
  }

  retireChoices() {
    for (const choice of this.log.querySelectorAll(".choices button")) choice.disabled = true;
  }

  setBusy(busy) {
    this.busy = busy;
    this.sendButton.disabled = busy;
    this.waiting.replaceChildren(...(busy ? [make("span", { class: "dots" }, this.say("waiting"))] : []));
  }

  typed() {
    const length = this.field.value.trim().length;
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight + 4}px`;
    const left = this.limit - length;
    this.count.textContent = left < 300 ? (left < 0 ? this.say("too_long", { count: length, limit: this.limit }) : this.say("count_left", { left })) : "";
    this.count.classList.toggle("over", left < 0);
    if (this.session) {
      this.session.draft = this.field.value;
      this.keep();
    }
  }

  tell(text) {
    this.error.replaceChildren(...(text ? [make("p", { class: "error chat-error" }, text)] : []));
  }

  fail(problem) {
    if (problem instanceof Problem && problem.message) this.tell(problem.message);
    else this.tell(navigator.onLine ? this.say("failed") : this.say("offline"));
  }
}

customElements.define("stafet-chat", StafetChat);
