import type ts from "typescript6";
import { hostOptions } from "#host/checker/environment.js";
import { dirname, resolve } from "#host/paths.js";
import type { TypeScript } from "../typescript.js";

/**
 * What becomes of an option in a notebook:
 *
 * - `checking` changes what every file means to the checker: with another value than the kernel's own,
 *   nothing comes from a snapshot.
 * - `writing` only forbids some ways of writing the user's own files.
 * - `resolving` only says where an import leads.
 * - `jsx` would make every module import the runtime of JSX: it is set as soon as there is JSX.
 * - `running` says how files are compiled for another place. Cells run here: they take every form of import,
 *   and the syntax of the Node that runs.
 * - `building` says which files a compiler writes or prints.
 * - A sentence says why the option cannot hold.
 */
type Role =
  | "checking"
  | "writing"
  | "resolving"
  | "jsx"
  | "running"
  | "building"
  | { readonly because: string };

/** The names of TypeScript's options, without its "and any other". */
type OptionName = keyof {
  [K in keyof ts.CompilerOptions as string extends K ? never : number extends K ? never : K]: true;
};

const afterwards = "what a cell declares is for later cells";
const gone = "TypeScript has no longer got it";

/**
 * Every option that TypeScript knows, so that none is passed over in silence: a missing row does not compile.
 */
const roles: { readonly [K in OptionName]: Role } = {
  strict: "checking",
  alwaysStrict: "checking",
  noImplicitAny: "checking",
  noImplicitThis: "checking",
  strictBindCallApply: "checking",
  strictBuiltinIteratorReturn: "checking",
  strictFunctionTypes: "checking",
  strictNullChecks: "checking",
  strictPropertyInitialization: "checking",
  useUnknownInCatchVariables: "checking",
  exactOptionalPropertyTypes: "checking",
  noUncheckedIndexedAccess: "checking",
  experimentalDecorators: "checking",
  emitDecoratorMetadata: "checking",
  useDefineForClassFields: "checking",
  lib: "checking",
  libReplacement: "checking",
  types: "checking",
  typeRoots: "checking",

  allowUmdGlobalAccess: "writing",
  allowUnreachableCode: "writing",
  allowUnusedLabels: "writing",
  erasableSyntaxOnly: "writing",
  noFallthroughCasesInSwitch: "writing",
  noImplicitOverride: "writing",
  noImplicitReturns: "writing",
  noPropertyAccessFromIndexSignature: "writing",
  noUncheckedSideEffectImports: "writing",
  noUnusedParameters: "writing",
  verbatimModuleSyntax: "writing",

  baseUrl: "resolving",
  paths: "resolving",
  rootDirs: "resolving",
  moduleSuffixes: "resolving",

  jsx: "jsx",
  jsxFactory: "jsx",
  jsxFragmentFactory: "jsx",
  jsxImportSource: "jsx",
  reactNamespace: "jsx",

  allowArbitraryExtensions: "running",
  allowImportingTsExtensions: "running",
  allowJs: "running",
  allowSyntheticDefaultImports: "running",
  downlevelIteration: "running",
  esModuleInterop: "running",
  forceConsistentCasingInFileNames: "running",
  ignoreDeprecations: "running",
  importHelpers: "running",
  isolatedModules: "running",
  module: "running",
  moduleDetection: "running",
  moduleResolution: "running",
  noEmitHelpers: "running",
  preserveConstEnums: "running",
  resolveJsonModule: "running",
  resolvePackageJsonExports: "running",
  resolvePackageJsonImports: "running",
  rewriteRelativeImportExtensions: "running",
  skipDefaultLibCheck: "running",
  skipLibCheck: "running",
  target: "running",

  assumeChangesOnlyAffectDirectDependencies: "building",
  composite: "building",
  declaration: "building",
  declarationDir: "building",
  declarationMap: "building",
  disableReferencedProjectLoad: "building",
  disableSizeLimit: "building",
  disableSolutionSearching: "building",
  disableSourceOfProjectReferenceRedirect: "building",
  emitBOM: "building",
  emitDeclarationOnly: "building",
  incremental: "building",
  inlineSourceMap: "building",
  inlineSources: "building",
  isolatedDeclarations: "building",
  locale: "building",
  mapRoot: "building",
  newLine: "building",
  noEmit: "building",
  noEmitOnError: "building",
  noErrorTruncation: "building",
  outDir: "building",
  outFile: "building",
  project: "building",
  removeComments: "building",
  rootDir: "building",
  sourceMap: "building",
  sourceRoot: "building",
  stripInternal: "building",
  traceResolution: "building",
  tsBuildInfoFile: "building",

  checkJs: { because: "JavaScript runs as it is" },
  customConditions: { because: "Node runs with its own conditions" },
  maxNodeModuleJsDepth: { because: "packages without types are `any`" },
  noCheck: { because: "cells are checked before they run" },
  noLib: { because: "cells see JavaScript's own library" },
  noResolve: { because: "what a cell imports has to be there" },
  noUnusedLocals: { because: afterwards },
  preserveSymlinks: { because: "Node goes by real paths" },

  charset: { because: gone },
  importsNotUsedAsValues: { because: gone },
  keyofStringsOnly: { because: gone },
  noImplicitUseStrict: { because: gone },
  noStrictGenericChecks: { because: gone },
  out: { because: gone },
  preserveValueImports: { because: gone },
  suppressExcessPropertyErrors: { because: gone },
  suppressImplicitAnyIndexErrors: { because: gone },
};

/** What a project says of how its TypeScript is to be read. */
export interface Settings {
  readonly checking: ts.CompilerOptions;
  readonly writing: ts.CompilerOptions;
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
  const notices = [...problems, ...refusals(options)];
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
  // Cells run in this host, whatever else there is.
  if (options.types) taken.types = [...new Set([...hostOptions.types, ...options.types])];
  return {
    checking: picked(taken, "checking"),
    writing: picked(taken, "writing"),
    resolving: picked(taken, "resolving"),
    jsx: picked(taken, "jsx"),
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

function picked(options: ts.CompilerOptions, role: Role): ts.CompilerOptions {
  const entries = Object.entries(options).filter(([name]) => roles[name as OptionName] === role);
  return Object.fromEntries(entries) as ts.CompilerOptions;
}

/** What is set and cannot hold; `false` asks for what a notebook does anyway. */
function refusals(options: ts.CompilerOptions): string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    const role = roles[name as OptionName] as Role | undefined;
    if (value === undefined || value === false || typeof role !== "object") return [];
    return [`${name} does not hold in a notebook: ${role.because}`];
  });
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
