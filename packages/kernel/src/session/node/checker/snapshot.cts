/**
 * Runs under `node --build-snapshot`: loads TypeScript and the checker, which reads the libraries that every cell sees and
 * checks a first one, and leaves all of it in the heap that is written out. Such a run has no modules of its own but Node's, so
 * this file stands alone.
 */
type Loader = (
  exports: unknown,
  require: (name: string) => unknown,
  module: { exports: unknown },
  ...names: string[]
) => void;

const fs: typeof import("node:fs") = require("node:fs");
const path: typeof import("node:path") = require("node:path");
const vm: typeof import("node:vm") = require("node:vm");
const { startupSnapshot }: typeof import("node:v8") = require("node:v8");

/** Written above this file when it runs. */
declare const plan: import("./build-snapshot.js", { with: { "resolution-mode": "import" }}).Plan;
const loaded = new Map<string, { exports: unknown }>();
const typescript = load(plan.typescript) as typeof import("typescript6");
const { prepare, readAhead, releaseTexts, serve } = load(plan.serve) as typeof import("./serve.js", { with: {
  "resolution-mode": "import",
}});
const ready = prepare(typescript, plan.kernel, plan.folder, plan.gaps);
const { imports } = plan;
const contents: import("../imports-record.js", { with: { "resolution-mode": "import" }}).SnapshotContents = {
  imports,
  isFull: readAhead(ready, imports),
};
releaseTexts(ready);
if (imports.length > 0) fs.writeFileSync(plan.contents, JSON.stringify(contents));
startupSnapshot.setDeserializeMainFunction(() => serve(ready));

function load(file: string): unknown {
  const known = loaded.get(file);
  if (known) return known.exports;
  const module: { exports: unknown } = { exports: {} };
  loaded.set(file, module);
  const source =
    plan.modules[file] ?? fs.readFileSync(file === plan.typescript ? plan.minified : file, "utf8");
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
  const folder = path.dirname(file);
  const requireFrom = (name: string): unknown =>
    name.startsWith(".") || name.startsWith(plan.host.name)
      ? load(
          name.startsWith(".")
            ? path.join(folder, name)
            : plan.host.folder + name.slice(plan.host.name.length),
        )
      : require(name);
  (new vm.Script(wrapped, { filename: file }).runInThisContext() as Loader)(
    module.exports,
    requireFrom,
    module,
    file,
    folder,
  );
  return module.exports;
}
