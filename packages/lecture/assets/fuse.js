// The page "Fuse your network": hands the chosen files to a worker, and shows what that says.
const main = document.querySelector("#fuse");
const words = JSON.parse(main.dataset.words);
const input = main.querySelector("input");
const drop = main.querySelector(".drop");
const status = main.querySelector("[role=status]");
const progress = main.querySelector("progress");
const result = main.querySelector(".result");

/** Reasons, and places of each, that are written out; a network can have hundreds. */
const shown = 3;

let worker;
let urls = [];

input.addEventListener("change", () => start([...input.files]));
for (const type of ["dragenter", "dragover"]) {
  main.addEventListener(type, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
for (const type of ["dragleave", "drop"]) main.addEventListener(type, () => drop.classList.remove("over"));
main.addEventListener("drop", (event) => {
  event.preventDefault();
  start([...event.dataTransfer.files]);
});

function start(files) {
  if (files.length === 0) return;
  // Another file while one is being fused: the first is given up.
  worker?.terminate();
  for (const url of urls) URL.revokeObjectURL(url);
  urls = [];
  result.replaceChildren();
  const { name } = files.find((file) => /\.onnx$/i.test(file.name)) ?? files[0];
  status.textContent = filled(words.working, { name });
  progress.hidden = false;
  progress.removeAttribute("value");
  // A page from a file may start no worker from a file, but one from a text.
  const source = URL.createObjectURL(new Blob([globalThis.convfuseWorker], { type: "text/javascript" }));
  worker = new Worker(source);
  URL.revokeObjectURL(source);
  worker.onmessage = ({ data }) => answers[data.kind](data, name);
  worker.onerror = (event) => answers.failed({ message: event.message }, name);
  worker.postMessage({ files });
}

const answers = {
  progress({ done, of }) {
    progress.max = of;
    progress.value = done;
    status.textContent = filled(words.progress, { done, of });
  },
  failed({ message }, name) {
    end(filled(words.failed, { name, message }));
  },
  done({ report, files }, name) {
    const { before, after, regions, putBack, refusals } = report;
    const text = regions.length === 0 ? words.nothing : words.fused;
    const counts = { before: before.convolutions, after: after.convolutions, regions: regions.length };
    end(filled(text, { name, ...counts }));
    const parts = [totals(before, after)];
    if (regions.length > 0) parts.unshift(...files.map(saveLink));
    if (regions.length > 0) parts.push(folded(words.regions, regionsTable(regions)));
    if (putBack.length > 0) parts.push(folded(words.putBack, reasons(putBack)));
    if (refusals.length > 0) parts.push(folded(words.refusals, reasons(refusals)));
    result.replaceChildren(...parts);
  },
};

function end(text) {
  status.textContent = text;
  progress.hidden = true;
  worker.terminate();
  worker = undefined;
  input.value = "";
}

function saveLink({ name, blob }) {
  const url = URL.createObjectURL(blob);
  urls.push(url);
  return element(
    "p",
    {},
    element("a", { href: url, download: name, className: "button" }, filled(words.save, { name })),
  );
}

function totals(before, after) {
  const keys = ["nodes", "convolutions", "norms", "parameters", "bytes", "multiplyAdds"];
  const rows = keys
    .filter((key) => before[key] !== undefined && after[key] !== undefined)
    .map((key) => [words[key], number(before[key]), number(after[key])]);
  return table(["", words.before, words.after], rows);
}

function regionsTable(regions) {
  const range = ({ min, max }) => `${Number(min.toPrecision(2))} … ${Number(max.toPrecision(2))}`;
  const rows = regions.map(({ output, nodes, becomes, weights }) => [
    output,
    `${nodes.length} → ${becomes.join(" + ")}`,
    `${range(weights.before)} → ${range(weights.after)}`,
  ]);
  return table([words.place, words.becomes, words.weights], rows);
}

function reasons(places) {
  const groups = new Map();
  for (const place of places) {
    const kind = place.reason.replaceAll(/"[^"]*"|\d+/g, "");
    groups.set(kind, [...(groups.get(kind) ?? []), place]);
  }
  const items = [...groups.values()].map((same) => {
    const names = same.slice(0, shown).map(({ path }) => path);
    if (same.length > shown) names.push(filled(words.more, { count: same.length - shown }));
    return element(
      "li",
      {},
      same[0].reason,
      element("br", {}),
      element("span", { className: "small" }, names.join(", ")),
    );
  });
  return element("ul", {}, ...items);
}

function table(head, rows) {
  const cells = (name, texts) => texts.map((text) => element(name, {}, text));
  const body = rows.map((row) => element("tr", {}, ...cells("td", row)));
  const scroll = element("div", { className: "scroll", tabIndex: 0 });
  scroll.append(element("table", {}, element("tr", {}, ...cells("th", head)), ...body));
  return scroll;
}

function folded(title, content) {
  return element("details", {}, element("summary", {}, title), content);
}

function number(value) {
  return value.toLocaleString(document.documentElement.lang);
}

function filled(text, values) {
  return text.replaceAll(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Texts of a file become text, never markup. */
function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
