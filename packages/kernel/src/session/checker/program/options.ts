import type ts from "typescript6";
import { hostOptions } from "#host/checker/environment.js";
import type { TypeScript } from "../typescript.js";
import type { Settings } from "./settings.js";

/** How cells are checked and compiled, where the project says nothing else. */
export function compilerOptions(ts: TypeScript, settings?: Settings): ts.CompilerOptions {
  return {
    strict: true,
    // The newest syntax that every host runs as it is; newer forms (decorators, `using`) are compiled down.
    target: ts.ScriptTarget.ES2025,
    // "preserve" is the one mode that takes `import`, `import x = require()` and extensionless paths
    // together.
    module: ts.ModuleKind.Preserve,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    allowJs: true,
    ...hostOptions,
    skipLibCheck: true,
    sourceMap: true,
    newLine: ts.NewLineKind.LineFeed,
    // `baseUrl` is on its way out, and holds until then.
    ignoreDeprecations: "6.0",
    ...settings?.checking,
    ...settings?.writing,
    ...settings?.resolving,
  };
}
