import { dirname, resolve } from "node:path";
import type ts from "typescript6";
import type { TypeScript } from "./typescript.js";

/** Options that change what every file means to the checker: with others than the kernel's own, it reads nothing from a snapshot. */
const checking = [
  "strict",
  "alwaysStrict",
  "noImplicitAny",
  "noImplicitThis",
  "strictBindCallApply",
  "strictBuiltinIteratorReturn",
  "strictFunctionTypes",
  "strictNullChecks",
  "strictPropertyInitialization",
  "useUnknownInCatchVariables",
  "exactOptionalPropertyTypes",
  "noUncheckedIndexedAccess",
  "noPropertyAccessFromIndexSignature",
  "noImplicitOverride",
  "noImplicitReturns",
  "noFallthroughCasesInSwitch",
  "experimentalDecorators",
  "emitDecoratorMetadata",
  "useDefineForClassFields",
  "lib",
  "types",
  "typeRoots",
] as const;
/** Options that only say where an import leads. */
const resolving = ["baseUrl", "paths"] as const;
/** Options that make every module import the runtime of JSX: they are set as soon as there is JSX. */
const ofJsx = ["jsx", "jsxFactory", "jsxFragmentFactory", "jsxImportSource", "reactNamespace"] as const;

/** What a project says of how its TypeScript is to be read. */
export interface Settings {
  readonly checking: ts.CompilerOptions;
  readonly resolving: ts.CompilerOptions;
  readonly jsx: ts.CompilerOptions;
  /** What is wrong with the file, or cannot hold in a notebook. */
  readonly notices: readonly string[];
}

/** Reads the tsconfig.json that an editor would take for a file in this folder, with what it extends. */
export function readSettings(ts: TypeScript, folder: string): Settings {
  const path = ts.findConfigFile(folder, ts.sys.fileExists);
  const { options, problems } = path === undefined ? { options: {}, problems: [] } : parse(ts, path);
  const taken = { ...options };
  const notices = [...problems];
  if (options.noLib) notices.push("noLib does not hold in a notebook: cells see JavaScript's own library");
  if (options.jsx === ts.JsxEmit.Preserve || options.jsx === ts.JsxEmit.ReactNative) {
    const given = options.jsx === ts.JsxEmit.Preserve ? "preserve" : "react-native";
    notices.push(
      `jsx "${given}" does not hold in a notebook, which has to run it: it is compiled as "react-jsx"`,
    );
    taken.jsx = ts.JsxEmit.ReactJSX;
  }
  taken.jsx ??= options.jsxFactory === undefined ? ts.JsxEmit.ReactJSX : ts.JsxEmit.React;
  // The target itself is the Node that runs; what it says of class fields holds.
  if (options.target !== undefined && options.target < ts.ScriptTarget.ES2022)
    taken.useDefineForClassFields ??= false;
  // A snapshot's files are told apart by where such paths begin.
  if (options.paths && options.baseUrl === undefined && typeof options.pathsBasePath === "string")
    taken.paths = absolute(options.paths, options.pathsBasePath);
  // Cells run in Node, whatever else there is.
  if (options.types) taken.types = ["node", ...options.types.filter((name) => name !== "node")];
  return {
    checking: picked(taken, checking),
    resolving: picked(taken, resolving),
    jsx: picked(taken, ofJsx),
    notices: notices.map((notice) => `${path}: ${notice}\n`),
  };
}

/** Whether what a snapshot holds was checked in this way too. */
export function isAsUsual(settings: Settings, options: ts.CompilerOptions): boolean {
  return Object.entries(settings.checking).every(([name, value]) => {
    const usual = options[name] ?? /^(always|strict|useDefine|useUnknown|noImplicit(Any|This))/.test(name);
    return JSON.stringify(value) === JSON.stringify(usual);
  });
}

function absolute(paths: ts.MapLike<string[]>, from: string): ts.MapLike<string[]> {
  const entries = Object.entries(paths).map(([name, places]) => [
    name,
    places.map((place) => resolve(from, place)),
  ]);
  return Object.fromEntries(entries) as ts.MapLike<string[]>;
}

function picked(options: ts.CompilerOptions, names: readonly string[]): ts.CompilerOptions {
  const entries = names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]]));
  return Object.fromEntries(entries) as ts.CompilerOptions;
}

function parse(
  ts: TypeScript,
  path: string,
): { readonly options: ts.CompilerOptions; readonly problems: readonly string[] } {
  const { config, error } = ts.readConfigFile(path, ts.sys.readFile);
  const text = ({ messageText }: ts.Diagnostic): string => ts.flattenDiagnosticMessageText(messageText, "\n");
  if (error) return { options: {}, problems: [text(error)] };
  const host: ts.ParseConfigHost = {
    useCaseSensitiveFileNames: ts.sys.useCaseSensitiveFileNames,
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    // Which files belong to the project is nothing to a notebook.
    readDirectory: () => [],
  };
  const { options, errors } = ts.parseJsonConfigFileContent(config, host, dirname(path), undefined, path);
  return { options, problems: errors.filter(({ code }) => !noInputs.has(code)).map(text) };
}

/** "No inputs were found in config file", "The 'files' list is empty". */
const noInputs: ReadonlySet<number> = new Set([18_002, 18_003]);
