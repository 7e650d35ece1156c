import { fileURLToPath } from "node:url";
import ts from "typescript6";

const packages = fileURLToPath(new URL("../../packages/", import.meta.url));

/** A name that a package exports, with what its docstring says; or a member of one, called `Name.member`. */
export interface PublicName {
  readonly name: string;
  /** Where it is declared, as `packages/core/src/a.ts:12`. */
  readonly place: string;
  readonly kind: "function" | "class" | "error" | "member" | "other";
  /** The docstring's text in front of its tags; of what it overrides or implements, where it has none. */
  readonly summary: string;
  readonly tags: readonly { readonly name: string; readonly text: string }[];
  /** The parameters of a call of it, or of its constructor, but for a rest that nothing may be given to. */
  readonly parameters: readonly string[];
  /** Of a member: whether it may be left out. */
  readonly isOptional: boolean;
  /** The errors that a call of it, or of its constructor, can throw, with the calls that lead there. */
  readonly thrown: ReadonlyMap<string, string>;
}

/**
 * All names that packages export, with the members of their classes and interfaces, by TypeScript's own account.
 * @param names packages, and the sources of what they export beside their index, as `kernel/src/session/types.ts`
 * @param inner functions that are not followed to what they throw: their callers give them what they made themselves
 */
export function publicNames(names: readonly string[], inner: ReadonlySet<string>): readonly PublicName[] {
  const entries = names.map((name) => `${packages}${name.endsWith(".ts") ? name : `${name}/src/index.ts`}`);
  const program = ts.createProgram(entries, {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ["lib.es2024.d.ts", "lib.dom.d.ts"],
    types: ["node"],
    strict: true,
    skipLibCheck: true,
    paths: { "@convfuse/*": [`${packages}*/src/index.ts`] },
  });
  const checker = program.getTypeChecker();
  const { thrownBy } = throwFinder(checker, inner);

  /** What documents a class's constructor, which may be that of a class above it. */
  const constructorsOf = (symbol: ts.Symbol): readonly ts.Signature[] =>
    symbol.flags & ts.SymbolFlags.Class ? checker.getTypeOfSymbol(symbol).getConstructSignatures() : [];

  const parametersOf = (symbol: ts.Symbol): readonly string[] => {
    const calls = checker.getTypeOfSymbol(symbol).getCallSignatures();
    const [signature] = symbol.flags & ts.SymbolFlags.Class ? constructorsOf(symbol) : calls;
    const taken = (signature?.parameters ?? []).filter(({ name }) => name !== "surplus");
    return taken.map(({ name }) => name);
  };

  const described = (name: string, symbol: ts.Symbol, kind: PublicName["kind"]): PublicName => {
    const declaration = symbol.declarations?.[0];
    const source = declaration?.getSourceFile();
    const line = source?.getLineAndCharacterOfPosition(declaration?.getStart() ?? 0).line ?? 0;
    return {
      name,
      place: `${source?.fileName.slice(packages.length - "packages/".length)}:${line + 1}`,
      kind,
      summary: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
      tags: [symbol, ...constructorsOf(symbol)]
        .flatMap((documented) => documented.getJsDocTags(checker))
        .map((tag) => ({ name: tag.name, text: ts.displayPartsToString(tag.text) })),
      parameters: kind === "function" || kind === "class" ? parametersOf(symbol) : [],
      isOptional: (symbol.flags & ts.SymbolFlags.Optional) !== 0,
      thrown: kind === "function" || kind === "class" ? thrownBy(symbol) : new Map(),
    };
  };

  return entries.flatMap((entry) => {
    const file = program.getSourceFile(entry) as ts.SourceFile;
    const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(file) as ts.Symbol);
    return exported.flatMap((alias) => {
      const symbol = alias.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(alias) : alias;
      const members = (symbol.declarations ?? []).flatMap(membersOf).flatMap((member) => {
        const own = member.name && checker.getSymbolAtLocation(member.name);
        return own ? [described(`${alias.name}.${own.name}`, own, "member")] : [];
      });
      return [described(alias.name, symbol, kindOf(symbol)), ...members];
    });
  });
}

function kindOf(symbol: ts.Symbol): PublicName["kind"] {
  if (symbol.flags & ts.SymbolFlags.Function) return "function";
  if (!(symbol.flags & ts.SymbolFlags.Class)) return "other";
  return symbol.name.endsWith("Error") ? "error" : "class";
}

/** The public members that a class or an interface declares itself, and those of a type that is written out. */
function membersOf(declaration: ts.Declaration): readonly (ts.ClassElement | ts.TypeElement)[] {
  if (ts.isInterfaceDeclaration(declaration)) return declaration.members;
  if (ts.isTypeAliasDeclaration(declaration) && ts.isTypeLiteralNode(declaration.type))
    return declaration.type.members;
  if (!ts.isClassDeclaration(declaration)) return [];
  return declaration.members.filter(
    (member) =>
      !ts.isConstructorDeclaration(member) &&
      !(member.name && ts.isPrivateIdentifier(member.name)) &&
      !(ts.getCombinedModifierFlags(member) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)),
  );
}

/** Follows calls from function to function, and from a class to its constructor, down to every `throw new XError`. */
function throwFinder(
  checker: ts.TypeChecker,
  inner: ReadonlySet<string>,
): {
  readonly thrownBy: (symbol: ts.Symbol) => ReadonlyMap<string, string>;
} {
  const known = new Map<ts.Symbol, Map<string, string>>();

  function thrownBy(symbol: ts.Symbol): ReadonlyMap<string, string> {
    const before = known.get(symbol);
    if (before) return before;
    const found = new Map<string, string>();
    known.set(symbol, found);
    for (const declaration of symbol.declarations ?? []) {
      if (!declaration.getSourceFile().fileName.startsWith(packages)) continue;
      if (ts.isClassDeclaration(declaration)) visitClass(declaration, found);
      else if (ts.isFunctionLike(declaration) || ts.isVariableDeclaration(declaration))
        visit(declaration, found);
    }
    return found;
  }

  function visitClass(declaration: ts.ClassDeclaration, found: Map<string, string>): void {
    for (const member of declaration.members) {
      const isMade = ts.isConstructorDeclaration(member) || ts.isPropertyDeclaration(member);
      if (isMade) visit(member, found);
    }
    for (const { token, types } of declaration.heritageClauses ?? []) {
      if (token === ts.SyntaxKind.ExtendsKeyword) follow(types[0]?.expression, found);
    }
  }

  function follow(callee: ts.Node | undefined, found: Map<string, string>): void {
    const named = callee && ts.isPropertyAccessExpression(callee) ? callee.name : callee;
    let symbol = named && checker.getSymbolAtLocation(named);
    if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
    if (symbol === undefined || symbol.name.endsWith("Error") || inner.has(symbol.name)) return;
    for (const [error, path] of thrownBy(symbol)) {
      if (!found.has(error)) found.set(error, path === "" ? symbol.name : `${symbol.name} > ${path}`);
    }
  }

  function visit(node: ts.Node, found: Map<string, string>): void {
    if (ts.isThrowStatement(node) && ts.isNewExpression(node.expression)) {
      const error = node.expression.expression.getText();
      if (!found.has(error)) found.set(error, "");
    } else if (ts.isCallExpression(node) || ts.isNewExpression(node)) follow(node.expression, found);
    ts.forEachChild(node, (child) => visit(child, found));
  }

  return { thrownBy };
}
