import type ts from "typescript6";
import { loopsGiveWay } from "#host/checker/environment.js";
import type { Edit } from "../../unit.js";
import type { TypeScript } from "../typescript.js";
import { EarlyNames } from "./early-names.js";
import { GuardPlan } from "./guards.js";
import { isShadowed, type Scope, ScopeReader } from "./scope.js";

/**
 * Walks emitted JavaScript and notes the edits that every statement needs, wherever it stands: references to
 * names of the session become boxes, and loops and recursive functions get a look for an interrupt.
 */
export class Walker {
  readonly #ts: TypeScript;
  /** Whether a name belongs to the session; undefined for a module, whose names stay as they are. */
  readonly #isSession: ((name: string) => boolean) | undefined;
  /** Whether a name was only said to be there: `typeof` may ask for it all the same. */
  readonly #isAmbient: (name: string) => boolean;
  readonly edits: Edit[] = [];
  readonly names: Set<string> = new Set<string>();
  /** Stands before every name that the compiled text adds; the user's text does not contain it. */
  readonly prefix: string;
  readonly file: ts.SourceFile;
  isAsync: boolean = false;
  #depth = 0;
  readonly #scopes: ScopeReader;
  readonly guards: GuardPlan;
  /** Where names may be reached before they are declared; a module's own are left to JavaScript. */
  readonly early: EarlyNames | undefined;
  readonly #watched: ReadonlySet<string>;

  constructor(
    ts: TypeScript,
    readonly text: string,
    isSession: ((name: string) => boolean) | undefined,
    isAmbient: (name: string) => boolean = () => false,
    isModule = true,
  ) {
    this.#ts = ts;
    this.#isSession = isSession;
    this.#isAmbient = isAmbient;

    let prefix = "$$";
    while (text.includes(prefix)) prefix += "$";
    this.prefix = prefix;
    // TypeScript marks a module that neither imports nor exports, but not always: in a script, which this is
    // not, `await (x)` would be a call.
    const how = { languageVersion: ts.ScriptTarget.ESNext, setExternalModuleIndicator: markModule };
    this.file = ts.createSourceFile(
      "cell.js",
      text,
      isModule ? how : ts.ScriptTarget.ESNext,
      true,
      ts.ScriptKind.JS,
    );
    this.#scopes = new ScopeReader(ts);
    this.guards = new GuardPlan(ts);
    this.early = isSession ? new EarlyNames(ts, this.file) : undefined;
    this.#watched = this.early?.names() ?? new Set();
  }

  insert(at: number, text: string): void {
    this.edits.push({ start: at, end: at, text });
  }

  /** Inserts a call that leads through the kernel to what the user wrote. */
  insertCall(at: number, text: string): void {
    this.edits.push({ start: at, end: at, text, isOwnCall: true });
  }

  /** Inserts code of the kernel's own, at which nobody stops. */
  insertOwn(at: number, text: string): void {
    this.edits.push({ start: at, end: at, text, isOwnCode: true });
  }

  replace(node: ts.Node, text: string): void {
    this.edits.push({ start: node.getStart(this.file), end: node.end, text });
  }

  /**
   * A first line `#!` is a comment to a file that is run, and nothing inside a function or behind other text.
   */
  hideHashbang(): void {
    if (this.text.startsWith("#!")) this.edits.push({ start: 0, end: 2, text: "//" });
  }

  /** The expression that stands for a session's name. */
  box(name: string): string {
    this.names.add(name);
    return `${this.prefix}${name}.v`;
  }

  /** The expression that stands for a mention of a session's name. */
  #mention(node: ts.Identifier): string {
    const name = node.text;
    if (!this.early?.isEarly(node.end - name.length)) return this.box(name);
    this.names.add(name);
    const flag = this.#flag(name);
    return `(${flag} && ${this.prefix}.early("${name}", ${flag}), ${this.prefix}${name}).v`;
  }

  /**
   * Is set as long as the cell has not got to the declaration of the name; no box has a name that begins with
   * a digit.
   */
  #flag(name: string): string {
    return `${this.prefix}0${name}`;
  }

  /** What follows the declaration of a name, as a part of its expression. */
  declared(name: string): string {
    return this.#watched.has(name) ? `, ${this.#flag(name)} = 0` : "";
  }

  /** Sets the flags, at the head of the cell. */
  flags(): string {
    const names = [...this.#watched].filter((name) => this.#isSession?.(name));
    return names.map((name) => `let ${this.#flag(name)} = ${this.prefix}.mark("${name}"); `).join("");
  }

  isReference(name: string, scope: Scope | undefined): boolean {
    return this.#isSession?.(name) === true && !isShadowed(scope, name);
  }

  visit(node: ts.Node, outer: Scope | undefined): void {
    const ts = this.#ts;
    if (ts.isIdentifier(node)) {
      if (this.isReference(node.text, outer)) this.replace(node, this.#mention(node));
      return;
    }
    const scope = this.#scopes.enter(node, outer);
    if (ts.isFunctionLike(node)) this.#functionLike(node as ts.FunctionLikeDeclaration, scope, outer);
    else if (ts.isPropertyAccessExpression(node)) this.visit(node.expression, scope);
    else if (ts.isPropertyAssignment(node)) {
      this.#propertyName(node.name, scope);
      this.visit(node.initializer, scope);
    } else if (ts.isShorthandPropertyAssignment(node)) {
      const name = node.name.text;
      if (this.isReference(name, scope)) this.replace(node.name, `${name}: ${this.#mention(node.name)}`);
      if (node.objectAssignmentInitializer) this.visit(node.objectAssignmentInitializer, scope);
    } else if (ts.isPropertyDeclaration(node)) {
      this.#propertyName(node.name, scope);
      this.#nested(() => node.initializer && this.visit(node.initializer, scope));
    } else if (ts.isClassStaticBlockDeclaration(node)) this.#nested(() => this.#visitChildren(node, scope));
    else if (ts.isClassLike(node)) {
      for (const clause of node.heritageClauses ?? [])
        for (const type of clause.types) this.visit(type.expression, scope);
      for (const member of node.members) this.visit(member, scope);
    } else if (ts.isMetaProperty(node)) {
      if (node.keywordToken === ts.SyntaxKind.ImportKeyword && this.#isSession)
        this.replace(node, `${this.prefix}.meta`);
    } else if (ts.isTypeOfExpression(node) && this.#isUnsure(node.expression, scope))
      this.replace(node.expression, `${this.prefix}.current("${(node.expression as ts.Identifier).text}")`);
    else if (ts.isLabeledStatement(node)) this.visit(node.statement, scope);
    else if (ts.isBreakOrContinueStatement(node)) return;
    else if (ts.isVariableDeclarationList(node)) this.#variables(node, scope);
    else if (ts.isIterationStatement(node, false)) this.#loop(node, scope);
    else if (ts.isCatchClause(node)) {
      if (node.variableDeclaration) this.#bindingName(node.variableDeclaration.name, scope, false);
      this.visit(node.block, scope);
    } else if (ts.isBinaryExpression(node) && this.#isNamingAssignment(node, scope)) {
      this.visit(node.left, scope);
      this.named((node.left as ts.Identifier).text, node.right, scope);
    } else {
      if (ts.isAwaitExpression(node) && this.#depth === 0) this.isAsync = true;
      const callee = ts.isCallExpression(node)
        ? node.expression
        : ts.isTaggedTemplateExpression(node)
          ? node.tag
          : undefined;
      ts.forEachChild(node, (child) => {
        if (child !== callee || !this.#callee(callee, scope)) this.visit(child, scope);
      });
    }
  }

  named(name: string, value: ts.Expression, scope: Scope | undefined): void {
    const ts = this.#ts;
    // An assignment to a property gives an anonymous function no name; being an object's member does.
    const anonymous =
      ts.isArrowFunction(value) ||
      ((ts.isFunctionExpression(value) || ts.isClassExpression(value)) && !value.name);
    if (anonymous && name !== "__proto__") this.insert(value.getStart(this.file), `({ ${name}: `);
    this.visit(value, scope);
    if (anonymous && name !== "__proto__") this.insert(value.end, ` }).${name}`);
  }

  #isNamingAssignment(node: ts.BinaryExpression, scope: Scope | undefined): boolean {
    return (
      node.operatorToken.kind === this.#ts.SyntaxKind.EqualsToken &&
      this.#ts.isIdentifier(node.left) &&
      this.isReference(node.left.text, scope)
    );
  }

  #isUnsure(node: ts.Expression, scope: Scope | undefined): boolean {
    return this.#ts.isIdentifier(node) && this.#isAmbient(node.text) && this.isReference(node.text, scope);
  }

  #visitChildren(node: ts.Node, scope: Scope | undefined): void {
    this.#ts.forEachChild(node, (child) => this.visit(child, scope));
  }

  #nested(work: () => void): void {
    this.#depth++;
    work();
    this.#depth--;
  }

  #propertyName(name: ts.PropertyName, scope: Scope | undefined): void {
    if (this.#ts.isComputedPropertyName(name)) this.visit(name.expression, scope);
  }

  /** A session's function is called without a `this`, as a plain name would be. */
  #callee(node: ts.Expression, scope: Scope | undefined): boolean {
    const ts = this.#ts;
    if (ts.isIdentifier(node) && this.isReference(node.text, scope))
      this.replace(node, `(0, ${this.#mention(node)})`);
    else if (node.kind === ts.SyntaxKind.ImportKeyword && this.#isSession)
      this.replace(node, `${this.prefix}.import`);
    else return false;
    return true;
  }

  #functionLike(node: ts.FunctionLikeDeclaration, scope: Scope | undefined, outer: Scope | undefined): void {
    const ts = this.#ts;
    if (node.name && ts.isComputedPropertyName(node.name)) this.visit(node.name.expression, outer);
    this.#nested(() => {
      for (const parameter of node.parameters) {
        this.#bindingName(parameter.name, scope, false);
        if (parameter.initializer) this.visit(parameter.initializer, scope);
      }
      const body = node.body;
      if (!body) return;
      const isNear = (name: string): boolean => isShadowed(scope, name) || this.#isSession?.(name) === true;
      const guarded = this.guards.mayRecurse(body, isNear);
      if (ts.isBlock(body)) {
        if (guarded) this.insertOwn(this.#afterDirectives(body), this.#look("count"));
        this.visit(body, scope);
      } else {
        // A parenthesis that wraps an object literal stays in front of it.
        if (guarded)
          this.insert(body.getStart(this.file), `(--${this.prefix}.n < 0 && ${this.prefix}.check(), `);
        this.visit(body, scope);
        if (guarded) this.insert(body.end, ")");
      }
    });
  }

  #afterDirectives(body: ts.Block): number {
    let at = body.getStart(this.file) + 1;
    for (const statement of body.statements) {
      if (!this.#ts.isExpressionStatement(statement) || !this.#ts.isStringLiteral(statement.expression))
        break;
      at = statement.end;
    }
    return at;
  }

  #look(kind: "count" | "turn"): string {
    const { prefix } = this;
    if (kind === "turn") return ` ${prefix}.turn();`;
    return ` if (--${prefix}.n < 0) ${prefix}.check();`;
  }

  /** A loop of the cell's own, in no function, can wait. */
  #lookOfLoop(kind: "count" | "turn"): string {
    if (kind === "turn" || this.#depth > 0 || !loopsGiveWay()) return this.#look(kind);
    this.isAsync = true;
    return ` if (--${this.prefix}.n < 0) await ${this.prefix}.pause();`;
  }

  #loop(node: ts.IterationStatement, scope: Scope | undefined): void {
    const ts = this.#ts;
    if (ts.isForOfStatement(node) && node.awaitModifier && this.#depth === 0) this.isAsync = true;
    const kind = this.guards.loop(node);
    const body = node.statement;
    const look = kind === "none" ? "" : this.#lookOfLoop(kind);
    if (kind !== "none" && !ts.isBlock(body)) this.insertOwn(body.getStart(this.file), `{${look} `);
    ts.forEachChild(node, (child) => {
      if (child === body && kind !== "none" && ts.isBlock(body))
        this.insertOwn(body.getStart(this.file) + 1, look);
      this.visit(child, scope);
    });
    if (kind !== "none" && !ts.isBlock(body)) this.insert(body.end, " }");
  }

  /** Declarations of the session's names turn into assignments; all others stay. */
  #variables(list: ts.VariableDeclarationList, scope: Scope | undefined): void {
    const ts = this.#ts;
    const blockScoped = (list.flags & ts.NodeFlags.BlockScoped) !== 0;
    const statement = ts.isVariableStatement(list.parent);
    const atTop = statement && list.parent.parent === this.file;
    const bound = new Set<string>();
    for (const declaration of list.declarations) this.#scopes.bindingNames(declaration.name, bound);
    const converts = (!blockScoped || atTop) && [...bound].some((name) => this.isReference(name, scope));
    if (converts) {
      const first = list.declarations[0] as ts.VariableDeclaration;
      this.edits.push({ start: list.getStart(this.file), end: first.getStart(this.file), text: "" });
    }
    for (const { name, initializer, end } of list.declarations) {
      const wraps = converts && statement && ts.isObjectBindingPattern(name);
      if (wraps) this.insert(name.getStart(this.file), "(");
      this.#bindingName(name, scope, converts);
      if (initializer && ts.isIdentifier(name) && converts) this.named(name.text, initializer, scope);
      else if (initializer) this.visit(initializer, scope);
      else if (converts && statement) this.insert(end, " = void 0");
      if (wraps) this.insert(end, ")");
      if (converts && statement)
        for (const own of this.#namesOf(name)) this.insertOwn(end, this.declared(own));
    }
  }

  #namesOf(name: ts.BindingName): ReadonlySet<string> {
    const names = new Set<string>();
    this.#scopes.bindingNames(name, names);
    return names;
  }

  #bindingName(name: ts.BindingName, scope: Scope | undefined, converts: boolean): void {
    const ts = this.#ts;
    if (ts.isIdentifier(name)) {
      if (converts) this.replace(name, this.box(name.text));
      return;
    }
    for (const element of name.elements) {
      if (!ts.isBindingElement(element)) continue;
      const target = element.name;
      if (element.propertyName) this.#propertyName(element.propertyName, scope);
      const shorthand = ts.isObjectBindingPattern(name) && !element.propertyName && !element.dotDotDotToken;
      if (converts && shorthand && ts.isIdentifier(target))
        this.replace(target, `${target.text}: ${this.box(target.text)}`);
      else this.#bindingName(target, scope, converts);
      if (element.initializer) this.visit(element.initializer, scope);
    }
  }
}

function markModule(file: ts.SourceFile): void {
  Object.assign(file, { externalModuleIndicator: true });
}
