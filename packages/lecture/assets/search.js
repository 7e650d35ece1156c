// The search over all lessons. What it needs is loaded when it is opened for the first time, by script tags: a page from a file can fetch nothing.
(() => {
  const opener = document.querySelector("button.search");
  const words = JSON.parse(opener.dataset.words);
  const index = opener.dataset.index;
  /** The folder of this language's pages. */
  const home = document.querySelector(".bar .home").getAttribute("href").replace("index.html", "");
  const limit = 20;

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  const load = (src) =>
    new Promise((resolve, reject) => {
      document.head.append(element("script", { src, onload: resolve, onerror: reject }));
    });

  /** Gives the function that searches; loads it once. */
  let loaded;
  const engine = () => {
    loaded ??= Promise.all([load(index), load(index.replace(/search-[^/]*$/, "search-engine.js"))]).then(() =>
      convfuseSearch.searchOver(convfusePlaces),
    );
    return loaded;
  };

  const field = element("input", { type: "search", autocomplete: "off", spellcheck: false });
  field.setAttribute("aria-label", words.field);
  field.placeholder = words.field;
  const close = element("button", { type: "submit", textContent: words.close });
  close.formMethod = "dialog";
  const form = element("form", { method: "dialog" }, field, close);
  const status = element("p", { className: "small" });
  status.setAttribute("role", "status");
  const list = element("ol", {});
  const dialog = element("dialog", { className: "finder" }, form, status, list);
  dialog.setAttribute("aria-label", words.open);
  document.body.append(dialog);

  function row({ place, excerpt }) {
    const link = element("a", { href: home + place.url });
    link.append(element("strong", { textContent: place.heading || place.lesson }));
    if (place.heading) link.append(element("span", { className: "small", textContent: place.lesson }));
    const text = element("p", {});
    for (const { text: piece, hit } of excerpt)
      text.append(hit ? element("mark", { textContent: piece }) : piece);
    return element("li", {}, link, text);
  }

  async function show() {
    const find = await engine();
    const query = field.value.trim();
    const found = query === "" ? [] : find(query, limit);
    list.replaceChildren(...found.map(row));
    const [before, after] = words.found;
    if (query === "") status.textContent = "";
    else status.textContent = found.length === 0 ? words.none : `${before}${found.length}${after}`;
  }

  function open() {
    if (dialog.open) return;
    dialog.showModal();
    field.select();
    show();
  }

  opener.addEventListener("click", open);
  field.addEventListener("input", show);
  // A click beside the box, or on a link to a place on this page, closes it.
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog || target.closest("a")) dialog.close();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === field) {
      event.preventDefault();
      list.querySelector("a")?.click();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const stops = [field, ...list.querySelectorAll("a")];
    const at = stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    stops[Math.min(Math.max(at, 0), stops.length - 1)].focus();
  });
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    const typing = target.isContentEditable || target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing) return;
    event.preventDefault();
    open();
  });
})();
