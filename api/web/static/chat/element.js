// <stafet-chat>: the conversation as an element of its own, on our page, in a frame, or on any page that embeds it.
// Its styles and the host's never meet (a shadow root), and it speaks to the application alone.
import { Client, Problem } from "./client.js";
import { complaintNote, drawCard, sources } from "./cards.js";
import { blocks, download, make, paragraphs } from "./dom.js";

const HERE = new URL("../../", import.meta.url);
const SIZES = ["1", "1.15", "1.3", "1.5"];
let count = 0;

const bare = (words) => words?.replace(/\s/g, "");

class StafetChat extends HTMLElement {
  async connectedCallback() {
    if (this.root) return;
    count += 1;
    this.root = this.attachShadow({ mode: "open" });
    this.lang = (this.getAttribute("lang") || document.documentElement.lang || "da").startsWith("en") ? "en" : "da";
    // Several on one page are several conversations.
    this.client = new Client(HERE.origin, count === 1 ? "stafet-chat" : `stafet-chat-${count}`, this.lang);
    this.shown = new Set();
    // Our own words that stand here already, and have not come back over the line yet.
    this.owed = [];
    this.last = 0;
    this.state = "bot";
    const styles = make("link", { rel: "stylesheet", href: new URL("static/chat/chat.css", HERE) });
    // Before the styles are there nothing has its height, and scrolling leads nowhere.
    this.styled = new Promise((done) => { styles.onload = styles.onerror = done; });
    this.root.append(styles);
    this.client.addEventListener("live", (event) => this.live(event.detail));
    window.addEventListener("online", () => this.resend());
    try {
      await this.fetchWords();
    } catch {
      this.root.append(make("p", { role: "alert" }, "Stafet: …"));
      return;
    }
    this.build();
    await this.begin();
  }

  disconnectedCallback() {
    this.client.hangUp();
  }

  // --- words and addresses -----------------------------------------------------------------------------------

  async fetchWords() {
    const response = await fetch(new URL(`chat/words?lang=${this.lang}`, HERE));
    if (!response.ok) throw new Error(response.statusText);
    this.known = await response.json();
    this.limit = this.known.limit;
    this.today = this.known.today;
  }

  say(key, values = {}) {
    return (this.known.words[key] || "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  }

  route(id) {
    return this.known.routes[id] || id;
  }

  source(id) {
    return this.known.sources[id] || { label: id };
  }

  absolute(url) {
    return new URL(url, HERE).href;
  }

  // --- the frame of it ---------------------------------------------------------------------------------------

  build() {
    const tool = (key, action, kind = "secondary") => make("button", { type: "button", class: kind, onclick: action }, this.say(key));
    this.log = make("div", { class: "chat-log", role: "log", "aria-label": this.say("log"), tabindex: "0" });
    this.banner = make("p", { class: "chat-state", role: "status" });
    this.waiting = make("p", { class: "chat-waiting", "aria-live": "polite" });
    this.error = make("div", { role: "alert" });
    this.count = make("p", { class: "count", id: "chat-count", "aria-live": "polite" });
    this.field = make("textarea", {
      id: "chat-text", rows: "1", placeholder: this.say("placeholder"), "aria-describedby": "chat-count", autocomplete: "off",
      oninput: () => this.typed(),
      onkeydown: (event) => {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
          event.preventDefault();
          this.form.requestSubmit();
        }
      },
    });
    this.sendButton = make("button", { type: "submit" }, this.say("send"));
    this.menu = make("details", { class: "chat-menu" }, make("summary", {}, this.say("menu")),
      make("div", { class: "chat-tools" },
        tool("letter", () => this.file.click()),
        tool("save", () => this.save("text", "txt")), tool("save_pdf", () => this.save("pdf", "pdf")),
        tool("copy_all", (event) => this.copyAll(event.currentTarget)), tool("print", () => this.print()),
        tool("larger", () => this.resize(1)), tool("smaller", () => this.resize(-1)),
        tool("other_language", () => this.speak()),
        tool("restart", () => this.confirm("restart_sure", true)), tool("erase", () => this.confirm("erase_sure", false))));
    this.file = make("input", { type: "file", accept: "application/pdf", class: "visually-hidden", tabindex: "-1", "aria-hidden": "true", onchange: () => this.upload() });
    this.tools = make("div", { class: "chat-tools" }, tool("person", () => this.askForPerson()), this.menu, this.file);
    this.form = make("form", { class: "chat-form", novalidate: true, onsubmit: (event) => this.submit(event) },
      this.error, make("label", { for: "chat-text" }, this.say("write")),
      make("div", { class: "chat-row" }, this.field, this.sendButton), this.count, this.tools);
    this.box = make("div", { class: "chat", lang: this.lang }, this.banner, this.log, this.waiting, this.form);
    this.root.querySelector(".chat")?.remove();
    this.root.append(this.box);
    this.resize(0);
  }

  // --- the conversation --------------------------------------------------------------------------------------

  async begin() {
    if (!this.client.session) return this.open();
    try {
      const answer = await this.client.messages(0);
      this.take(answer);
      await this.refreshComplaint();
      await this.styled;
      this.log.scrollTop = this.log.scrollHeight;
      this.field.value = this.client.session.draft || "";
      this.typed();
      await this.resend();
      this.listen();
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status !== 401) return this.fail(problem);
      this.client.forget();
      this.note(this.say("expired"));
      await this.open();
    }
  }

  async open() {
    try {
      this.take(await this.client.open(location.origin + location.pathname));
      this.listen();
    } catch (problem) {
      this.fail(problem);
    }
  }

  listen() {
    this.client.listen(() => this.last);
  }

  // What comes by itself: from staff, from another window, from a bot that was slow.
  live(event) {
    if (event.type === "message") {
      const item = this.show(event.message);
      // Of an answer of several messages its beginning stays in view.
      const goesOn = event.message.sender === "bot" && item?.previousElementSibling?.classList.contains("from-bot");
      if (item && !goesOn && event.message.sender !== "citizen") this.bring(item);
    } else if (event.type === "typing" && event.sender !== "citizen") {
      this.busyWith(this.say("staff_typing"));
      clearTimeout(this.typingOver);
      this.typingOver = setTimeout(() => this.busy || this.busyWith(""), 4000);
    }
    if (event.state) this.setState(event.state);
  }

  async submit(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    if (!text || this.busy) return;
    if (text.length > this.limit) return this.tell(this.say("too_long", { count: text.length, limit: this.limit }));
    if (await this.act({ text }, text)) {
      this.field.value = "";
      this.typed();
    }
    this.field.focus();
  }

  // Sends words or a choice; true when the server has it, or when it waits here for the line to come back.
  async act(message, shownAs) {
    if (this.busy) return false;
    if (!this.client.session) await this.open();
    if (!this.client.session) return false;
    const item = this.client.queue(message, shownAs);
    if (!navigator.onLine) {
      if (!item.bubble) item.bubble = this.showOwn(shownAs, this.say("queued"));
      this.tell(this.say("offline"));
      return true;
    }
    return this.deliver(item);
  }

  async resend() {
    for (const item of [...(this.client.session?.waiting || [])]) {
      if (!await this.deliver(item, this.isShown(item.shownAs))) return;
      if (this.field.value.trim() === item.shownAs) {
        this.field.value = "";
        this.typed();
      }
    }
  }

  async deliver(item, isShown = false) {
    this.setBusy(true);
    this.tell("");
    const own = item.bubble || (isShown ? null : this.showOwn(item.shownAs));
    try {
      const answer = await this.client.deliver(item);
      own?.querySelector(".queued")?.remove();
      this.take(answer);
      return true;
    } catch (problem) {
      if (!item.bubble) own?.remove();
      if (problem instanceof Problem && problem.status === 401) {
        this.client.forget();
        this.note(this.say("expired"));
        await this.open();
      }
      this.fail(problem);
      return false;
    } finally {
      this.setBusy(false);
    }
  }

  async askForPerson() {
    if (!this.client.session) await this.open();
    if (!this.client.session) return;
    try {
      this.take(await this.client.own("POST", "/handoff"));
    } catch (problem) {
      this.fail(problem);
    }
  }

  async upload() {
    const [file] = this.file.files;
    this.file.value = "";
    if (!file || !this.client.session) return;
    const form = new FormData();
    form.append("file", file);
    this.setBusy(true);
    try {
      const response = await this.client.request("POST", `/${this.client.session.id}/letter`, { form });
      this.take(await response.json());
    } catch (problem) {
      this.fail(problem);
    } finally {
      this.setBusy(false);
    }
  }

  // --- what cards ask for ------------------------------------------------------------------------------------

  async saveComplaint(values) {
    return (await this.client.own("PATCH", "/complaint", { values })).card;
  }

  async approveComplaint() {
    this.take(await this.client.own("POST", "/complaint/approval", { confirmed: true }));
  }

  async askForCall(values) {
    this.take(await this.client.own("POST", "/handoff", { callback: values }));
  }

  async letter(url, code) {
    try {
      const response = await fetch(this.absolute(url), { headers: { "X-Follow-Up-Code": code } });
      if (!response.ok) throw new Problem(response.status, await response.json().catch(() => null));
      download("klage.pdf", await response.blob());
    } catch (problem) {
      this.fail(problem);
    }
  }

  async copy(text, button) {
    await navigator.clipboard.writeText(text);
    const before = button.textContent;
    button.textContent = this.say("copied");
    setTimeout(() => { button.textContent = before; }, 2000);
  }

  // --- tools -------------------------------------------------------------------------------------------------

  async save(format, ending) {
    try {
      const response = await this.client.request("GET", `/${this.client.session.id}/transcript?format=${format}`, { accept: "*/*" });
      download(`stafet.${ending}`, await response.blob());
    } catch (problem) {
      this.fail(problem);
    }
  }

  async copyAll(button) {
    try {
      const response = await this.client.request("GET", `/${this.client.session.id}/transcript?format=text`, { accept: "*/*" });
      await this.copy(await response.text(), button);
    } catch (problem) {
      this.fail(problem);
    }
  }

  // On a page of somebody else only the conversation is printed, not the page around it.
  print() {
    if (this.hasAttribute("page")) return window.print();
    const paper = make("div", { class: "stafet-paper" }, ...[...this.log.querySelectorAll(".entry")].map((entry) => make("p", {}, entry.innerText)));
    const rules = new CSSStyleSheet();
    rules.replaceSync("@media print { body > :not(.stafet-paper) { display: none !important } } @media screen { .stafet-paper { display: none } }");
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, rules];
    document.body.append(paper);
    window.print();
    paper.remove();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== rules);
  }

  resize(step) {
    let at = 0;
    try { at = Number(localStorage.getItem("stafet-size")) || 0; } catch { /* not kept, then */ }
    at = Math.max(0, Math.min(SIZES.length - 1, at + step));
    try { localStorage.setItem("stafet-size", String(at)); } catch { /* for this page alone */ }
    this.box.dataset.size = SIZES[at];
    this.box.style.setProperty("--size", SIZES[at]);
  }

  async speak() {
    this.menu.open = false;
    this.lang = this.lang === "en" ? "da" : "en";
    this.client.lang = this.lang;
    const wish = this.say("other_language_wish");
    await this.fetchWords();
    const entries = [...this.log.childNodes];
    this.build();
    this.log.append(...entries);
    this.setState(this.state);
    await this.act({ text: wish }, wish);
    this.field.focus();
  }

  confirm(question, startAgain) {
    this.menu.open = false;
    this.form.querySelector(".chat-confirm")?.remove();
    const yes = make("button", { type: "button", onclick: () => this.erase(startAgain) }, this.say("confirm_yes"));
    const box = make("div", { class: "chat-confirm", role: "group", "aria-label": this.say(question) },
      make("p", {}, this.say(question)), yes,
      make("button", { type: "button", class: "secondary", onclick: () => { box.remove(); this.field.focus(); } }, this.say("confirm_no")));
    this.form.insertBefore(box, this.tools);
    yes.focus();
  }

  async erase(startAgain) {
    this.form.querySelector(".chat-confirm")?.remove();
    try {
      await this.client.erase();
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status !== 401) return this.fail(problem);
    }
    this.client.forget();
    this.log.replaceChildren();
    this.shown.clear();
    this.owed = [];
    this.last = 0;
    this.setState("bot");
    this.field.value = "";
    this.typed();
    if (startAgain) await this.open();
    else this.note(this.say("erased"));
    this.field.focus();
  }

  // --- what is seen ------------------------------------------------------------------------------------------

  // An answer of several messages keeps the choices of all of them; its beginning is what is brought into view.
  take(answer) {
    const items = (answer.messages || []).map((message) => this.show(message)).filter(Boolean);
    if (items.length) this.bring(items[0]);
    if (answer.state) this.setState(answer.state);
  }

  // The draft may have changed since its card was stored with the conversation.
  async refreshComplaint() {
    const card = [...this.log.querySelectorAll(".card-complaint:not(.card-note)")].pop();
    if (!card) return;
    try {
      card.replaceWith(drawCard(this, { type: "complaint", data: (await this.client.own("GET", "/complaint")).card }));
    } catch (problem) {
      if (problem instanceof Problem && problem.status === 404) card.replaceWith(complaintNote(this, "card_complaint_gone"));
    }
  }

  // One complaint at a time can be changed or sent: the newest, until it is sent.
  retireComplaints(key) {
    for (const card of this.log.querySelectorAll(".card-complaint:not(.card-note)")) card.replaceWith(complaintNote(this, key));
  }

  bring(item) {
    this.log.scrollTop = item.offsetTop - this.log.offsetTop - 8;
  }

  show(message) {
    if (this.shown.has(message.seq)) return null;
    this.shown.add(message.seq);
    this.last = Math.max(this.last, message.seq);
    if (message.sender === "citizen") {
      if (this.isOwn(message.text)) return null;
      this.retireChoices();
    }
    const bubble = make("div", { class: "bubble" }, ...(message.sender === "citizen" ? paragraphs : blocks)(message.text).filter((part) => part.textContent));
    if (message.sources?.length) bubble.append(sources(this, message.sources));
    if (message.card?.type === "complaint") this.retireComplaints("card_complaint_newer");
    if (message.card?.type === "receipt") {
      this.retireComplaints("card_complaint_sent");
      this.retireChoices();
    }
    const card = drawCard(this, message.card);
    if (card) bubble.append(card);
    const item = this.entry(message.sender, bubble);
    if (message.buttons?.length) item.append(this.choices(message.buttons));
    this.log.append(item);
    return item;
  }

  entry(sender, bubble) {
    return make("div", { class: `entry from-${sender}` }, make("span", { class: "who" }, this.say(sender === "citizen" ? "you" : sender)), bubble);
  }

  // Our own words come back over the line, before the answer to them or after it; a CPR number in them has been masked.
  isOwn(text) {
    const at = this.owed.findIndex((own) => bare(own) === bare(text));
    if (at < 0 && !(this.busy && this.owed.length)) return this.busy && this.isShown(text);
    this.owed.splice(Math.max(at, 0), 1);
    return true;
  }

  showOwn(text, waits) {
    this.retireChoices();
    this.owed.push(text);
    const item = this.entry("citizen", make("div", { class: "bubble" }, make("p", {}, text)));
    if (waits) item.append(make("span", { class: "queued quiet" }, waits));
    this.log.append(item);
    this.log.scrollTop = this.log.scrollHeight;
    return item;
  }

  // After a reload the server may have given back the very words that still wait here for their answer.
  isShown(text) {
    return bare([...this.log.querySelectorAll(".from-citizen .bubble")].pop()?.textContent) === bare(text);
  }

  note(text) {
    this.log.append(this.entry("system", make("div", { class: "bubble" }, make("p", {}, text))));
  }

  choices(buttons) {
    return make("div", { class: "choices" }, ...buttons.map((button) =>
      make("button", { type: "button", onclick: () => this.act({ payload: button.payload }, button.title) }, button.title)));
  }

  retireChoices() {
    for (const choice of this.log.querySelectorAll(".choices button")) choice.disabled = true;
  }

  setState(state) {
    this.state = state;
    this.client.wanted = state === "waiting" || state === "staff";
    this.box.dataset.state = state;
    this.banner.textContent = { waiting: this.say("state_waiting"), staff: this.say("state_staff"), closed: this.say("state_closed") }[state] || "";
    this.sendButton.disabled = this.busy;
  }

  setBusy(busy) {
    this.busy = busy;
    this.sendButton.disabled = busy;
    this.busyWith(busy && this.state === "bot" ? this.say("waiting") : "");
  }

  busyWith(text) {
    this.waiting.replaceChildren(...(text ? [make("span", { class: "dots" }, text)] : []));
  }

  typed() {
    const length = this.field.value.trim().length;
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight + 4}px`;
    const left = this.limit - length;
    this.count.textContent = left < 300 ? (left < 0 ? this.say("too_long", { count: length, limit: this.limit }) : this.say("count_left", { left })) : "";
    this.count.classList.toggle("over", left < 0);
    if (this.client.session) {
      this.client.session.draft = this.field.value;
      this.client.keep();
      if (this.state === "staff" && length) this.client.typing();
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

// A button in the corner of the page that opens the chat, for pages that name no place for it.
class StafetLauncher extends HTMLElement {
  async connectedCallback() {
    const root = this.attachShadow({ mode: "open" });
    const lang = (this.getAttribute("lang") || document.documentElement.lang || "da").startsWith("en") ? "en" : "da";
    const { words } = await (await fetch(new URL(`chat/words?lang=${lang}`, HERE))).json();
    const panel = make("div", { class: "panel", role: "dialog", "aria-label": words.title, hidden: true });
    const close = make("button", { type: "button", class: "secondary small", onclick: () => show(false) }, words.close);
    const button = make("button", { type: "button", class: "launcher", "aria-expanded": "false", onclick: () => show(panel.hidden) }, words.open);
    const show = (open) => {
      panel.hidden = !open;
      button.setAttribute("aria-expanded", String(open));
      button.hidden = open;
      if (open && !panel.querySelector("stafet-chat")) panel.append(make("stafet-chat", { lang }));
      (open ? close : button).focus();
    };
    panel.append(make("div", { class: "panel-head" }, make("strong", {}, words.title), close));
    panel.addEventListener("keydown", (event) => event.key === "Escape" && show(false));
    root.append(make("link", { rel: "stylesheet", href: new URL("static/chat/chat.css", HERE) }), button, panel);
  }
}

if (!customElements.get("stafet-chat")) customElements.define("stafet-chat", StafetChat);
if (!customElements.get("stafet-launcher")) customElements.define("stafet-launcher", StafetLauncher);
