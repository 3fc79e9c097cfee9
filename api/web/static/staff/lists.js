// Draws the lists: who waits, who has what, what is over, who wants a call.
import { make } from "../chat/dom.js";

const MINUTE_S = 60;

const heading = (say, key, count) => make("h2", {}, count ? `${say(key)} (${count})` : say(key));

const list = (say, rows) => (rows.length ? make("ul", { class: "desk-list" }, ...rows) : make("p", { class: "quiet" }, say("nothing")));

// What stands behind the number of a conversation, as short marks.
const marks = (host, row) => [
  row.state === "waiting" ? host.say("waited", { minutes: Math.floor(row.waited_seconds / MINUTE_S) }) : null,
  row.deadline ? host.say("deadline", { date: host.day(row.deadline) }) : null,
  row.unit ? host.unit(row.unit) : null,
  row.state === "staff" && row.unanswered ? host.say("unanswered") : null,
  row.reason ? host.reason(row.reason) : null,
  row.staff && !row.mine ? host.say("claimed_by", { name: row.staff }) : null,
  row.language === "en" ? "English" : null,
].filter(Boolean);

const conversation = (host, row, claimable) => {
  const name = host.say("number", { number: row.number });
  const open = make("button", {
    type: "button", class: `pick${row.deadline && row.state === "waiting" ? " urgent" : ""}`, "data-key": `pick-${row.number}`,
    "aria-current": host.chosen === row.session ? "true" : null, onclick: () => host.choose(row.session),
  }, make("strong", {}, name), ...marks(host, row).map((mark) => make("span", {}, mark)),
  host.isNew(row) ? make("span", { class: "fresh" }, host.say("fresh")) : null);
  const claim = claimable ? make("button", {
    type: "button", class: "claim", "data-key": `claim-${row.number}`, "aria-label": `${host.say("claim")}: ${name}`, onclick: () => host.claim(row),
  }, host.say("claim")) : null;
  return make("li", {}, open, claim);
};

const call = (host, row) => make("li", { class: "call" },
  make("strong", {}, row.name),
  make("a", { href: `tel:${row.phone.replace(/[^+\d]/g, "")}`, "aria-label": `${host.say("call")} ${row.phone}` }, row.phone),
  row.when ? make("span", {}, host.say("when", { when: row.when })) : null,
  row.deadline ? make("span", {}, host.say("deadline", { date: host.day(row.deadline) })) : null,
  row.summary ? make("p", { class: "as-written" }, row.summary) : null,
  host.mayAct ? make("button", {
    type: "button", class: "secondary", "data-key": `call-${row.id}`, "aria-label": `${host.say("called")}: ${row.name}`, onclick: () => host.called(row),
  }, host.say("called")) : null);

const section = (say, key, rows, count = rows.length) => make("section", {}, heading(say, key, count), list(say, rows));

export const drawLists = (host, seen) => {
  const rows = seen.conversations;
  const waiting = rows.filter((row) => row.state === "waiting");
  const mine = rows.filter((row) => row.state === "staff" && row.mine);
  const others = rows.filter((row) => row.state === "staff" && !row.mine);
  return [
    section(host.say, "mine", mine.map((row) => conversation(host, row))),
    section(host.say, "queue", waiting.map((row) => conversation(host, row, host.mayAct))),
    section(host.say, "others", others.map((row) => conversation(host, row))),
  ];
};

// Lists that are fetched when somebody opens them.
export const drawOver = (host, rows) => list(host.say, rows.map((row) => conversation(host, row)));
export const drawCalls = (host, rows) => list(host.say, rows.map((row) => call(host, row)));
