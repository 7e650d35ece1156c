import type ts from "typescript6";
import type { TypeScript } from "../typescript.js";

/**
 * A mention of a name, from where on code that holds it can be called, and the function declaration around
 * it.
 */
interface Mention {
  readonly name: string;
  readonly at: number;
  readonly from: number;
  readonly inside: string | undefined;
}

/**
 * Finds the mentions of a cell's own `const`, `let` and `class` that may be reached before the declaration
 * is: JavaScript throws a ReferenceError there. Those behind the declaration, and most others, cannot, and
 * cost nothing.
 *
 * A mention can be early where something is called between the place where the closure around it is made and
 * the declaration's end. A function declaration is there from the start, but nobody calls it before its own
 * name is mentioned.
 */
export class EarlyNames {
  readonly #ts: TypeScript;
  /** Where each name is declared to its end. */
  readonly #ends = new Map<string, number>();
  readonly #mentions: Mention[] = [];
  /** Ends of what runs code that stands elsewhere. */
  readonly #calls: number[] = [];
  readonly #early = new Map<number, string>();

  constructor(ts: TypeScript, file: ts.SourceFile) {
    this.#ts = ts;

    this.#findDeclarations(file);
    if (this.#ends.size === 0) return;
    const functions = new Set<string>();
    for (const statement of file.statements)
      if (ts.isFunctionDeclaration(statement) && statement.name) functions.add(statement.name.text);
    for (const statement of file.statements) {
      const isHoisted = ts.isFunctionDeclaration(statement);
      this.#visit(statement, isHoisted ? 0 : undefined, isHoisted ? statement.name?.text : undefined);
    }
    const exposed = this.#exposures(functions);
    for (const { name, at, from, inside } of this.#mentions) {
      const end = this.#ends.get(name);
      if (end === undefined) continue;
      const start = inside === undefined ? from : (exposed.get(inside) ?? Number.POSITIVE_INFINITY);
      const isDirect = from === at && inside === undefined && at < end;
      if (isDirect || this.#calls.some((call) => call >= start && call <= end)) this.#early.set(at, name);
    }
  }

  /** The names that have such a mention. */
  names(): ReadonlySet<string> {
    return new Set(this.#early.values());
  }

  /** Whether the mention that begins here may come early. */
  isEarly(at: number): boolean {
    return this.#early.has(at);
  }

  #findDeclarations(file: ts.SourceFile): void {
    const ts = this.#ts;
    const add = (name: ts.BindingName, end: number): void => {
      if (ts.isIdentifier(name)) this.#ends.set(name.text, end);
      else for (const element of name.elements) if (ts.isBindingElement(element)) add(element.name, end);
    };
    for (const statement of file.statements) {
      if (ts.isClassDeclaration(statement) && statement.name) add(statement.name, statement.end);
      else if (
        ts.isVariableStatement(statement) &&
        statement.declarationList.flags & ts.NodeFlags.BlockScoped
      )
        for (const { name, end } of statement.declarationList.declarations) add(name, end);
    }
  }

  /** `from` is where the outermost closure around the node begins; undefined outside of any. */
  #visit(node: ts.Node, from: number | undefined, inside: string | undefined): void {
    const ts = this.#ts;
    if (ts.isIdentifier(node)) {
      const at = node.end - node.text.length;
      this.#mentions.push({ name: node.text, at, from: from ?? at, inside });
      return;
    }
    if (from === undefined && runsOthers(ts, node)) this.#calls.push(node.end);
    const isClosure =
      ts.isFunctionLike(node) ||
      (ts.isPropertyDeclaration(node) &&
        !node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword));
    const inner = from ?? (isClosure ? node.pos : undefined);
    ts.forEachChild(node, (child) => this.#visit(child, inner, inside));
  }

  /**
   * From where on each function declaration may be called: where code that runs, or may be called, first
   * mentions it.
   */
  #exposures(functions: ReadonlySet<string>): ReadonlyMap<string, number> {
    const exposed = new Map<string, number>();
    const own = this.#mentions.filter(({ name }) => functions.has(name));
    for (let changed = true; changed; ) {
      changed = false;
      for (const { name, from, inside } of own) {
        if (inside === name) continue;
        const since = inside === undefined ? from : exposed.get(inside);
        if (since === undefined || since >= (exposed.get(name) ?? Number.POSITIVE_INFINITY)) continue;
        exposed.set(name, since);
        changed = true;
      }
    }
    return exposed;
  }
}

/** Whether a node by itself may call a function that stands elsewhere. */
function runsOthers(ts: TypeScript, node: ts.Node): boolean {
  return (
    ts.isCallExpression(node) ||
    ts.isNewExpression(node) ||
    ts.isTaggedTemplateExpression(node) ||
    ts.isAwaitExpression(node) ||
    ts.isForOfStatement(node) ||
    ts.isSpreadElement(node) ||
    ts.isSpreadAssignment(node) ||
    ts.isPropertyAccessExpression(node) ||
    ts.isElementAccessExpression(node) ||
    ts.isObjectBindingPattern(node) ||
    ts.isArrayBindingPattern(node) ||
    ts.isTemplateExpression(node) ||
    ts.isBinaryExpression(node) ||
    ts.isPrefixUnaryExpression(node)
  );
}
