// The console: lists at the side, one conversation at a time beside them, several of them open.
import { longDate, make } from "../chat/dom.js";
import { Alerts } from "./alerts.js";
import { Conversation } from "./conversation.js";
import { Desk } from "./desk.js";
import { drawCalls, drawLists, drawOver } from "./lists.js";

const LIMIT = 10000;
const MOST_SOURCES = 10;
const DUTY = "stafet-duty";

class Console {
  constructor(place) {
    this.place = place;
    this.lang = document.documentElement.lang === "en" ? "en" : "da";
    this.mayAct = place.dataset.mayAct === "yes";
    this.units = JSON.parse(place.dataset.units);
    this.me = place.dataset.me;
    const texts = JSON.parse(place.dataset.words);
    this.words = texts.console;
    this.reasons = texts.reasons;
    this.happenings = texts.happened;
    this.limit = LIMIT;
    this.mostSources = MOST_SOURCES;
    this.say = (key, values = {}) => (this.words[key] || "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
    this.desk = new Desk(place.dataset.csrf, this.lang);
    this.alerts = new Alerts(this.say("title"));
    this.open = new Map();
    // The conversation that was asked for, and the one that is on the screen: they differ while it is fetched.
    this.chosen = null;
    this.shown = null;
    this.seen = null;
    // What was there when somebody last looked, by conversation.
    this.looked = new Map();
  }

  async start() {
    this.build();
    const [replies, known] = await Promise.all([
      this.desk.get("canned"), fetch(`/chat/words?lang=${this.lang}`).then((answer) => answer.json()),
    ]).catch(() => [{ da: [], en: [] }, { words: {}, routes: {}, sources: {}, today: new Date().toISOString().slice(0, 10) }]);
    this.replies = replies;
    this.cardHost = {
      lang: this.lang, today: known.today,
      say: (key, values = {}) => (known.words[key] || "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? ""),
      route: (id) => known.routes[id] || id, source: (id) => known.sources[id] || { label: id },
      absolute: (url) => new URL(url, location.origin).href,
    };
    this.desk.addEventListener("changed", () => this.refresh());
    this.desk.addEventListener("passing", (event) => {
      if (event.detail.type === "typing") this.open.get(event.detail.session)?.citizenTypes();
    });
    this.desk.addEventListener("line", (event) => { this.line.textContent = event.detail ? "" : this.say("offline"); });
    document.addEventListener("keydown", (event) => this.key(event));
    if (this.mayAct) await this.attempt(() => this.desk.beat());
    await this.refresh();
    this.desk.listen();
  }

  // --- the frame of it ---------------------------------------------------------------------------------------

  build() {
    const toggle = (key, checked, change) => {
      const box = make("input", { type: "checkbox", checked, onchange: () => change(box) });
      return make("label", { class: "toggle" }, box, ` ${this.say(key)}`);
    };
    this.error = make("div", { role: "alert" });
    this.line = make("p", { class: "quiet", role: "status" });
    this.state = make("p", { class: "quiet" });
    this.news = make("p", { class: "visually-hidden", role: "status" });
    this.lists = make("div");
    this.over = this.later("over", "conversations?state=over", (answer) => drawOver(this, answer.conversations));
    this.calls = this.later("callbacks", "callbacks", (answer) => drawCalls(this, answer.callbacks));
    this.panel = make("div", { class: "desk-panel" }, make("p", { class: "quiet" }, this.say("pick")));
    this.desk.onDuty = this.mayAct && sessionStorage.getItem(DUTY) === "yes";
    const tools = make("div", { class: "desk-tools" },
      this.mayAct ? toggle("duty", this.desk.onDuty, (box) => this.duty(box.checked)) : null,
      toggle("sound", false, (box) => this.alerts.setSound(box.checked)),
      toggle("notify", false, async (box) => { box.checked = await this.alerts.setNotify(box.checked); }),
      this.mayAct ? make("button", { type: "button", onclick: () => this.takeNext() }, this.say("take_next")) : null);
    this.place.replaceChildren(tools, this.error, this.state, this.line, this.news,
      make("div", { class: "desk" }, make("nav", { class: "desk-lists", "aria-label": this.say("title") }, this.lists, this.calls.box, this.over.box), this.panel),
      make("p", { class: "quiet" }, this.say("keys")));
  }

  // A list that is fetched when it is opened, and again while it is open and something changed.
  later(key, path, draw) {
    const content = make("div");
    const name = make("summary", {}, this.say(key));
    const load = () => this.attempt(async () => {
      const answer = await this.desk.get(path);
      this.keepFocus(content, () => content.replaceChildren(draw(answer)));
    });
    const box = make("details", { ontoggle: () => box.open && load() }, name, content);
    return { box, name, load, mark: null };
  }

  duty(on) {
    this.desk.onDuty = on;
    sessionStorage.setItem(DUTY, on ? "yes" : "no");
    this.attempt(() => this.desk.beat());
  }

  // --- what the parts ask for --------------------------------------------------------------------------------

  unit(id) {
    return this.units[id] || id;
  }

  reason(id) {
    return this.reasons[id] || this.happenings[id] || id;
  }

  happened(id) {
    return this.happenings[id] || id;
  }

  cardName(type) {
    return this.words[`card_${type}`] || type;
  }

  canned(language) {
    return this.replies[language] || [];
  }

  colleagues() {
    return (this.seen?.on_duty || []).filter((one) => one.username !== this.me).map((one) => [one.username, one.name]);
  }

  day(iso) {
    return longDate(iso, this.lang);
  }

  moment(iso) {
    return new Intl.DateTimeFormat(this.lang === "en" ? "en-GB" : "da-DK", {
      day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit", timeZone: "Europe/Copenhagen",
    }).format(new Date(iso));
  }

  isNew(row) {
    return row.mine && row.state === "staff" && row.session !== this.chosen && row.unanswered && (this.looked.get(row.session) ?? -1) < row.last_seq;
  }

  // Does something that may be refused; says why it was.
  async attempt(deed) {
    try {
      await deed();
      this.error.replaceChildren();
      return true;
    } catch (problem) {
      this.error.replaceChildren(make("p", { class: "error" }, (problem.status && problem.message) || this.say("failed")));
      return false;
    }
  }

  keepFocus(within, draw) {
    const key = within.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    draw();
    if (key) within.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }

  // --- what comes by itself ----------------------------------------------------------------------------------

  async refresh() {
    if (this.refreshing) {
      this.again = true;
      return;
    }
    this.refreshing = true;
    try {
      const seen = await this.desk.get("conversations");
      this.notice(seen);
      this.seen = seen;
      this.draw();
      await this.catchUp();
    } catch (problem) {
      if (problem.status === 401) this.error.replaceChildren(make("p", { class: "error" }, problem.message));
    } finally {
      this.refreshing = false;
      if (this.again) {
        this.again = false;
        this.desk.changed();
      }
    }
  }

  // Calls for attention when somebody new waits, or one of ours wrote while another was looked at.
  notice(seen) {
    if (!this.seen) return;
    const before = new Map(this.seen.conversations.map((row) => [row.session, row]));
    const joined = seen.conversations.some((row) => row.state === "waiting" && before.get(row.session)?.state !== "waiting");
    const wrote = seen.conversations.find((row) => row.mine && row.unanswered && row.last_seq > (before.get(row.session)?.last_seq ?? 0)
      && (row.session !== this.chosen || document.hidden));
    const text = wrote ? this.say("new_message", { number: wrote.number }) : joined ? this.say("new_waiting") : "";
    if (!text) return;
    this.news.textContent = text;
    this.alerts.call(text);
  }

  draw() {
    const ready = this.seen.on_duty.map((one) => one.name).join(", ");
    this.state.textContent = [ready ? this.say("on_duty", { names: ready }) : this.say("nobody"),
      this.seen.usual_minutes ? this.say("usual", { minutes: this.seen.usual_minutes }) : null].filter(Boolean).join(" · ");
    this.calls.name.textContent = this.seen.callbacks ? `${this.say("callbacks")} (${this.seen.callbacks})` : this.say("callbacks");
    const row = this.seen.conversations.find((one) => one.session === this.chosen);
    if (row) this.looked.set(row.session, row.last_seq);
    this.keepFocus(this.lists, () => this.lists.replaceChildren(...drawLists(this, this.seen)));
    const waiting = this.seen.conversations.filter((one) => one.state === "waiting").length;
    document.title = `${waiting ? `(${waiting}) ` : ""}${this.say("title")} · Stafet`;
    for (const conversation of this.open.values()) conversation.drawTargets();
    // What is open is fetched again only when it may have changed: that somebody sees it is written down each time.
    this.reloadIf(this.calls, String(this.seen.callbacks));
    this.reloadIf(this.over, this.seen.conversations.map((one) => one.number).sort().join());
  }

  reloadIf(list, mark) {
    if (list.box.open && list.mark !== mark) list.load();
    list.mark = mark;
  }

  // Fetches the conversation that is shown when it has something new, or is over.
  async catchUp() {
    const shown = this.open.get(this.chosen);
    if (!shown) return;
    const row = this.seen.conversations.find((one) => one.session === this.chosen);
    if (row ? shown.isBehind(row) : shown.row && !shown.row.ended_at) await this.attempt(() => shown.load());
  }

  // --- what somebody does ------------------------------------------------------------------------------------

  async choose(session) {
    const conversation = this.open.get(session) || new Conversation(this, session);
    this.open.set(session, conversation);
    this.chosen = session;
    // Until the other one is here, nothing can be written to the citizen who is still shown, or done with them.
    this.panel.inert = this.shown !== session;
    const loaded = await this.attempt(() => conversation.load());
    if (this.chosen !== session) return;
    this.panel.inert = false;
    this.chosen = loaded ? session : this.shown;
    if (!loaded) return;
    this.shown = session;
    this.panel.replaceChildren(conversation.panel);
    conversation.log.scrollTop = conversation.log.scrollHeight;
    if (this.seen) this.draw();
    (conversation.mayAct ? conversation.field : conversation.panel).focus();
  }

  async claim(row) {
    const claimed = await this.attempt(() => this.desk.on(row.session, "claim", { version: row.version }));
    await this.refresh();
    if (claimed) await this.choose(row.session);
  }

  async takeNext() {
    const first = (this.seen?.conversations || []).filter((row) => row.state === "waiting").sort((a, b) => a.position - b.position)[0];
    if (first) await this.claim(first);
    else this.news.textContent = this.say("nothing");
  }

  async called(row) {
    if (await this.attempt(() => this.desk.post(`callbacks/${row.id}/done`))) await this.calls.load();
  }

  key(event) {
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    const digit = /^Digit([1-9])$/.exec(event.code);
    const mine = (this.seen?.conversations || []).filter((row) => row.mine && row.state === "staff");
    if (event.code === "KeyN" && this.mayAct) this.takeNext();
    else if (event.code === "KeyI") this.open.get(this.chosen)?.insertFirst();
    else if (digit && mine[digit[1] - 1]) this.choose(mine[digit[1] - 1].session);
    else return;
    event.preventDefault();
  }
}

new Console(document.getElementById("console")).start();
