import type ts from "typescript6";
import type { TypeScript } from "../typescript.js";

export interface Declared {
  /** Whether a later cell can assign to it. */
  readonly isAssignable: boolean;
  /** What kind of thing it is, in the language service's words. */
  readonly label: string;
}

export interface CellNames {
  /** Names that the cell declares at its top level. */
  readonly declared: ReadonlyMap<string, Declared>;
  /** Every identifier in the cell, whatever it means there. */
  readonly mentioned: ReadonlySet<string>;
  /** Names that the cell exports by itself: it must not be made to a second time. */
  readonly exported: ReadonlySet<string>;
  /** `declare global` or `declare module`: later cells must keep seeing it. */
  readonly augments: boolean;
  /**
   * Its `/// <reference>` lines: TypeScript leaves them out of declarations, whose types may come from there.
   */
  readonly references: string;
  /** Values that it only says are there: `declare const name`. */
  readonly ambient: ReadonlySet<string>;
}

/** Reads a cell's own text, before any type is known; `implied` are names that it uses without a mention. */
export function collectNames(
  ts: TypeScript,
  file: ts.SourceFile,
  implied: readonly string[] = [],
): CellNames {
  const declared = new Map<string, Declared>();
  const mentioned = new Set<string>(implied);
  const exported = new Set<string>();
  const references = referenceLines(file);
  let augments = false;

  const declare = (name: ts.BindingName, kind: Declared): void => {
    const names = new Set<string>();
    addNames(ts, name, names);
    for (const text of names) declared.set(text, kind);
  };
  const declareFixed = (name: ts.Identifier | undefined, label: string): void => {
    if (name) declared.set(name.text, { isAssignable: false, label });
  };
  const declareList = (list: ts.VariableDeclarationList): void => {
    const { flags } = list;
    const isFixed = (flags & (ts.NodeFlags.Const | ts.NodeFlags.Using)) !== 0;
    const label = isFixed ? "const" : flags & ts.NodeFlags.Let ? "let" : "var";
    for (const { name } of list.declarations) declare(name, { isAssignable: !isFixed, label });
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

  const declareStatement = (statement: ts.Statement): void => {
    if (ts.isVariableStatement(statement)) declareList(statement.declarationList);
    else if (ts.isImportDeclaration(statement)) {
      const clause = statement.importClause;
      const bindings = clause?.namedBindings;
      declareFixed(clause?.name, "alias");
      if (bindings && ts.isNamespaceImport(bindings)) declareFixed(bindings.name, "module");
      else for (const element of bindings?.elements ?? []) declareFixed(element.name, "alias");
    } else if (ts.isModuleDeclaration(statement)) {
      if (ts.isIdentifier(statement.name) && statement.name.text !== "global")
        declareFixed(statement.name, "module");
      else augments = true;
    } else if (ts.isFunctionDeclaration(statement)) declareFixed(statement.name, "function");
    else if (ts.isClassDeclaration(statement)) declareFixed(statement.name, "class");
    else if (ts.isInterfaceDeclaration(statement)) declareFixed(statement.name, "interface");
    else if (ts.isTypeAliasDeclaration(statement)) declareFixed(statement.name, "type");
    else if (ts.isEnumDeclaration(statement)) declareFixed(statement.name, "enum");
    else if (ts.isImportEqualsDeclaration(statement)) declareFixed(statement.name, "alias");
  };
  /** Runs `work`, and notes what it declares as exported where the statement says so. */
  const noteExports = (statement: ts.Statement, work: () => void): void => {
    if (
      ts.isExportDeclaration(statement) &&
      statement.exportClause &&
      ts.isNamedExports(statement.exportClause)
    )
      for (const { name } of statement.exportClause.elements) exported.add(name.text);
    const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
    const isExport = modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    const isDefault = modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword);
    const before = new Set(declared.keys());
    work();
    if (isExport && !isDefault) for (const name of declared.keys()) if (!before.has(name)) exported.add(name);
  };

  const ambient = new Set<string>();
  const real = new Set<string>();
  const noteValues = (statement: ts.Statement): void => {
    if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) return;
    const into = isAmbient(ts, statement) ? ambient : real;
    if (ts.isVariableStatement(statement))
      for (const { name } of statement.declarationList.declarations) addNames(ts, name, into);
    else if ("name" in statement && ts.isIdentifier(statement.name as ts.Node))
      into.add((statement.name as ts.Identifier).text);
  };

  for (const statement of file.statements) {
    mention(statement);
    noteValues(statement);
    noteExports(statement, () => declareStatement(statement));
    hoistVars(statement);
  }
  for (const name of real) ambient.delete(name);
  return { declared, mentioned, exported, augments, references, ambient };
}

function referenceLines(file: ts.SourceFile): string {
  const { libReferenceDirectives, typeReferenceDirectives, referencedFiles } = file;
  const line = (kind: string, { fileName }: ts.FileReference): string =>
    `/// <reference ${kind}="${fileName}" />\n`;
  return [
    ...libReferenceDirectives.map((reference) => line("lib", reference)),
    ...typeReferenceDirectives.map((reference) => line("types", reference)),
    ...referencedFiles.map((reference) => line("path", reference)),
  ].join("");
}

function isAmbient(ts: TypeScript, statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword) === true;
}

function addNames(ts: TypeScript, name: ts.BindingName, into: Set<string>): void {
  if (ts.isIdentifier(name)) into.add(name.text);
  else
    for (const element of name.elements) if (ts.isBindingElement(element)) addNames(ts, element.name, into);
}
