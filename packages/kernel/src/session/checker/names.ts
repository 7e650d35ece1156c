import type ts from "typescript6";
import type { TypeScript } from "./typescript.js";

export interface CellNames {
  /** Names that the cell declares at its top level, and whether they can be assigned to. */
  readonly declared: ReadonlyMap<string, "assignable" | "fixed">;
  /** Every identifier in the cell, whatever it means there. */
  readonly mentioned: ReadonlySet<string>;
  /** `declare global` or `declare module`: later cells must keep seeing it. */
  readonly augments: boolean;
}

/** Reads a cell's own text, before any type is known. */
export function collectNames(ts: TypeScript, file: ts.SourceFile): CellNames {
  const declared = new Map<string, "assignable" | "fixed">();
  const mentioned = new Set<string>();
  let augments = false;

  const declare = (name: ts.BindingName, kind: "assignable" | "fixed"): void => {
    if (ts.isIdentifier(name)) declared.set(name.text, kind);
    else for (const element of name.elements) if (ts.isBindingElement(element)) declare(element.name, kind);
  };
  const declareList = (list: ts.VariableDeclarationList): void => {
    const fixed = (list.flags & (ts.NodeFlags.Const | ts.NodeFlags.Using)) !== 0;
    for (const declaration of list.declarations) declare(declaration.name, fixed ? "fixed" : "assignable");
  };
  /** `var` reaches the top level from inside any block, though not out of a function. */
  const hoistVars = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isModuleDeclaration(node)) return;
    if (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) === 0)
      declareList(node);
    ts.forEachChild(node, hoistVars);
  };
  const mention = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) mentioned.add(node.text);
    ts.forEachChild(node, mention);
  };

  for (const statement of file.statements) {
    mention(statement);
    if (ts.isVariableStatement(statement)) declareList(statement.declarationList);
    else if (ts.isImportDeclaration(statement)) {
      const clause = statement.importClause;
      if (clause?.name) declared.set(clause.name.text, "fixed");
      const bindings = clause?.namedBindings;
      if (bindings && ts.isNamespaceImport(bindings)) declared.set(bindings.name.text, "fixed");
      else for (const element of bindings?.elements ?? []) declared.set(element.name.text, "fixed");
    } else if (ts.isModuleDeclaration(statement)) {
      if (ts.isIdentifier(statement.name) && statement.name.text !== "global")
        declared.set(statement.name.text, "fixed");
      else augments = true;
    } else if (
      ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      ts.isEnumDeclaration(statement) ||
      ts.isImportEqualsDeclaration(statement)
    ) {
      if (statement.name) declared.set(statement.name.text, "fixed");
    }
    hoistVars(statement);
  }
  return { declared, mentioned, augments };
}
