import type ts from "typescript6";
import { applyEdits, sortEdits } from "../../edits.js";
import type { Edit } from "../../unit.js";
import type { TypeScript } from "../typescript.js";
import { Walker } from "./walker.js";

/**
 * How the JavaScript of a file says what it takes and gives; "mixed" is what neither way of running it takes.
 */
export type ModuleFormat = "module" | "commonjs";

/** The module that gives local files the looks for an interrupt, and `require`; the runtime provides it. */
const kernelSpecifier = "convfuse:kernel";

export interface RewrittenModule {
  readonly text: string;
  readonly edits: readonly Edit[];
  /** Whether it awaits at its top level. */
  readonly isAsync: boolean;
}

/**
 * Puts the looks for an interrupt into the JavaScript of a local file, and gives it what its format has to
 * have.
 */
export function rewriteModule(ts: TypeScript, text: string, format: ModuleFormat): RewrittenModule {
  const walker = new Walker(ts, text, undefined, undefined, format === "module");
  walker.hideHashbang();
  for (const statement of walker.file.statements) {
    // TypeScript marks a module in this way that says so by nothing else; a script must not.
    if (format === "commonjs" && isMark(ts, statement)) walker.replace(statement, "");
    else walker.visit(statement, undefined);
  }
  const { prefix } = walker;
  const edits =
    format === "commonjs"
      ? [
          {
            start: 0,
            end: 0,
            text: `(function (exports, require, module, __filename, __dirname, ${prefix}) { `,
            isOwnCode: true as const,
          },
        ]
      : [{ start: 0, end: 0, text: moduleHead(ts, walker.file, prefix), isOwnCode: true as const }];
  const all = sortEdits([...edits, ...walker.edits]);
  if (format === "commonjs")
    all.push({ start: text.length, end: text.length, text: "\n})", isOwnCode: true });
  return { text: applyEdits(text, all), edits: all, isAsync: walker.isAsync };
}

export function moduleFormat(ts: TypeScript, text: string): ModuleFormat | "mixed" {
  const file = ts.createSourceFile("module.js", text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.JS);
  const isModule = file.statements.some(
    (statement) =>
      (ts.isImportDeclaration(statement) ||
        ts.isExportDeclaration(statement) ||
        ts.isExportAssignment(statement) ||
        (ts.canHaveModifiers(statement) &&
          ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))) &&
      !isMark(ts, statement),
  );
  const isScript = file.statements.some((statement) => exportsByAssignment(ts, statement));
  return isModule && isScript ? "mixed" : isScript ? "commonjs" : "module";
}

/** `export {}`, which exports nothing. */
function isMark(ts: TypeScript, statement: ts.Statement): boolean {
  return (
    ts.isExportDeclaration(statement) &&
    statement.moduleSpecifier === undefined &&
    statement.exportClause !== undefined &&
    ts.isNamedExports(statement.exportClause) &&
    statement.exportClause.elements.length === 0
  );
}

/**
 * `module.exports = ...`, `exports.name = ...` and `Object.defineProperty(exports, ...)`, as TypeScript
 * writes them.
 */
function exportsByAssignment(ts: TypeScript, statement: ts.Statement): boolean {
  if (!ts.isExpressionStatement(statement)) return false;
  const { expression } = statement;
  if (ts.isCallExpression(expression)) {
    const [first] = expression.arguments;
    return first !== undefined && ts.isIdentifier(first) && first.text === "exports";
  }
  if (!ts.isBinaryExpression(expression) || !ts.isPropertyAccessExpression(expression.left)) return false;
  const { expression: object, name } = expression.left;
  if (!ts.isIdentifier(object)) return false;
  return object.text === "exports" || (object.text === "module" && name.text === "exports");
}

function moduleHead(ts: TypeScript, file: ts.SourceFile, prefix: string): string {
  const source = JSON.stringify(kernelSpecifier);
  if (!/\brequire\b/.test(file.text) || declaresRequire(ts, file))
    return `import { guard as ${prefix} } from ${source}; `;
  return (
    `import { guard as ${prefix}, requireFrom as ${prefix}require } from ${source}; ` +
    `const require = ${prefix}require(import.meta.filename); `
  );
}

/** Whether a file makes a `require` of its own, with `createRequire` for instance. */
function declaresRequire(ts: TypeScript, file: ts.SourceFile): boolean {
  const isIt = (name: ts.Node | undefined): boolean =>
    name !== undefined && ts.isIdentifier(name) && name.text === "require";
  return file.statements.some((statement) => {
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.some(({ name }) => isIt(name));
    if (ts.isFunctionDeclaration(statement)) return isIt(statement.name);
    if (!ts.isImportDeclaration(statement)) return false;
    const bindings = statement.importClause?.namedBindings;
    if (isIt(statement.importClause?.name)) return true;
    if (!bindings) return false;
    return ts.isNamespaceImport(bindings)
      ? isIt(bindings.name)
      : bindings.elements.some(({ name }) => isIt(name));
  });
}
