import type ts from "typescript6";
import type { TypeScript } from "../typescript.js";

/** What the parser alone has to say about a file. */
export function syntaxErrors(file: ts.SourceFile): readonly ts.DiagnosticWithLocation[] {
  return (file as ts.SourceFile & { readonly parseDiagnostics: readonly ts.DiagnosticWithLocation[] })
    .parseDiagnostics;
}

/**
 * Parses a cell: as TypeScript, in which `<T>x` is a cast; as JSX where only that, or that better, makes
 * sense of it.
 */
export function parseCell(ts: TypeScript, text: string): ts.SourceFile {
  const parse = (kind: ts.ScriptKind): ts.SourceFile =>
    ts.createSourceFile("cell.ts", text, ts.ScriptTarget.ESNext, false, kind);
  const plain = parse(ts.ScriptKind.TS);
  const errors = syntaxErrors(plain).length;
  if (errors === 0 || !/<\/|\/>/.test(text)) return plain;
  const jsx = parse(ts.ScriptKind.TSX);
  return syntaxErrors(jsx).length < errors ? jsx : plain;
}

export function isJsx(ts: TypeScript, file: ts.SourceFile): boolean {
  return file.languageVariant === ts.LanguageVariant.JSX;
}
