import type ts from "typescript6";
import type { TypeScript } from "../typescript.js";

/** The names that the blocks and functions around a place declare, the cell's top level left out. */
export interface Scope {
  readonly names: ReadonlySet<string>;
  readonly parent: Scope | undefined;
}

export function isShadowed(scope: Scope | undefined, name: string): boolean {
  for (let at = scope; at !== undefined; at = at.parent) if (at.names.has(name)) return true;
  return false;
}

/** Finds what each node of emitted JavaScript declares for its inside. */
export class ScopeReader {
  readonly #ts: TypeScript;
  constructor(ts: TypeScript) {
    this.#ts = ts;
  }

  bindingNames(name: ts.BindingName, into: Set<string>): void {
    const ts = this.#ts;
    if (ts.isIdentifier(name)) into.add(name.text);
    else
      for (const element of name.elements)
        if (ts.isBindingElement(element)) this.bindingNames(element.name, into);
  }

  /** The scope inside `node`, or `outer` itself where it opens none. */
  enter(node: ts.Node, outer: Scope | undefined): Scope | undefined {
    const ts = this.#ts;
    const names = new Set<string>();
    if (ts.isFunctionLike(node) && "parameters" in node) {
      if (ts.isFunctionExpression(node) && node.name) names.add(node.name.text);
      for (const parameter of node.parameters) this.bindingNames(parameter.name, names);
      const body = "body" in node ? (node.body as ts.Node | undefined) : undefined;
      if (body) this.#hoistedVars(body, names);
      if (!ts.isArrowFunction(node)) names.add("arguments");
    } else if (ts.isClassStaticBlockDeclaration(node)) this.#hoistedVars(node.body, names);
    else if (ts.isClassLike(node)) {
      if (node.name) names.add(node.name.text);
    } else if (ts.isBlock(node)) this.#lexical(node.statements, names);
    else if (ts.isCaseBlock(node)) for (const clause of node.clauses) this.#lexical(clause.statements, names);
    else if (ts.isCatchClause(node)) {
      if (node.variableDeclaration) this.bindingNames(node.variableDeclaration.name, names);
    } else if (ts.isForStatement(node) || ts.isForInStatement(node) || ts.isForOfStatement(node)) {
      const init = node.initializer;
      if (init && ts.isVariableDeclarationList(init) && (init.flags & ts.NodeFlags.BlockScoped) !== 0)
        for (const declaration of init.declarations) this.bindingNames(declaration.name, names);
    }
    return names.size === 0 ? outer : { names, parent: outer };
  }

  #lexical(statements: readonly ts.Statement[], names: Set<string>): void {
    const ts = this.#ts;
    for (const statement of statements) {
      if (ts.isVariableStatement(statement)) {
        if ((statement.declarationList.flags & ts.NodeFlags.BlockScoped) === 0) continue;
        for (const declaration of statement.declarationList.declarations)
          this.bindingNames(declaration.name, names);
      } else if ((ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) && statement.name)
        names.add(statement.name.text);
    }
  }

  #hoistedVars(node: ts.Node, names: Set<string>): void {
    const ts = this.#ts;
    const visit = (child: ts.Node): void => {
      if (ts.isFunctionLike(child) || ts.isClassLike(child)) return;
      if (ts.isVariableDeclarationList(child) && (child.flags & ts.NodeFlags.BlockScoped) === 0)
        for (const declaration of child.declarations) this.bindingNames(declaration.name, names);
      ts.forEachChild(child, visit);
    };
    visit(node);
  }
}
