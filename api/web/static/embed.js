// The one tag that puts Stafet on a page:
//   <script async src="https://.../static/embed.js" data-lang="da"></script>
// Where the page has <stafet-chat> elements they come to life; else a button appears in the corner.
(() => {
  const tag = document.currentScript;
  const origin = new URL(tag.src).origin;
  import(`${origin}/static/chat/element.js`).then(() => {
    if (document.querySelector("stafet-chat, stafet-launcher")) return;
    const launcher = document.createElement("stafet-launcher");
    if (tag.dataset.lang) launcher.setAttribute("lang", tag.dataset.lang);
    document.body.append(launcher);
  });
})();
