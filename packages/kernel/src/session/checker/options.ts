import type ts from "typescript6";
import type { Settings } from "./settings.js";
import type { TypeScript } from "./typescript.js";

/** How cells are checked and compiled, where the project says nothing else. */
export function compilerOptions(ts: TypeScript, settings?: Settings): ts.CompilerOptions {
  return {
    strict: true,
    // The newest syntax that Node runs as it is; newer forms (decorators, `using`) are compiled down.
    target: ts.ScriptTarget.ES2025,
    lib: ["lib.esnext.d.ts"],
    // "preserve" is the one mode that takes `import`, `import x = require()` and extensionless paths together.
    module: ts.ModuleKind.Preserve,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    customConditions: ["node"],
    moduleDetection: ts.ModuleDetectionKind.Force,
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    allowJs: true,
    types: ["node"],
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
