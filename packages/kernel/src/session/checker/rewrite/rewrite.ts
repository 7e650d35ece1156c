import type ts from "typescript6";
import { loopsGiveWay } from "#host/checker/environment.js";
import { applyEdits, sortEdits } from "../../edits.js";
import type { Edit, ImportBinding, ImportUnit } from "../../unit.js";
import type { TypeScript } from "../typescript.js";
import { Walker } from "./walker.js";

export interface RewriteInput {
  /** JavaScript as TypeScript emits it for a cell: an ES module. */
  readonly text: string;
  /** Whether a name belongs to the session: this cell declares it, or an earlier one did. */
  readonly isSession: (name: string) => boolean;
  /** Whether a name of the session was only said to be there. */
  readonly isAmbient: (name: string) => boolean;
  /** Whether an import only leads to an earlier cell. */
  readonly isCellImport: (specifier: string) => boolean;
  /** Whether the cell ends in an expression, which then is its result. */
  readonly hasResult: boolean;
}

export interface Rewritten {
  readonly text: string;
  readonly edits: readonly Edit[];
  /** The session's names that the text uses: one parameter each, in this order. */
  readonly names: readonly string[];
  readonly imports: readonly ImportUnit[];
}

/**
 * Turns a cell's JavaScript into a function expression in which every name of the session is the property `v`
 * of a box that all cells share. A closure therefore sees what later cells assign or declare under that name.
 */
export function rewriteCell(ts: TypeScript, input: RewriteInput): Rewritten {
  return new CellRewriter(ts, input).run();
}

class CellRewriter {
  readonly #ts: TypeScript;
  readonly #input: RewriteInput;
  readonly #imports: ImportUnit[] = [];
  readonly #hoists: string[] = [];
  /** Names that TypeScript has imported by itself: what JSX turns into. */
  readonly #added = new Set<string>();
  readonly #walker: Walker;

  constructor(ts: TypeScript, input: RewriteInput) {
    this.#ts = ts;
    this.#input = input;

    this.#walker = new Walker(
      ts,
      input.text,
      (name) => input.isSession(name) || this.#added.has(name),
      input.isAmbient,
    );
  }

  run(): Rewritten {
    const walker = this.#walker;
    const input = this.#input;
    for (const statement of walker.file.statements) this.#noteAdded(statement);
    const result = input.hasResult ? this.#resultStatement(walker.file.statements) : undefined;
    // In an object, so that a promise stays one: an async function would wait for what it returns. It
    // inherits nothing: with a `then` that a cell gave all objects it would be waited for. Behind a comma, a
    // function gets no name from where it stands.
    if (result) walker.insert(result.getStart(walker.file), "return { __proto__: null, value: (0, ");
    let awaited = false;
    for (const statement of walker.file.statements) {
      const awaits = walker.guards.awaits(statement);
      // A signal is what the watch is for, and one that waits cannot stand in it.
      if (awaited && !awaits && !loopsGiveWay()) this.#watched(statement);
      else this.#topLevel(statement);
      awaited ||= awaits;
    }
    if (result) {
      walker.insertOwn(result.expression.end, ") }");
      // Where the return itself would be stopped at once more.
      if (result.end > result.expression.end) walker.insertOwn(result.end, " ");
    }
    const flags = walker.flags();
    const names = [...walker.names];
    const boxes = names.map((name) => `, ${walker.prefix}${name}`).join("");
    const head =
      `(${walker.isAsync ? "async " : ""}function (${walker.prefix}, require, module, exports, __filename, ` +
      `__dirname${boxes}) { "use strict"; ${flags}${this.#hoists.join("")}`;
    const edits = sortEdits([{ start: 0, end: 0, text: head, isOwnCode: true }, ...walker.edits]);
    edits.push({ start: input.text.length, end: input.text.length, text: "\n})", isOwnCode: true });
    return { text: applyEdits(input.text, edits), edits, names, imports: this.#imports };
  }

  #noteAdded(statement: ts.Statement): void {
    if (!this.#ts.isImportDeclaration(statement)) return;
    const bindings = statement.importClause?.namedBindings;
    if (bindings && this.#ts.isNamedImports(bindings))
      for (const { name } of bindings.elements) this.#added.add(name.text);
  }

  #resultStatement(
    statements: readonly ts.Statement[],
  ): ts.ExpressionStatement | ts.ExportAssignment | undefined {
    const ts = this.#ts;
    const last = statements.findLast(
      (statement) =>
        !ts.isImportDeclaration(statement) &&
        !ts.isExportDeclaration(statement) &&
        !ts.isEmptyStatement(statement),
    );
    if (!last) return undefined;
    if (ts.isExpressionStatement(last) || ts.isExportAssignment(last)) return last;
    // A top-level `using` puts the whole cell into one `try`.
    return ts.isTryStatement(last) ? this.#resultStatement(last.tryBlock.statements) : undefined;
  }

  /**
   * A signal ends what the cell's script calls, also a package's own loop, but what follows an `await` is
   * called by nobody of ours: so it is, once more, called from a script.
   */
  #watched(statement: ts.Statement): void {
    const ts = this.#ts;
    const walker = this.#walker;
    const { guards, prefix } = walker;
    if (!guards.calls(statement)) this.#topLevel(statement);
    else if (ts.isExpressionStatement(statement) || ts.isExportAssignment(statement)) {
      const start = statement.expression.getStart(walker.file);
      walker.insertCall(start, `${prefix}.watch(() => `);
      // Where the user's statement begins, for who stops there.
      walker.insert(start, "(");
      this.#topLevel(statement);
      walker.insert(statement.expression.end, ")");
      walker.insertCall(statement.expression.end, ")");
    } else if (this.#isMovable(statement)) {
      walker.insertCall(statement.getStart(walker.file), `${prefix}.watch(() => { `);
      this.#topLevel(statement);
      walker.insertCall(statement.end, " });");
    } else this.#topLevel(statement);
  }

  /** Whether a statement means the same inside a function: what it declares belongs to the session. */
  #isMovable(statement: ts.Statement): boolean {
    const ts = this.#ts;
    const walker = this.#walker;
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.every(
        ({ name }) => ts.isIdentifier(name) && walker.isReference(name.text, undefined),
      );
    return (
      ts.isIterationStatement(statement, true) ||
      ts.isIfStatement(statement) ||
      ts.isTryStatement(statement) ||
      ts.isSwitchStatement(statement) ||
      ts.isBlock(statement)
    );
  }

  #topLevel(statement: ts.Statement): void {
    const ts = this.#ts;
    const walker = this.#walker;
    if (ts.isImportDeclaration(statement)) this.#importDeclaration(statement);
    else if (ts.isExportDeclaration(statement)) {
      const specifier = statement.moduleSpecifier;
      if (specifier && ts.isStringLiteral(specifier)) this.#addImport(specifier, statement.attributes, []);
      walker.replace(statement, "");
    } else if (ts.isExportAssignment(statement)) {
      const start = statement.getStart(walker.file);
      walker.edits.push({ start, end: statement.expression.getStart(walker.file), text: "" });
      walker.visit(statement.expression, undefined);
    } else if (ts.isFunctionDeclaration(statement)) {
      this.#stripExport(statement);
      const name = statement.name?.text;
      if (name !== undefined && this.#input.isSession(name))
        this.#hoists.push(`${walker.box(name)} = ${name}; `);
      walker.visit(statement, undefined);
    } else if (ts.isClassDeclaration(statement)) this.#classDeclaration(statement);
    else {
      if (ts.isVariableStatement(statement)) this.#stripExport(statement);
      walker.visit(statement, undefined);
    }
  }

  #classDeclaration(statement: ts.ClassDeclaration): void {
    const walker = this.#walker;
    this.#stripExport(statement);
    const name = statement.name?.text;
    const isSession = name !== undefined && this.#input.isSession(name);
    const last = statement.modifiers?.at(-1);
    if (isSession)
      walker.insert(last ? last.end : statement.getStart(walker.file), ` ${walker.box(name)} = `);
    walker.visit(statement, undefined);
    if (isSession) walker.insertOwn(statement.end, `${walker.declared(name)};`);
  }

  #stripExport(node: ts.FunctionDeclaration | ts.ClassDeclaration | ts.VariableStatement): void {
    const ts = this.#ts;
    const walker = this.#walker;
    const anonymous = !ts.isVariableStatement(node) && node.name === undefined;
    for (const modifier of node.modifiers ?? []) {
      if (modifier.kind === ts.SyntaxKind.ExportKeyword) walker.replace(modifier, anonymous ? "void" : "");
      else if (modifier.kind === ts.SyntaxKind.DefaultKeyword) walker.replace(modifier, "");
    }
  }

  #importDeclaration(statement: ts.ImportDeclaration): void {
    const ts = this.#ts;
    const walker = this.#walker;
    walker.replace(statement, "");
    const specifier = statement.moduleSpecifier as ts.StringLiteral;
    if (this.#input.isCellImport(specifier.text)) return;
    const bindings: ImportBinding[] = [];
    const clause = statement.importClause;
    if (clause?.name) bindings.push({ imported: "default", local: clause.name.text });
    const named = clause?.namedBindings;
    if (named && ts.isNamespaceImport(named)) bindings.push({ imported: "*", local: named.name.text });
    else
      for (const element of named?.elements ?? [])
        bindings.push({ imported: (element.propertyName ?? element.name).text, local: element.name.text });
    this.#addImport(specifier, statement.attributes, bindings);
  }

  #addImport(
    specifier: ts.StringLiteral,
    node: ts.ImportAttributes | undefined,
    bindings: readonly ImportBinding[],
  ): void {
    const attributes: { [key: string]: string } = {};
    for (const { name, value } of node?.elements ?? [])
      if (this.#ts.isStringLiteral(value)) attributes[name.text] = value.text;
    this.#imports.push({ specifier: specifier.text, attributes, bindings });
  }
}
