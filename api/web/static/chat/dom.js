// Small helpers to build what is seen. Text always goes in as text, never as HTML.

export const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child != null && child !== ""));
  return node;
};

export const hidden = (text) => make("span", { class: "visually-hidden" }, text);

// Only addresses that a browser fetches, never a script.
export const safeUrl = (url) => (typeof url === "string" && /^(https?:\/\/|\/(?!\/))/.test(url) ? url : null);

// Telephone numbers and mail addresses in a text become links; the rest stays text.
const REACH = /(\+?\d{2}(?: ?\d{2}){3}(?!\d)(?! ?-))|([\w.+-]+@[\w-]+(?:\.[\w-]+)+)/g;
export const linked = (text) => {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(REACH)) {
    const [whole, phone] = found;
    // A date or a reference number is no telephone number.
    if (phone && /[\d/.-]$/.test(text.slice(0, found.index))) continue;
    parts.push(text.slice(end, found.index));
    parts.push(make("a", { href: phone ? `tel:${phone.replace(/ /g, "")}` : `mailto:${whole}` }, whole));
    end = found.index + whole.length;
  }
  parts.push(text.slice(end));
  return parts.filter((part) => part !== "");
};

export const paragraphs = (text) => text.split(/\n{2,}/).map((part) => make("p", {}, ...linked(part)));

// What we say ourselves may hold lists; each is read out as one.
export const blocks = (text) => text.split(/\n{2,}/).flatMap((part) => {
  const found = [];
  for (const line of part.split("\n")) {
    const last = found.at(-1);
    const item = line.startsWith("- ");
    if (last && last.item === item) last.lines.push(line);
    else found.push({ item, lines: [line] });
  }
  return found.map(({ item, lines }) => item
    ? make("ul", {}, ...lines.map((line) => make("li", {}, ...linked(line.slice(2)))))
    : make("p", {}, ...linked(lines.join("\n"))));
});

export const longDate = (iso, lang) =>
  new Intl.DateTimeFormat(lang === "en" ? "en-GB" : "da-DK", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" })
    .format(new Date(`${iso.slice(0, 10)}T00:00:00Z`));

export const daysUntil = (iso, today) =>
  Math.round((Date.parse(`${iso.slice(0, 10)}T00:00:00Z`) - Date.parse(`${today}T00:00:00Z`)) / 86400000);

export const download = (name, blob) => {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};
