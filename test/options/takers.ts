import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript6";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A public function, class or method that takes options, and the names that its type knows. */
export interface Taker {
  readonly name: string;
  readonly known: readonly string[];
}

/**
 * Everything public of a package that takes options, read from the types of its index.ts: whatever has a parameter called `options`, one
 * whose type is called so, or one of which every property may be left out. Nobody keeps this list, so that nobody can forget a function in it.
 */
export function optionTakers(packageName: string): Taker[] {
  const entry = join(root, "packages", packageName, "src/index.ts");
  const config = ts.readConfigFile(join(root, "tsconfig.base.json"), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.config.compilerOptions, root);
  const program = ts.createProgram([entry], { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(entry) as ts.SourceFile;
  const takers: Taker[] = [];
  const visit = (name: string, signatures: readonly ts.Signature[]): void => {
    for (const signature of signatures) {
      const known = signature.parameters.flatMap((parameter) => optionNames(program, parameter, file));
      if (known.length > 0) takers.push({ name, known });
    }
  };
  for (const exported of checker.getExportsOfModule(checker.getSymbolAtLocation(file) as ts.Symbol)) {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    if (!(symbol.flags & ts.SymbolFlags.Value)) continue;
    const type = checker.getTypeOfSymbol(symbol);
    visit(exported.name, type.getCallSignatures());
    visit(exported.name, type.getConstructSignatures());
    if (!(symbol.flags & ts.SymbolFlags.Class)) continue;
    for (const member of checker.getDeclaredTypeOfSymbol(symbol).getProperties()) {
      if (!(member.flags & ts.SymbolFlags.Method) || isInternal(member)) continue;
      visit(`${exported.name}.${member.name}`, checker.getTypeOfSymbol(member).getCallSignatures());
    }
  }
  return takers;
}

/** Whether only the class and its heirs can call it. */
function isInternal(member: ts.Symbol): boolean {
  const declaration = member.valueDeclaration as ts.Declaration;
  return Boolean(ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.NonPublicAccessibilityModifier);
}

function optionNames(program: ts.Program, parameter: ts.Symbol, at: ts.Node): string[] {
  const checker = program.getTypeChecker();
  const type = checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(parameter, at));
  // A generic parameter is checkOptions' own.
  if (!(type.flags & ts.TypeFlags.Object) || type.getCallSignatures().length > 0) return [];
  // Such as an error's { cause }, which is the language's own affair.
  const [declaration] = type.symbol?.declarations ?? [];
  if (declaration && program.isSourceFileDefaultLibrary(declaration.getSourceFile())) return [];
  const properties = type.getProperties();
  const weak = properties.every((property) => property.flags & ts.SymbolFlags.Optional);
  const isNamedSo = parameter.name === "options" || /Options$/.test(type.symbol?.name ?? "");
  if (properties.length === 0 || !(weak || isNamedSo)) return [];
  return properties.map((property) => property.name);
}
