// Draws the cards. They are drawn from their data alone: nothing here knows the law or the form of a complaint.
import { daysUntil, download, hidden, linked, longDate, make, safeUrl } from "./dom.js";

// `host` is the chat element: say(), lang, today, act(), sourceName(), and the calls that a card needs.

export const sources = (host, list) => make("div", { class: "sources" }, make("strong", {}, host.say("sources")),
  make("ul", {}, ...list.map((source) => {
    const label = source.paragraph ? `${source.label}, ${source.paragraph}` : source.label;
    return make("li", {}, outward(host, source.url, label), doubt(host, source.confidence));
  })));

const doubt = (host, confidence) => {
  const word = { partly: host.say("confidence_partly"), unverified: host.say("confidence_unverified") }[confidence];
  return word ? ` (${word})` : "";
};

const outward = (host, url, label) => (safeUrl(url)
  ? make("a", { href: host.absolute(url), target: "_blank", rel: "noopener noreferrer" }, label, hidden(` (${host.say("opens_new")})`))
  : label);

const section = (title, ...content) => [make("h4", {}, title), ...content];

const more = (title, ...content) => make("details", {}, make("summary", {}, title), ...content);

const bullets = (items, ordered = false) => make(ordered ? "ol" : "ul", {}, ...items.map((item) => make("li", {}, ...linked(String(item)))));

const rows = (pairs) => make("dl", {}, ...pairs.filter(([, value]) => value != null && value !== "")
  .flatMap(([label, value]) => [make("dt", {}, label), make("dd", {}, ...(typeof value === "string" ? linked(value) : [value]))]));

const frame = (kind, title, ...content) => {
  const id = `card-${crypto.randomUUID().slice(0, 8)}`;
  return make("section", { class: `card card-${kind}`, "aria-labelledby": id }, make("h3", { id }, title), ...content.flat());
};

// --- guidance ----------------------------------------------------------------------------------------------

const left = (host, deadline) => {
  const days = daysUntil(deadline.latest_safe_date, host.today);
  if (deadline.passed) return host.say("deadline_passed");
  if (days < 0) return host.say("deadline_unsafe");
  return days === 0 ? host.say("deadline_today") : days === 1 ? host.say("deadline_one_day") : host.say("deadline_days", { days });
};

const calendar = (deadline) => {
  const day = deadline.latest_safe_date.slice(0, 10).replaceAll("-", "");
  const escape = (text) => text.replace(/([\\;,])/g, "\\$1").replace(/\n/g, "\\n");
  const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Stafet//DA", "BEGIN:VEVENT", `UID:${crypto.randomUUID()}@stafet`,
    `DTSTAMP:${new Date().toISOString().replace(/[-:]|\.\d+/g, "")}`, `DTSTART;VALUE=DATE:${day}`, `SUMMARY:${escape(deadline.what)}`,
    `DESCRIPTION:${escape(deadline.explanation)}`, "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-P3D", `DESCRIPTION:${escape(deadline.what)}`, "END:VALARM",
    "END:VEVENT", "END:VCALENDAR", ""];
  // A line of a calendar file holds at most 75 octets.
  return lines.flatMap((line) => line.match(/.{1,60}/gu)?.map((part, at) => (at ? ` ${part}` : part)) ?? [""]).join("\r\n");
};

const deadlines = (host, list) => make("ul", { class: "deadlines" }, ...list.map((deadline) => make("li", { class: deadline.passed ? "passed" : "runs" },
  make("strong", {}, `${deadline.what}: ${longDate(deadline.date, host.lang)}`),
  make("span", { class: "left" }, left(host, deadline)),
  deadline.latest_safe_date !== deadline.date ? make("p", {}, host.say("deadline_safe", { date: longDate(deadline.latest_safe_date, host.lang) })) : null,
  make("p", {}, ...linked(deadline.explanation)),
  deadline.passed ? null : make("button", {
    type: "button", class: "secondary small", onclick: () => download("frist.ics", new Blob([calendar(deadline)], { type: "text/calendar" })),
  }, host.say("deadline_save"), hidden(`: ${deadline.what}`)))));

const guidance = (host, data) => frame("guidance",
  [data.total > 1 ? host.say("card_part", { position: data.position, total: data.total }) : "", host.route(data.route)].filter(Boolean).join(" · "),
  data.certain === false ? make("p", { class: "quiet" }, host.say("card_uncertain")) : null,
  data.deadlines?.length ? section(host.say("card_deadline"), deadlines(host, data.deadlines)) : null,
  make("p", {}, ...linked(data.explanation || "")),
  data.recipient ? section(host.say("card_recipient"), make("p", {}, make("strong", {}, data.recipient.name),
    data.recipient.unit ? make("span", {}, make("br"), data.recipient.unit) : null, make("br"), ...linked(data.recipient.contact || ""))) : null,
  data.next_steps?.length ? section(host.say("card_steps"), bullets(data.next_steps, true)) : null,
  data.would_change?.length ? more(host.say("card_change"), bullets(data.would_change)) : null,
  data.basis?.length ? more(host.say("card_basis"), make("ul", {}, ...data.basis.map((basis) => {
    const source = host.source(basis.source);
    return make("li", {}, outward(host, source.url, source.label), `, ${basis.paragraph}`, doubt(host, basis.confidence));
  }))) : null,
  data.understood?.length ? more(host.say("card_understood"), understood(host, data.understood)) : null);

const understood = (host, facts) => make("ul", { class: "understood" }, ...facts.map((fact) => make("li", {},
  make("span", {}, `${fact.label}: `, make("strong", {}, fact.value_text)),
  fact.change ? make("button", { type: "button", class: "link", onclick: () => host.act({ payload: fact.change }, host.say("card_correct_this", { what: fact.label })) },
    host.say("card_correct"), hidden(` ${fact.label}`)) : null)));

// --- complaint ---------------------------------------------------------------------------------------------

const control = (host, field, id) => {
  const common = { id, name: field.pointer, required: Boolean(field.required), "aria-describedby": `${id}-help`, "aria-invalid": field.problem ? "true" : null };
  const chosen = (value) => (Array.isArray(field.value) ? field.value.includes(value) : field.value === value);
  if (field.kind === "textarea") {
    const area = make("textarea", { ...common, rows: "5", maxlength: field.max });
    area.value = field.value ?? "";
    return area;
  }
  if (field.kind === "choice") {
    return make("select", common, make("option", { value: "" }, host.say("form_choose")),
      ...field.options.map((option) => make("option", { value: option.value, selected: chosen(option.value) }, option.label)));
  }
  if (field.kind === "choices" || field.kind === "yesno") {
    const options = field.options?.length ? field.options : [{ value: true, label: host.say("yes") }, { value: false, label: host.say("no") }];
    const type = field.kind === "choices" ? "checkbox" : "radio";
    return make("div", { class: "options" }, ...options.map((option, at) => make("label", { class: "option" },
      make("input", { type, id: at ? null : id, name: `${id}-${field.pointer}`, value: String(option.value), checked: chosen(option.value) }), ` ${option.label}`)));
  }
  const input = make("input", { ...common, type: field.kind === "date" ? "date" : "text", maxlength: field.max });
  input.value = field.value ?? "";
  return input;
};

const valueOf = (form, field, id) => {
  if (field.kind === "choices" || field.kind === "yesno") {
    const marked = [...form.querySelectorAll(`[name="${CSS.escape(`${id}-${field.pointer}`)}"]:checked`)].map((input) => input.value);
    if (field.kind === "choices") return marked;
    return marked.length ? ({ true: true, false: false }[marked[0]] ?? marked[0]) : null;
  }
  const value = form.querySelector(`#${id}`).value;
  return value === "" ? null : value;
};

// One part of the complaint as it is edited: its fields, and what the citizen has put into them.
const partForm = (host, part) => {
  const set = make("fieldset", {}, make("legend", {}, part.title));
  const fields = part.fields.map((field) => [field, `f-${crypto.randomUUID().slice(0, 8)}`]);
  for (const [field, id] of fields) {
    const grouped = field.kind === "choices" || field.kind === "yesno";
    const label = `${field.label}${field.required ? "" : ` (${host.say("optional")})`}`;
    set.append(make("div", { class: "field", role: grouped ? "group" : null, "aria-labelledby": grouped ? `${id}-label` : null },
      grouped ? make("span", { class: "label", id: `${id}-label` }, label) : make("label", { for: id }, label),
      make("p", { class: "quiet", id: `${id}-help` }, field.help || "", field.problem ? make("span", { class: "problem" }, field.problem) : null),
      control(host, field, id)));
  }
  const form = make("form", { class: "complaint-form", novalidate: true, hidden: true }, set);
  form.values = () => Object.fromEntries(fields.map(([field, id]) => [field.pointer, valueOf(form, field, id)]));
  return form;
};

// The whole complaint to read, each part with its own way to change it, and one yes at the end.
const complaint = (host, data) => {
  const trouble = make("div", { role: "alert" });
  const complain = (texts) => trouble.replaceChildren(...(texts.length ? [make("div", { class: "error" }, bullets(texts))] : []));
  const run = async (work) => {
    try { complain([]); await work(); } catch (problem) { complain([problem.message || host.say("failed")]); }
  };
  const redraw = (fresh) => {
    const next = complaint(host, fresh);
    card.replaceWith(next);
    next.querySelector("h3").focus();
  };
  const open = [];
  const forms = [];
  // Saving one part saves what was written in the others that are open, so that nothing is lost.
  const written = () => Object.assign({}, ...forms.filter((form) => !form.hidden).map((form) => form.values()));
  const parts = (data.sections || []).map((part) => {
    const form = partForm(host, part);
    forms.push(form);
    // What was left empty is not sent, so it is not shown; what must be there is shown as missing.
    const filled = part.fields.filter((field) => field.value_text || field.problem);
    const shown = make("div", { class: "review" }, filled.length
      ? rows(filled.map((field) => [field.label, field.value_text || field.problem]))
      : make("p", { class: "quiet" }, host.say("form_empty")));
    const change = make("button", { type: "button", class: "secondary small", onclick: () => edit(true) }, host.say("form_edit"), hidden(` ${part.title}`));
    const edit = (on) => {
      form.hidden = !on;
      shown.hidden = change.hidden = on;
      (on ? form.querySelector("[aria-invalid=true]") || form.querySelector("input, textarea, select") : change)?.focus();
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      run(async () => redraw(await host.saveComplaint(written())));
    });
    form.append(make("div", { class: "row" }, make("button", { type: "submit" }, host.say("form_save")),
      make("button", { type: "button", class: "secondary", onclick: () => edit(false) }, host.say("form_cancel"))));
    if (part.fields.some((field) => field.problem)) open.push(edit);
    return make("section", { class: "part" }, make("h4", {}, part.title), shown, change, form);
  });
  complain((data.problems || []).map((problem) => problem.text));
  const yes = make("input", { type: "checkbox" });
  const ready = data.ready !== false;
  const buttons = ready
    ? make("div", { class: "approve" }, make("label", { class: "option" }, yes, ` ${host.say("form_confirm")}`),
      make("div", { class: "row" }, make("button", {
        type: "button",
        onclick: () => run(async () => {
          if (!yes.checked) throw new Error(host.say("form_confirm_first"));
          await host.approveComplaint();
        }),
      }, host.say("form_approve"))))
    : make("div", { class: "row" }, make("button", { type: "button", onclick: () => (open[0] || (() => {}))(true) }, host.say("form_fill_missing")));
  const card = frame("complaint", host.say("card_complaint"), make("p", {}, host.say("card_complaint_check")), trouble, ...parts, buttons);
  card.querySelector("h3").tabIndex = -1;
  return card;
};

// What stands where a complaint stood that can no longer be changed here.
export const complaintNote = (host, key) => {
  const note = frame("complaint", host.say("card_complaint"), make("p", {}, host.say(key)));
  note.classList.add("card-note");
  return note;
};

// --- receipt, hand-off, article ----------------------------------------------------------------------------

const receipt = (host, data) => {
  const code = data.follow_up_code
    ? make("span", {}, make("code", {}, data.follow_up_code), " ", make("button", {
      type: "button", class: "secondary small", onclick: (event) => host.copy(data.follow_up_code, event.currentTarget),
    }, host.say("copy"), hidden(` ${host.say("receipt_code")}`)))
    : host.say("receipt_code_once");
  return frame("receipt", host.say(data.kind === "notice" ? "card_notice" : "card_receipt"),
    rows([
      [host.say("receipt_reference"), data.reference],
      [host.say("receipt_code"), code],
      [host.say("receipt_received"), data.received_at_text || data.received_at],
      [host.say("receipt_recipient"), data.recipient?.name],
      [host.say("receipt_answer_due"), data.answer_due ? longDate(data.answer_due, host.lang) : null],
    ]),
    // A running deadline of the citizen's own stands among the next steps, in words.
    data.what_was_sent?.length ? more(host.say("receipt_sent"), bullets(data.what_was_sent)) : null,
    data.next_steps?.length ? section(host.say("card_steps"), bullets(data.next_steps)) : null,
    make("p", { class: "row" },
      data.follow_up_url ? outward(host, data.follow_up_url, host.say("receipt_follow")) : null,
      data.letter_url && data.follow_up_code ? make("button", {
        type: "button", class: "secondary small", onclick: () => host.letter(data.letter_url, data.follow_up_code),
      }, host.say("receipt_letter")) : null));
};

const handoff = (host, data) => {
  if (data.state === "waiting") {
    return frame("handoff", host.say("handoff_waiting"),
      data.position ? make("p", {}, host.say("handoff_position", { position: data.position })) : null,
      data.waiting_minutes != null ? make("p", {}, host.say("handoff_minutes", { minutes: data.waiting_minutes })) : null);
  }
  if (!data.callback_fields?.length) return null;
  const form = make("form", { class: "callback-form", novalidate: true }, make("p", {}, host.say("callback_intro")));
  const trouble = make("div", { role: "alert" });
  const inputs = data.callback_fields.map((field) => {
    const id = `c-${crypto.randomUUID().slice(0, 8)}`;
    const input = make("input", { id, type: field.name === "phone" ? "tel" : "text", required: Boolean(field.required), maxlength: field.max || 200, autocomplete: { name: "name", phone: "tel" }[field.name] });
    form.append(make("label", { for: id }, field.label), input);
    return [field, input];
  });
  form.append(trouble, make("div", { class: "row" }, make("button", { type: "submit" }, host.say("callback_send"))));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await host.askForCall(Object.fromEntries(inputs.map(([field, input]) => [field.name, input.value.trim()])));
      form.replaceChildren(make("p", {}, host.say("callback_done")));
    } catch (problem) {
      trouble.replaceChildren(make("p", { class: "error" }, problem.message || host.say("failed")));
    }
  });
  return frame("handoff", host.say("callback"), form);
};

const article = (host, data) => {
  const language = data.lang === "en" ? "en" : "da";
  const address = host.absolute(`/klarret/${encodeURIComponent(data.slug)}?lang=${language}#${encodeURIComponent(data.anchor || "")}`);
  return make("p", { class: "guide" }, make("a", { href: address, target: "_blank", rel: "noopener" }, `${host.say("whole_guide")}: ${data.title}`, hidden(` (${host.say("opens_new")})`)));
};

const CARDS = { guidance, complaint, receipt, handoff, article };

export const drawCard = (host, card) => CARDS[card?.type]?.(host, card.data || {}) ?? null;
