// Keeps what is being written in the reader's own browser, until it has been sent: the page works without this.
// It listens before there is a form, and is read before the page is drawn: nothing can be typed that it does not see.
const PREFIX = "stafet-klage:";
const TYPED = "textarea, input[type=text], input[type=email], input[type=tel]";

const theForm = () => document.querySelector("form.complaint");
const keyOf = (form) => `${PREFIX}${form.dataset.draft}:${form.dataset.step}`;
const typed = (form) => [...form.querySelectorAll(TYPED)];

const forgetAll = () => {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  }
};

const keep = (form) => {
  const values = Object.fromEntries(typed(form).map((field) => [field.name, field.value]));
  localStorage.setItem(keyOf(form), JSON.stringify({ at: new Date().toISOString(), values }));
};

// What was typed after the page was last saved is put back; what the server has seen since counts more.
const restore = (form) => {
  const kept = JSON.parse(localStorage.getItem(keyOf(form)) ?? "null");
  if (!kept || kept.at <= new Date(form.dataset.saved).toISOString()) return;
  for (const field of typed(form)) {
    if (kept.values[field.name]) field.value = kept.values[field.name];
  }
};

const tell = (text, role) => {
  const notice = document.getElementById("kept-here");
  notice.textContent = notice.dataset[text];
  if (role) notice.setAttribute("role", role);
  notice.hidden = false;
  return notice;
};

// A browser that keeps nothing is no reason to stop anybody from writing.
const unlessRefused = (step) => {
  try {
    step();
  } catch {
    return false;
  }
  return true;
};

document.addEventListener("input", (event) => {
  const form = event.target.closest("form.complaint");
  if (form && unlessRefused(() => keep(form))) tell("text");
});

document.addEventListener("submit", (event) => {
  if (navigator.onLine || event.target !== theForm()) return;
  event.preventDefault();
  unlessRefused(() => keep(event.target));
  tell("offline", "alert").scrollIntoView();
});

document.addEventListener("DOMContentLoaded", () => {
  unlessRefused(() => {
    if (document.querySelector("[data-sent]")) forgetAll();
    else if (theForm()) restore(theForm());
  });
});
