// Keeps what is being written in the reader's own browser, until it has been sent: the page works without this.
const PREFIX = "stafet-klage:";
const form = document.querySelector("form.complaint");

const forgetAll = () => {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  }
};

const typed = () => [...form.querySelectorAll("textarea, input[type=text], input[type=email], input[type=tel]")];

const keep = (key) => {
  const values = Object.fromEntries(typed().map((field) => [field.name, field.value]));
  localStorage.setItem(key, JSON.stringify({ at: new Date().toISOString(), values }));
};

// What was typed after the page was last saved is put back; what the server has seen since counts more.
const restore = (key, saved) => {
  const kept = JSON.parse(localStorage.getItem(key) ?? "null");
  if (!kept || kept.at <= new Date(saved).toISOString()) return;
  for (const field of typed()) {
    if (kept.values[field.name]) field.value = kept.values[field.name];
  }
};

const start = () => {
  if (document.querySelector("[data-sent]")) return forgetAll();
  if (!form) return undefined;
  const key = `${PREFIX}${form.dataset.draft}:${form.dataset.step}`;
  const notice = document.getElementById("kept-here");
  restore(key, form.dataset.saved);
  form.addEventListener("input", () => {
    keep(key);
    notice.textContent = notice.dataset.text;
    notice.hidden = false;
  });
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    keep(key);
    notice.textContent = notice.dataset.offline;
    notice.setAttribute("role", "alert");
    notice.hidden = false;
    notice.scrollIntoView();
  });
  return undefined;
};

try {
  start();
} catch {
  // A browser that keeps nothing is no reason to stop anybody from writing.
}
