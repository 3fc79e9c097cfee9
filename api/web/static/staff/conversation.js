// One conversation on the desk: what is known, what was said, and what somebody can do with it. What citizens and
// colleagues wrote goes in as text only. A draft stays here while another conversation is shown.
import { drawCard, sources } from "../chat/cards.js";
import { make, paragraphs } from "../chat/dom.js";

// How long a sign of typing is shown, and how often one is sent.
const TYPING_SHOWN_MS = 5000;
const TYPING_SENT_MS = 3000;
// A reader this near the end of the conversation is taken along to what is new.
const NEAR_END_PX = 80;

const more = (title, open, ...content) => make("details", { open }, make("summary", {}, title), ...content);

export class Conversation {
  constructor(host, session) {
    this.host = host;
    this.session = session;
    this.say = host.say;
    this.shown = new Set();
    this.attached = [];
    this.panel = make("section", { class: "conversation", tabindex: "-1", "aria-labelledby": "conversation-name" });
  }

  // --- loading -----------------------------------------------------------------------------------------------

  async load() {
    this.take(await this.host.desk.get(`conversations/${encodeURIComponent(this.session)}`));
  }

  // Whether the list knows of something that is not here yet.
  isBehind(row) {
    const seen = this.row;
    return !seen || row.version !== seen.version || row.state !== seen.state || row.last_seq !== this.lastSeq || row.notes !== this.notesSeen;
  }

  take(whole) {
    const before = this.row;
    this.row = whole.conversation;
    this.mayAct = this.host.mayAct && this.row.mine && this.row.state === "staff";
    if (!before || before.state !== this.row.state || before.mine !== this.row.mine) this.build();
    this.known(whole);
    this.drawNotes(whole.notes);
    this.drawEvents(whole.events);
    this.drawMessages(whole.messages);
  }

  // --- the frame of it ---------------------------------------------------------------------------------------

  build() {
    const kept = this.field?.value || "";
    const hadFocus = this.panel.contains(document.activeElement);
    this.shown.clear();
    this.title = make("h2", { id: "conversation-name" }, this.say("number", { number: this.row.number }));
    this.where = make("p", { class: "quiet" }, this.place());
    this.facts = make("div", { class: "known" });
    this.log = make("div", { class: "desk-log", role: "log", "aria-label": this.say("transcript"), tabindex: "0" });
    this.typing = make("p", { class: "typing", role: "status" });
    this.notes = make("div");
    this.events = make("ul", { class: "happened" });
    const parts = [this.title, this.where, this.facts, make("h3", {}, this.say("transcript")), this.log, this.typing];
    if (this.row.state === "waiting" && this.host.mayAct) {
      parts.push(make("button", { type: "button", onclick: () => this.host.claim(this.row) }, this.say("claim")));
    }
    if (this.mayAct) parts.push(this.writing(kept), this.helping(), this.ending());
    parts.push(this.noting(), more(this.say("events"), false, this.events));
    this.panel.replaceChildren(...parts);
    if (hadFocus) (this.mayAct ? this.field : this.panel).focus();
  }

  place() {
    const row = this.row;
    return [
      row.mine && row.state === "staff" ? this.say("with_you") : null,
      row.staff && !row.mine ? this.say("claimed_by", { name: row.staff }) : null,
      row.ended_at ? this.say("over") : null, row.reason ? this.host.reason(row.reason) : null,
      row.unit ? this.host.unit(row.unit) : null, row.deadline ? this.say("deadline", { date: this.host.day(row.deadline) }) : null,
      this.say(row.language === "en" ? "in_english" : "in_danish"),
    ].filter(Boolean).join(" · ");
  }

  writing(kept) {
    this.field = make("textarea", {
      id: "desk-text", rows: "4", maxlength: String(this.host.limit), "aria-describedby": "desk-attached",
      oninput: () => this.typed(),
      onkeydown: (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          this.form.requestSubmit();
        }
      },
    });
    this.field.value = kept;
    this.attachedLine = make("p", { id: "desk-attached", class: "attached", "aria-live": "polite" });
    const canned = make("select", { id: "desk-canned", onchange: () => {
      if (canned.value) this.insert(this.host.canned(this.row.language)[Number(canned.value)].text, []);
      canned.value = "";
    } }, make("option", { value: "" }, this.say("canned_pick")),
    ...this.host.canned(this.row.language).map((reply, at) => make("option", { value: String(at) }, reply.title)));
    this.form = make("form", { class: "writing", novalidate: true, onsubmit: (event) => this.submit(event) },
      make("label", { for: "desk-text" }, this.say("write")), this.field, this.attachedLine,
      make("div", { class: "desk-row" }, make("button", { type: "submit" }, this.say("send")),
        make("div", { class: "grows" }, make("label", { for: "desk-canned" }, this.say("canned")), canned)));
    this.drawAttached();
    return this.form;
  }

  helping() {
    this.suggestions = make("div", { "aria-live": "polite" });
    const box = more(this.say("suggest"), true, this.suggestions);
    this.suggestedFor = null;
    return box;
  }

  ending() {
    const acts = make("div", { class: "desk-row" },
      make("button", { type: "button", class: "secondary", onclick: () => this.act("release", { to: "bot" }) }, this.say("back_bot")),
      make("button", { type: "button", class: "secondary", onclick: () => this.act("release", { to: "queue" }) }, this.say("back_queue")));
    this.target = make("select", { id: "desk-target", required: true });
    this.drawTargets();
    const transfer = make("form", { class: "desk-row", onsubmit: (event) => {
      event.preventDefault();
      const [kind, name] = this.target.value.split(/:(.*)/s);
      if (name) this.act("transfer", { [kind]: name });
    } }, make("div", { class: "grows" }, make("label", { for: "desk-target" }, this.say("transfer_to")), this.target),
    make("button", { type: "submit", class: "secondary" }, this.say("transfer")));
    const reason = make("select", { id: "desk-reason", required: true }, make("option", { value: "" }, this.say("choose")),
      ...Object.entries(this.host.reasons).map(([value, label]) => make("option", { value }, label)));
    const close = make("form", { class: "desk-row", onsubmit: (event) => {
      event.preventDefault();
      if (reason.value) this.act("close", { reason: reason.value });
    } }, make("div", { class: "grows" }, make("label", { for: "desk-reason" }, this.say("close_why")), reason),
    make("button", { type: "submit", class: "secondary" }, this.say("close")));
    return more(this.say("finish"), false, acts, transfer, close);
  }

  drawTargets() {
    if (!this.target) return;
    const before = this.target.value;
    const group = (key, kind, pairs) => (pairs.length ? make("optgroup", { label: this.say(key) },
      ...pairs.map(([value, label]) => make("option", { value: `${kind}:${value}` }, label))) : null);
    this.target.replaceChildren(...[make("option", { value: "" }, this.say("choose")),
      group("colleagues", "colleague", this.host.colleagues()), group("units", "unit", Object.entries(this.host.units))].filter(Boolean));
    this.target.value = before;
    if (this.target.selectedIndex < 0) this.target.value = "";
  }

  noting() {
    const field = make("textarea", { id: "desk-note", rows: "2", maxlength: "2000" });
    const form = make("form", { novalidate: true, onsubmit: async (event) => {
      event.preventDefault();
      const text = field.value.trim();
      if (text && await this.host.attempt(() => this.host.desk.on(this.session, "notes", { text }))) {
        field.value = "";
        await this.host.attempt(() => this.load());
        field.focus();
      }
    } }, make("label", { for: "desk-note" }, this.say("note")), field, make("button", { type: "submit", class: "secondary" }, this.say("note_add")));
    return make("section", { class: "notes" }, make("h3", {}, this.say("notes")), this.notes, this.host.mayAct ? form : null);
  }

  // --- what is seen ------------------------------------------------------------------------------------------

  known(whole) {
    this.where.textContent = this.place();
    const known = JSON.stringify([whole.summary, whole.known, whole.assessment]);
    if (known === this.lastKnown && this.facts.childNodes.length) return;
    this.lastKnown = known;
    const parts = [];
    if (whole.summary) parts.push(more(this.say("summary"), true, make("p", { class: "as-written" }, whole.summary)));
    if (whole.known?.length) {
      parts.push(more(this.say("facts"), true, make("dl", {}, ...whole.known.flatMap((fact) =>
        [make("dt", {}, fact.label), make("dd", {}, fact.value_text)]))));
    }
    const outcomes = whole.assessment?.outcomes || [];
    if (outcomes.length) {
      parts.push(more(this.say("guidance"), false, ...outcomes.map((outcome) => drawCard(this.host.cardHost, { type: "guidance", data: outcome })).filter(Boolean)));
    }
    this.facts.replaceChildren(...parts);
  }

  drawMessages(messages) {
    const follow = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_END_PX || !this.shown.size;
    for (const message of messages) {
      if (this.shown.has(message.seq)) continue;
      this.shown.add(message.seq);
      this.log.append(this.entry(message));
      if (message.sender === "citizen") this.typing.textContent = "";
    }
    this.lastSeq = Math.max(0, ...this.shown);
    if (follow) this.log.scrollTop = this.log.scrollHeight;
    const latest = [...messages].reverse().find((message) => message.sender === "citizen");
    if (this.mayAct && latest && this.suggestedFor !== latest.seq) this.suggest(latest.seq);
  }

  entry(message) {
    const at = new Intl.DateTimeFormat(this.host.lang === "en" ? "en-GB" : "da-DK", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Copenhagen" });
    const bubble = make("div", { class: "bubble" }, ...paragraphs(message.text).filter((part) => part.textContent));
    if (message.sources?.length) bubble.append(sources(this.host.cardHost, message.sources));
    // What it says on the way to a person stands in the message already.
    if (message.card && message.card.type !== "handoff") bubble.append(make("p", { class: "quiet" }, this.say("card", { type: this.host.cardName(message.card.type) })));
    return make("div", { class: `entry from-${message.sender}` },
      make("span", { class: "who" }, `${this.say(message.sender)} ${at.format(new Date(message.at))}`), bubble);
  }

  drawNotes(notes) {
    this.notesSeen = notes.length;
    this.notes.replaceChildren(...notes.map((note) => make("div", { class: "note" },
      make("span", { class: "who" }, note.author), make("p", { class: "as-written" }, note.text))));
  }

  drawEvents(events) {
    this.events.replaceChildren(...events.map((event) =>
      make("li", {}, `${this.host.moment(event.at)} ${event.actor}: ${this.host.happened(event.kind)}`)));
  }

  citizenTypes() {
    this.typing.textContent = this.say("typing");
    clearTimeout(this.typingOver);
    this.typingOver = setTimeout(() => { this.typing.textContent = ""; }, TYPING_SHOWN_MS);
  }

  // --- what KlarRet says -------------------------------------------------------------------------------------

  async suggest(seq) {
    this.suggestedFor = seq;
    try {
      const found = await this.host.desk.get(`conversations/${encodeURIComponent(this.session)}/suggestions`);
      if (this.suggestedFor !== seq) return;
      this.found = found.answered ? found.suggestions : [];
    } catch {
      this.found = [];
    }
    this.suggestions.replaceChildren(...(this.found.length ? this.found.map((one) => make("article", { class: "suggestion" },
      make("h4", {}, one.title), make("p", { class: "as-written" }, one.text), sources(this.host.cardHost, one.sources),
      make("button", { type: "button", class: "secondary", "aria-label": this.say("insert_named", { title: one.title }), onclick: () => this.insertSuggestion(one) },
        this.say("insert")))) : [make("p", { class: "quiet" }, this.say("no_suggestions"))]));
  }

  insertFirst() {
    if (this.mayAct && this.found?.length) this.insertSuggestion(this.found[0]);
  }

  insertSuggestion(one) {
    this.insert(one.text, one.sources);
  }

  insert(text, cited) {
    const before = this.field.value.trimEnd();
    this.field.value = before ? `${before}\n\n${text}` : text;
    const known = new Set(this.attached.map((source) => JSON.stringify(source)));
    this.attached.push(...cited.filter((source) => !known.has(JSON.stringify(source))));
    this.attached.splice(this.host.mostSources);
    this.drawAttached();
    this.field.focus();
    this.field.scrollTop = this.field.scrollHeight;
  }

  drawAttached() {
    this.attachedLine.replaceChildren(...(this.attached.length ? [this.say("attached", { count: this.attached.length }),
      " ", make("button", { type: "button", class: "link", onclick: () => {
        this.attached = [];
        this.drawAttached();
        this.field.focus();
      } }, this.say("drop_sources"))] : []));
  }

  // --- what somebody does ------------------------------------------------------------------------------------

  typed() {
    if (!this.field.value.trim() || Date.now() - (this.saidTyping || 0) < TYPING_SENT_MS) return;
    this.saidTyping = Date.now();
    this.host.desk.on(this.session, "typing").catch(() => {});
  }

  async submit(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    if (!text || this.sending) return;
    this.sending = true;
    // The same words keep their id, so that a second try after a lost answer writes once.
    if (this.tried?.text !== text) this.tried = { text, id: crypto.randomUUID() };
    const sent = await this.host.attempt(() => this.host.desk.on(this.session, "messages", { text, client_id: this.tried.id, sources: this.attached }));
    this.sending = false;
    if (sent) {
      this.tried = null;
      this.saidTyping = 0;
      this.attached = [];
      if (this.field.value.trim() === text) this.field.value = "";
      this.drawAttached();
      await this.host.attempt(() => this.load());
    }
    this.field.focus();
  }

  async act(name, body) {
    if (!await this.host.attempt(() => this.host.desk.on(this.session, name, body))) return;
    await this.host.attempt(() => this.load());
    await this.host.refresh();
  }
}
