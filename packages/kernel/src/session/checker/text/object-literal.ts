import type ts from "typescript6";
import type { Edit } from "../../unit.js";
import type { TypeScript } from "../typescript.js";
import { syntaxErrors } from "./syntax.js";

/**
 * A cell that ends in `{ a: 1 }` shows an object, though the grammar sees a block. Gives the edits that make
 * it an expression.
 */
export function parenthesizeObject(ts: TypeScript, code: string, file: ts.SourceFile): readonly Edit[] {
  const last = file.statements.findLast((statement) => !ts.isEmptyStatement(statement));
  // `{ a: 1, b: 2 }` is no valid block: the parser may have read the rest as statements of its own.
  const block = last && ts.isBlock(last) ? last : file.statements[0];
  if (!block || !ts.isBlock(block)) return [];
  const start = block.getStart(file);
  const end = block === last ? block.end : code.trimEnd().length;
  const text = code.slice(start, end).replace(/;\s*$/, "");
  const parsed = ts.createSourceFile(
    "object.ts",
    `(${text})`,
    ts.ScriptTarget.ESNext,
    false,
    ts.ScriptKind.TS,
  );
  const only = parsed.statements[0];
  const isObject =
    syntaxErrors(parsed).length === 0 &&
    parsed.statements.length === 1 &&
    only !== undefined &&
    ts.isExpressionStatement(only) &&
    ts.isParenthesizedExpression(only.expression) &&
    ts.isObjectLiteralExpression(only.expression.expression);
  if (!isObject) return [];
  return [
    { start, end: start, text: ";(" },
    { start: start + text.length, end: start + text.length, text: ")" },
  ];
}
