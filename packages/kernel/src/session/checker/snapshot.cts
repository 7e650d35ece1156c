/**
 * Runs under `node --build-snapshot`: loads TypeScript, reads the libraries that every cell sees, and leaves both in the
 * heap that is written out. Such a run has no modules of its own but Node's, so this file stands alone.
 */
import type ts = require("typescript6");

interface Plan {
  readonly typescript: string;
  readonly serve: string;
  readonly options: ts.CompilerOptions;
  readonly files: readonly string[];
}

const fs: typeof import("node:fs") = require("node:fs");
const path: typeof import("node:path") = require("node:path");
const vm: typeof import("node:vm") = require("node:vm");
const nodeModule: typeof import("node:module") = require("node:module");
const { startupSnapshot }: typeof import("node:v8") = require("node:v8");

const plan = JSON.parse(process.env.CONVFUSE_SNAPSHOT_PLAN ?? "") as Plan;
const compiler = loadTypeScript(plan.typescript);
const registry = compiler.createDocumentRegistry(compiler.sys.useCaseSensitiveFileNames);
const texts = new Map<string, ts.IScriptSnapshot>();
readLibraries();
startupSnapshot.setDeserializeMainFunction(() => {
  const { serve } = nodeModule.createRequire(plan.serve)(plan.serve) as typeof import("./serve.js", { with: {
    "resolution-mode": "import",
  }});
  serve({ ts: compiler, registry, texts });
});

function loadTypeScript(file: string): typeof ts {
  const source = fs.readFileSync(file, "utf8");
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
  const load = new vm.Script(wrapped, { filename: file }).runInThisContext() as (...parts: unknown[]) => void;
  const module: { exports: unknown } = { exports: {} };
  load(module.exports, require, module, file, path.dirname(file));
  return module.exports as typeof ts;
}

/** Checking one small file makes the language service read, parse and bind all others. */
function readLibraries(): void {
  const probe = path.join(path.dirname(plan.serve), "[probe].ts");
  const snapshotOf = (file: string): ts.IScriptSnapshot | undefined => {
    if (file === probe) return compiler.ScriptSnapshot.fromString("export const probe = [1].map(String);");
    let found = texts.get(file);
    if (!found && fs.existsSync(file)) {
      found = compiler.ScriptSnapshot.fromString(fs.readFileSync(file, "utf8"));
      texts.set(file, found);
    }
    return found;
  };
  const host: ts.LanguageServiceHost = {
    getCompilationSettings: () => plan.options,
    getScriptFileNames: () => [...plan.files, probe],
    getScriptVersion: () => "0",
    getScriptSnapshot: snapshotOf,
    getCurrentDirectory: () => path.dirname(plan.serve),
    getDefaultLibFileName: (options) => compiler.getDefaultLibFilePath(options),
    fileExists: (file) => file === probe || compiler.sys.fileExists(file),
    readFile: (file) => compiler.sys.readFile(file),
    useCaseSensitiveFileNames: () => compiler.sys.useCaseSensitiveFileNames,
  };
  const service = compiler.createLanguageService(host, registry);
  service.getSemanticDiagnostics(probe);
}
