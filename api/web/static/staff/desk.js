// Talks to the staff interface: calls, a live line that says when something changed, and signs of life.

// How soon a lost live line is tried again, how often the list is fetched while there is none, and how often a sign of
// life is sent; the application believes in one for two minutes.
const RETRY_MS = [1000, 2000, 5000, 10000];
const POLL_MS = 5000;
const BEAT_MS = 30000;
// Several changes at once are one reason to look.
const GATHER_MS = 150;
const TIMEOUT_MS = 20000;

export class Refusal extends Error {
  constructor(status, body) {
    super(body?.detail || body?.title || "");
    this.status = status;
  }
}

export class Desk extends EventTarget {
  constructor(csrf, lang) {
    super();
    this.csrf = csrf;
    this.lang = lang;
    this.tries = 0;
    this.onDuty = false;
  }

  async call(method, path, body) {
    const headers = { Accept: "application/json", "Accept-Language": this.lang };
    if (method !== "GET") headers["X-CSRF-Token"] = this.csrf;
    if (body) headers["Content-Type"] = "application/json";
    const response = await fetch(`/api/v1/staff/${path}`, {
      method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Refusal(response.status, await response.json().catch(() => null));
    return response.status === 204 ? null : response.json();
  }

  get(path) {
    return this.call("GET", path);
  }

  post(path, body) {
    return this.call("POST", path, body);
  }

  // An act on one conversation.
  on(session, act, body) {
    return this.post(`conversations/${encodeURIComponent(session)}/${act}`, body);
  }

  // --- signs of life -----------------------------------------------------------------------------------------

  async beat() {
    clearTimeout(this.next);
    this.next = setTimeout(() => this.beat().catch(() => {}), BEAT_MS);
    await this.post("heartbeat", { on_duty: this.onDuty });
  }

  // --- what comes by itself ----------------------------------------------------------------------------------

  listen() {
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/api/v1/staff/socket`);
    socket.onopen = () => {
      this.tries = 0;
      this.tell("line", true);
      this.changed();
    };
    socket.onmessage = (event) => {
      const news = JSON.parse(event.data);
      if (news.type === "changed") this.changed();
      else this.tell("passing", news);
    };
    socket.onclose = () => {
      this.tell("line", false);
      const wait = RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)];
      setTimeout(() => this.listen(), wait);
      this.poll(socket);
    };
    // The closing says all; the error event holds nothing more.
    socket.onerror = () => {};
    this.socket = socket;
  }

  // Looks by itself as long as the line that broke has no successor that works.
  poll(broken) {
    clearTimeout(this.polling);
    this.polling = setTimeout(() => {
      if (this.socket !== broken && this.socket.readyState === WebSocket.OPEN) return;
      this.changed();
      this.poll(broken);
    }, POLL_MS);
  }

  changed() {
    clearTimeout(this.gathering);
    this.gathering = setTimeout(() => this.tell("changed"), GATHER_MS);
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
