import type ts from "typescript6";
import type { TypeScript } from "../typescript.js";

/** Not one of TypeScript's: what Node's own parser says. */
export const syntaxErrorCode = -1;

/**
 * The regular expressions of a file that this Node cannot read, though TypeScript can: newer ones have more
 * of them.
 */
export function regularExpressionErrors(ts: TypeScript, file: ts.SourceFile): readonly ts.Diagnostic[] {
  const errors: ts.Diagnostic[] = [];
  const visit = (node: ts.Node): void => {
    if (node.kind === ts.SyntaxKind.RegularExpressionLiteral) {
      const { text } = node as ts.RegularExpressionLiteral;
      const message = refusal(text);
      if (message !== undefined)
        errors.push({
          category: ts.DiagnosticCategory.Error,
          code: syntaxErrorCode,
          file,
          start: node.end - text.length,
          length: text.length,
          messageText: message,
        });
    }
    ts.forEachChild(node, visit);
  };
  if (file.text.includes("/")) visit(file);
  return errors;
}

function refusal(literal: string): string | undefined {
  const end = literal.lastIndexOf("/");
  try {
    new RegExp(literal.slice(1, end), literal.slice(end + 1));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
