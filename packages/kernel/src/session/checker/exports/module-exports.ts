import type ts from "typescript6";
import type { TypeScript } from "../typescript.js";

/** What a file of declarations exports, by its text alone. */
export interface ModuleExports {
  /** Values; types are not imported for their names. */
  readonly names: ReadonlySet<string>;
  readonly hasDefault: boolean;
  /** Modules that it exports all of. */
  readonly passedOn: readonly string[];
  /** `export =` of a value: the names of that value's type. */
  readonly wholeTypes: readonly string[];
  /** Members of interfaces, by the interface's name, also of those that it adds to other files. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  /** Paths of files that belong to it. */
  readonly references: readonly string[];
}

export function exportsOf(
  ts: TypeScript,
  path: string,
  text: string,
  statements?: readonly ts.Statement[],
): ModuleExports {
  const file = statements ? undefined : ts.createSourceFile(path, text, ts.ScriptTarget.ESNext);
  const reader = new ExportReader(ts, statements !== undefined);
  for (const statement of statements ?? file?.statements ?? []) reader.read(statement);
  return { ...reader.finish(), references: (file?.referencedFiles ?? []).map(({ fileName }) => fileName) };
}

class ExportReader {
  readonly #ts: TypeScript;
  /** Inside `declare module "name"` everything is exported. */
  readonly #isAmbient: boolean;
  readonly #names = new Set<string>();
  readonly #passedOn: string[] = [];
  readonly #members = new Map<string, string[]>();
  /** Types of declared values, and names in namespaces, for what `export =` names. */
  readonly #types = new Map<string, string>();
  readonly #namespaces = new Map<string, string[]>();
  #whole: string | undefined;
  #hasDefault = false;

  constructor(ts: TypeScript, isAmbient: boolean) {
    this.#ts = ts;
    this.#isAmbient = isAmbient;
  }

  read(statement: ts.Statement): void {
    const ts = this.#ts;
    if (ts.isExportDeclaration(statement)) this.#exportList(statement);
    else if (ts.isExportAssignment(statement)) {
      this.#hasDefault = true;
      if (statement.isExportEquals && ts.isIdentifier(statement.expression))
        this.#whole = statement.expression.text;
    } else if (ts.isInterfaceDeclaration(statement)) this.#interface(statement);
    else if (ts.isModuleDeclaration(statement)) this.#namespace(statement);
    else {
      this.#noteTypes(statement);
      const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
      const has = (kind: ts.SyntaxKind): boolean => modifiers.some((modifier) => modifier.kind === kind);
      if (has(ts.SyntaxKind.DefaultKeyword)) this.#hasDefault = true;
      else if (this.#isAmbient || has(ts.SyntaxKind.ExportKeyword))
        for (const name of valueNames(ts, statement)) this.#names.add(name);
    }
  }

  finish(): Omit<ModuleExports, "references"> {
    const whole = this.#whole;
    const type = whole === undefined ? undefined : this.#types.get(whole);
    if (whole !== undefined)
      for (const name of [...(this.#namespaces.get(whole) ?? []), ...(this.#members.get(type ?? "") ?? [])])
        this.#names.add(name);
    return {
      names: this.#names,
      hasDefault: this.#hasDefault,
      passedOn: this.#passedOn,
      wholeTypes: type === undefined ? [] : [type],
      members: this.#members,
    };
  }

  #exportList({ exportClause, moduleSpecifier, isTypeOnly }: ts.ExportDeclaration): void {
    const ts = this.#ts;
    if (isTypeOnly) return;
    if (!exportClause) {
      if (moduleSpecifier && ts.isStringLiteral(moduleSpecifier)) this.#passedOn.push(moduleSpecifier.text);
    } else if (ts.isNamespaceExport(exportClause)) this.#names.add(exportClause.name.text);
    else
      for (const element of exportClause.elements) {
        if (element.isTypeOnly) continue;
        if (element.name.text === "default") this.#hasDefault = true;
        else this.#names.add(element.name.text);
      }
  }

  #interface({ name, members }: ts.InterfaceDeclaration): void {
    const ts = this.#ts;
    const list = this.#members.get(name.text) ?? [];
    for (const member of members)
      if (member.name && ts.isIdentifier(member.name)) list.push(member.name.text);
    this.#members.set(name.text, list);
  }

  #namespace(statement: ts.ModuleDeclaration): void {
    const ts = this.#ts;
    if (!statement.body || !ts.isModuleBlock(statement.body)) return;
    const list = this.#namespaces.get(statement.name.text) ?? [];
    for (const inner of statement.body.statements) {
      // Members of a type may be declared in a namespace, or added to another file's.
      if (ts.isInterfaceDeclaration(inner)) this.#interface(inner);
      else list.push(...valueNames(ts, inner));
    }
    this.#namespaces.set(statement.name.text, list);
  }

  #noteTypes(statement: ts.Statement): void {
    const ts = this.#ts;
    if (!ts.isVariableStatement(statement)) return;
    for (const { name, type } of statement.declarationList.declarations) {
      if (!ts.isIdentifier(name) || !type || !ts.isTypeReferenceNode(type)) continue;
      const { typeName } = type;
      this.#types.set(name.text, ts.isIdentifier(typeName) ? typeName.text : typeName.right.text);
    }
  }
}

function valueNames(ts: TypeScript, statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) =>
      ts.isIdentifier(name) ? [name.text] : [],
    );
  if (
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isEnumDeclaration(statement)
  )
    return statement.name ? [statement.name.text] : [];
  return [];
}
