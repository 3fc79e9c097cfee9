// Search while typing, and keys for those who never leave them. Without this script the form is posted as usual.
"use strict";
(() => {
  const PAUSE_MS = 120;
  const print = document.querySelector("[data-print]");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }
  const form = document.querySelector("form[data-live]");
  if (!form) return;
  const field = form.elements.q;
  const results = document.getElementById("results");
  let timer = 0;
  let latest = 0;

  async function search() {
    const mine = ++latest;
    if (!field.value.trim()) {
      results.replaceChildren();
      return;
    }
    results.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(form.action, {
        method: "POST",
        headers: { "X-Part": "results" },
        body: new URLSearchParams(new FormData(form)),
      });
      if (mine === latest && response.ok) results.innerHTML = await response.text();
    } catch {
      // No network just now: the button still posts the form.
    } finally {
      if (mine === latest) results.setAttribute("aria-busy", "false");
    }
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE_MS);
  }

  function step(by) {
    const links = [...results.querySelectorAll("[data-result]")];
    const next = links.indexOf(document.activeElement) + by;
    (next < 0 ? field : links[Math.min(next, links.length - 1)] || field).focus();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    search();
  });
  field.addEventListener("input", later);
  form.addEventListener("change", later);
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input:not([type=radio]), textarea");
    const inSearch = event.target === field || event.target.closest("#results");
    if (event.key === "/" && !typing) {
      event.preventDefault();
      field.focus();
    } else if (event.key === "ArrowDown" && inSearch) {
      event.preventDefault();
      step(1);
    } else if (event.key === "ArrowUp" && inSearch) {
      event.preventDefault();
      step(-1);
    } else if (event.key === "Escape" && inSearch) {
      field.value = "";
      field.focus();
      search();
    }
  });
})();
