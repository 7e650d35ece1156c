import type ts from "typescript6";
import type { TypeScript } from "./typescript.js";

/** A value whose members only the running program knows, by names: `["process", "env"]`. */
export interface LivePath {
  readonly path: readonly string[];
  /** Where a name in quotes begins, from the start of the user's text; undefined behind a dot. */
  readonly quote?: number;
}

/**
 * What stands before the dot (or in the bracket) at `position`, if its members are not in its type: it is
 * `any`, or any name may be one of it. Only names of the session and globals can be asked for, and what leads
 * on by names and numbers: nothing may run.
 */
export function livePath(
  ts: TypeScript,
  checker: ts.TypeChecker,
  file: ts.SourceFile,
  position: number,
  isOutside: (name: ts.Identifier) => boolean,
  shift: number,
): LivePath | undefined {
  const holder = holderAt(ts, file, position);
  if (!holder) return undefined;
  const path = pathOf(ts, holder.expression, isOutside);
  if (!path || !isOpen(ts, checker, checker.getTypeAtLocation(holder.expression))) return undefined;
  if (ts.isPropertyAccessExpression(holder)) return { path };
  return { path, quote: holder.argumentExpression.getStart(file) + 1 - shift };
}

function holderAt(
  ts: TypeScript,
  file: ts.SourceFile,
  position: number,
): ts.PropertyAccessExpression | ts.ElementAccessExpression | undefined {
  const find = (node: ts.Node): ts.PropertyAccessExpression | ts.ElementAccessExpression | undefined => {
    if (position < node.pos || position > node.end) return undefined;
    const inner = ts.forEachChild(node, find);
    if (inner) return inner;
    if (ts.isPropertyAccessExpression(node)) return position > node.expression.end ? node : undefined;
    if (!ts.isElementAccessExpression(node) || !ts.isStringLiteralLike(node.argumentExpression))
      return undefined;
    return position > node.argumentExpression.getStart(file) ? node : undefined;
  };
  return find(file);
}

function pathOf(
  ts: TypeScript,
  node: ts.Expression,
  isOutside: (name: ts.Identifier) => boolean,
): readonly string[] | undefined {
  if (ts.isIdentifier(node)) return isOutside(node) ? [node.text] : undefined;
  if (ts.isNonNullExpression(node) || ts.isParenthesizedExpression(node) || ts.isAsExpression(node))
    return pathOf(ts, node.expression, isOutside);
  const key = ts.isPropertyAccessExpression(node)
    ? node.name
    : ts.isElementAccessExpression(node)
      ? node.argumentExpression
      : undefined;
  if (!key || !(ts.isIdentifier(key) || ts.isStringLiteralLike(key) || ts.isNumericLiteral(key)))
    return undefined;
  // A variable in a bracket would have to be evaluated.
  if (ts.isElementAccessExpression(node) && ts.isIdentifier(key)) return undefined;
  const path = pathOf(ts, (node as ts.PropertyAccessExpression).expression, isOutside);
  return path && [...path, key.text];
}

/** Whether a type leaves open what members its values have. */
function isOpen(ts: TypeScript, checker: ts.TypeChecker, type: ts.Type): boolean {
  if (type.isUnion()) return type.types.some((part) => isOpen(ts, checker, part));
  return (
    (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.NonPrimitive)) !== 0 ||
    checker.getIndexInfoOfType(type, ts.IndexKind.String) !== undefined
  );
}
