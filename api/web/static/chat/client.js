// Talks to the application: one conversation, kept in this tab. What was written stays here until the server has it,
// under an id of its own, so that it is acted on once however often it is sent.

// Longer than the application waits for the bot, so that its honest answer arrives first.
const TIMEOUT_MS = 20000;
// How soon a lost live connection is tried again, and how often messages are fetched while there is none.
const RETRY_MS = [1000, 2000, 5000, 10000, 30000];
const POLL_MS = 4000;

export class Problem extends Error {
  constructor(status, body) {
    super(body?.detail || body?.title || "");
    this.status = status;
    this.body = body;
  }
}

export class Client extends EventTarget {
  constructor(origin, store, lang) {
    super();
    this.api = `${origin}/api/v1/chat/sessions`;
    this.store = store;
    this.lang = lang;
    this.session = this.recall();
    this.tries = 0;
  }

  // --- what is kept in this tab ------------------------------------------------------------------------------

  recall() {
    try { return JSON.parse(sessionStorage.getItem(this.store)); } catch { return null; }
  }

  keep() {
    try {
      if (this.session) sessionStorage.setItem(this.store, JSON.stringify(this.session));
      else sessionStorage.removeItem(this.store);
    } catch { /* a full or closed store costs a reload only */ }
  }

  forget() {
    this.hangUp();
    this.session = null;
    this.keep();
  }

  // --- calls -------------------------------------------------------------------------------------------------

  async request(method, path, { body, form, accept = "application/json" } = {}) {
    const headers = { Accept: accept, "Accept-Language": this.lang };
    if (body) headers["Content-Type"] = "application/json";
    if (this.session) headers.Authorization = `Bearer ${this.session.token}`;
    const response = await fetch(this.api + path, {
      method, headers, body: form || (body && JSON.stringify(body)), signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Problem(response.status, await response.json().catch(() => null));
    return response;
  }

  async call(method, path, body) {
    const response = await this.request(method, path, { body });
    return response.status === 204 ? null : response.json();
  }

  // Below the conversation that is open.
  own(method, path, body) {
    return this.call(method, `/${this.session.id}${path}`, body);
  }

  async open(page) {
    const opened = await this.call("POST", "", { lang: this.lang, page });
    this.session = { id: opened.session, token: opened.token, waiting: [] };
    this.keep();
    return opened;
  }

  async messages(after) {
    return this.own("GET", `/messages?after=${after}`);
  }

  async erase() {
    if (this.session) await this.own("DELETE", "");
  }

  // --- sending once ------------------------------------------------------------------------------------------

  // Puts a message in the row of what waits; the same words that still wait keep their id.
  queue(message, shownAs) {
    const waiting = this.session.waiting ||= [];
    const same = waiting.find((item) => item.message.text === message.text && item.message.payload === message.payload);
    if (same) return same;
    const item = { message: { ...message, client_id: crypto.randomUUID() }, shownAs };
    waiting.push(item);
    this.keep();
    return item;
  }

  // Sends one that waits. A refusal is final and the server says why; anything else may still come through.
  async deliver(item) {
    try {
      const answer = await this.own("POST", "/messages", item.message);
      this.drop(item);
      return answer;
    } catch (problem) {
      if (problem instanceof Problem && problem.status < 500 && problem.status !== 429) this.drop(item);
      throw problem;
    }
  }

  drop(item) {
    if (!this.session) return;
    this.session.waiting = (this.session.waiting || []).filter((other) => other.message.client_id !== item.message.client_id);
    this.keep();
  }

  // --- what comes by itself ----------------------------------------------------------------------------------

  // Listens for messages of staff and of other windows; while the line is down they are fetched instead.
  listen(after) {
    if (this.socket || !this.session || !("WebSocket" in window)) return;
    this.after = after;
    const socket = new WebSocket(`${this.api.replace(/^http/, "ws")}/${this.session.id}/socket`);
    this.socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ token: this.session.token, after: this.after() }));
    socket.onmessage = (event) => {
      this.tries = 0;
      this.live = true;
      clearTimeout(this.poll);
      this.tell(JSON.parse(event.data));
    };
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.live = false;
      const wait = RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)];
      this.again = setTimeout(() => this.listen(after), wait);
      this.fetchMeanwhile();
    };
    // The closing says all; the error event holds nothing more.
    socket.onerror = () => {};
  }

  fetchMeanwhile() {
    clearTimeout(this.poll);
    this.poll = setTimeout(async () => {
      if (this.live || !this.session) return;
      if (this.wanted) {
        try {
          const answer = await this.messages(this.after());
          this.tell({ type: "state", state: answer.state });
          for (const message of answer.messages) this.tell({ type: "message", message });
        } catch { /* the next time */ }
      }
      this.fetchMeanwhile();
    }, POLL_MS);
  }

  hangUp() {
    clearTimeout(this.again);
    clearTimeout(this.poll);
    const socket = this.socket;
    this.socket = null;
    this.live = false;
    socket?.close();
  }

  typing() {
    if (this.live && this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ type: "typing" }));
  }

  tell(detail) {
    this.dispatchEvent(new CustomEvent("live", { detail }));
  }
}
