// Makes dist/browser/worker.js: the session with TypeScript, the declarations that cells are checked against and the packages that
// they import, as one classic script.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import ts from "typescript6";
import { newLibrary } from "./dist/session/checker/program/libraries.js";
import { declaredIn } from "./dist/session/checker/program/missing-members.js";
import { inAscii } from "./in-ascii.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const require = createRequire(import.meta.url);
const dist = here("dist/browser/");
/** What cells import by its name. */
const packages = ["@convfuse/core", "@convfuse/figures", "@convfuse/onnx", "ndarray"];
/** Outside the packages that cells see: none of these is completed. */
const own = "/bundle/node_modules";

const kernelPath = (name) => `${own}/@convfuse/kernel/${name}`;
const javascript = libraries();
const typescript = await iife(require.resolve("typescript6"), { mangle: true }, "typescript");
const entry = `
import { startWorker } from ${JSON.stringify(here("dist/browser/session/browser/worker.js"))};
${packages.map((name, at) => `import * as package${at} from ${JSON.stringify(name)};`).join("\n")}
startWorker({
  typescript,
  files: ${JSON.stringify({ ...javascript, ...declarations(), ...kernelTypes() })},
  declared: ${JSON.stringify(declared())},
  packages: { ${packages.map((name, at) => `${JSON.stringify(name)}: package${at}`).join(", ")} },
  kernel: ${JSON.stringify({
    anchor: kernelPath("index.js"),
    jupyterTypes: kernelPath("session/runtime/api/jupyter.js"),
    tslabTypes: kernelPath("session/runtime/api/tslab.d.ts"),
  })},
});
`;
// Names of functions and classes are shown to readers.
const session = await iife("entry", { mangle: { keepNames: true } }, undefined, entry);
writeFileSync(`${dist}worker.js`, inAscii(`(() => {\n${typescript}\n${session}\n})();\n`));

/** @param source the entry's text, where it is no file */
async function iife(input, minify, name, source) {
  const build = await rolldown({
    input,
    platform: "browser",
    treeshake: true,
    resolve: { conditionNames: ["browser", "import", "default"] },
    onLog() {},
    plugins: [
      {
        name: "session",
        resolveId(id) {
          if (source !== undefined && id === "entry") return here("worker-entry.js");
          // TypeScript asks for these only where it finds itself in Node.
          return isBuiltin(id) ? "\0empty" : undefined;
        },
        load(id) {
          if (id === "\0empty") return "export {};";
          return source !== undefined && id === here("worker-entry.js") ? source : undefined;
        },
      },
    ],
  });
  const { output } = await build.generate({
    format: "iife",
    name,
    minify: { compress: true, codegen: true, ...minify },
    ...(minify.mangle?.keepNames ? { keepNames: true } : {}),
  });
  return output[0].code;
}

/** JavaScript's own library; of the browser's the names without their descriptions, which take as much as everything else. */
function libraries() {
  const folder = dirname(require.resolve("typescript6"));
  const names = readdirSync(folder).filter((name) => /^lib\.(es|decorators|webworker\.d)/.test(name));
  return Object.fromEntries(
    names.map((name) => {
      const text = readFileSync(join(folder, name), "utf8");
      return [
        `${own}/typescript/lib/${name}`,
        name.startsWith("lib.webworker") ? withoutComments(text) : withoutHeader(text),
      ];
    }),
  );
}

/** What the newest libraries declare, so that no page has to read them twice to see what its browser lacks. */
function declared() {
  const texts = Object.entries(javascript).map(([path, text]) => [basename(path), text]);
  return Object.fromEntries(
    texts.filter(([name]) => newLibrary.test(name)).map(([name, text]) => [name, declaredIn(ts, text)]),
  );
}

function withoutHeader(text) {
  return text.replace(/^\/\*![\s\S]*?\*\/\s*/, "");
}

function withoutComments(text) {
  return withoutHeader(text)
    .replace(/^\s*\/\*\*[\s\S]*?\*\/\s*$/gm, "")
    .replace(/\n\s+/g, "\n");
}

/** The declarations of the packages, and of what theirs lead to. */
function declarations() {
  const probe = here("probe.ts");
  const options = {
    module: ts.ModuleKind.Preserve,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    customConditions: ["browser"],
    types: [],
    noLib: true,
    skipLibCheck: true,
  };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    name === probe
      ? ts.createSourceFile(name, packages.map((id) => `import ${JSON.stringify(id)};`).join("\n"), 99)
      : read(name, ...rest);
  const program = ts.createProgram([probe], options, host);
  const files = {};
  for (const { fileName, text } of program.getSourceFiles()) {
    if (fileName === probe) continue;
    const root = packageRoot(dirname(fileName));
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const target = `/node_modules/${manifest.name}`;
    const { name, version, type, main, types, typings, exports } = manifest;
    files[`${target}/package.json`] = JSON.stringify({ name, version, type, main, types, typings, exports });
    files[`${target}/${relative(root, fileName).replaceAll("\\", "/")}`] = text;
  }
  return files;
}

function packageRoot(folder) {
  try {
    if (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).name !== undefined) return folder;
  } catch {
    // Further up.
  }
  return packageRoot(dirname(folder));
}

/** What the session adds to every cell: the global `jupyter`, the module "tslab", and what there is of Node. */
function kernelTypes() {
  const files = {
    "/node_modules/@types/node/index.d.ts": readFileSync(here("browser-types/index.d.ts"), "utf8"),
    "/node_modules/@types/node/package.json": JSON.stringify({
      name: "@types/node",
      version: "0.0.0",
      types: "index.d.ts",
    }),
  };
  const pending = ["session/runtime/api/jupyter.d.ts", "session/runtime/api/tslab.d.ts"];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (kernelPath(name) in files) continue;
    const text = readFileSync(dist + name, "utf8");
    files[kernelPath(name)] = text;
    for (const { fileName } of ts.preProcessFile(text).importedFiles)
      if (fileName.startsWith(".")) pending.push(join(dirname(name), fileName.replace(/\.js$/, ".d.ts")));
  }
  return files;
}
