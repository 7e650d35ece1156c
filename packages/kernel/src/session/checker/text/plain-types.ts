import type ts from "typescript6";
import type { TypeScript } from "../typescript.js";

/**
 * Writes the declaration of a variable whose type needs no name: primitives, literals, and arrays, tuples and
 * unions of such. A later cell then need not look into this one, so long chains of cells stay cheap to check.
 */
export function plainDeclaration(
  ts: TypeScript,
  checker: ts.TypeChecker,
  declaration: ts.VariableDeclaration,
): string | undefined {
  if (!ts.isIdentifier(declaration.name)) return undefined;
  const name = declaration.name.text;
  const list = declaration.parent as ts.VariableDeclarationList;
  const fixed = (list.flags & (ts.NodeFlags.Const | ts.NodeFlags.Using)) !== 0;
  const symbol = checker.getSymbolAtLocation(declaration.name);
  if (!symbol) return undefined;
  const type = checker.getTypeOfSymbol(symbol);
  // A constant's literal type widens where it is copied into a `let`, unless it was written down.
  const widens = fixed && !declaration.type && (type.flags & ts.TypeFlags.Literal) !== 0;
  const text = plainType(ts, checker, type);
  if (text === undefined) return undefined;
  if (!widens) return `declare ${fixed ? "const" : "let"} ${name}: ${text};`;
  const literal = (type.flags & (ts.TypeFlags.StringLiteral | ts.TypeFlags.NumberLiteral)) !== 0;
  return literal && declaration.initializer && ts.isLiteralExpression(declaration.initializer)
    ? `declare const ${name} = ${text};`
    : undefined;
}

function plainType(ts: TypeScript, checker: ts.TypeChecker, type: ts.Type): string | undefined {
  const { TypeFlags } = ts;
  if (type.aliasSymbol) return undefined;
  if (type.isStringLiteral()) return JSON.stringify(type.value);
  if (type.flags & TypeFlags.EnumLike) return undefined;
  if (type.isNumberLiteral()) return Number.isFinite(type.value) ? String(type.value) : undefined;
  if (type.flags & (TypeFlags.BooleanLiteral | TypeFlags.Boolean)) return checker.typeToString(type);
  if (type.isUnion()) {
    const parts = type.types.map((part) => plainType(ts, checker, part));
    return parts.length <= 8 && parts.every((part) => part !== undefined)
      ? `(${parts.join(" | ")})`
      : undefined;
  }
  if (checker.isArrayType(type)) {
    const element = checker.getTypeArguments(type as ts.TypeReference)[0];
    const text = element && plainType(ts, checker, element);
    const readonly = type.symbol.name === "ReadonlyArray" ? "readonly " : "";
    return text === undefined ? undefined : `(${readonly}${text}[])`;
  }
  const simple =
    TypeFlags.String |
    TypeFlags.Number |
    TypeFlags.BigInt |
    TypeFlags.ESSymbol |
    TypeFlags.Undefined |
    TypeFlags.Null |
    TypeFlags.Void |
    TypeFlags.Unknown |
    TypeFlags.Any;
  return type.flags & simple ? checker.typeToString(type) : undefined;
}
