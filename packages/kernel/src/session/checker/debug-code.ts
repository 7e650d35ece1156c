import type ts from "typescript6";
import { applyEdits, sortEdits } from "../edits.js";
import type { CompiledText, Edit, ExpressionReply } from "../unit.js";
import type { CellCompiler } from "./compiler.js";
import { type RewriteInput, type Rewritten, rewriteCell } from "./rewrite/rewrite.js";
import { collectNames } from "./text/names.js";
import { parenthesizeObject } from "./text/object-literal.js";
import { isJsx, parseCell, syntaxErrors } from "./text/syntax.js";
import type { TypeScript } from "./typescript.js";

/** Makes it a module, whatever else stands in it. */
const moduleMark = "\nexport {};";

interface Emitted {
  readonly text: string;
  readonly sourceMap: string;
  readonly rewritten: Rewritten;
}

/**
 * A cell's code without a look at its types, which may need cells that have not run; undefined where its
 * syntax is wrong.
 */
export function layoutOf(ts: TypeScript, compiler: CellCompiler, code: string): CompiledText | undefined {
  const { raw, sourceEdits, edited } = compiler.edited(code);
  const { declared } = collectNames(ts, raw);
  const emitted = emit(ts, compiler, edited, {
    isSession: (name) => declared.has(name) || compiler.table.get(name) !== undefined,
  });
  if (!emitted) return undefined;
  const { text, sourceMap, rewritten } = emitted;
  return {
    text: rewritten.text,
    map: { sourceMap, emitted: text, edits: rewritten.edits, source: code, sourceEdits },
  };
}

/**
 * What is evaluated where the program has stopped: names are first those of the place (`locals`), then the
 * session's.
 */
export function expressionOf(
  ts: TypeScript,
  compiler: CellCompiler,
  code: string,
  locals: ReadonlySet<string>,
  session: ReadonlySet<string>,
): ExpressionReply {
  const edits: readonly Edit[] = parenthesizeObject(ts, code, parseCell(ts, code));
  const emitted = emit(ts, compiler, applyEdits(code, edits), {
    isSession: (name) => !locals.has(name) && (session.has(name) || compiler.table.get(name) !== undefined),
  });
  if (!emitted) return { ok: false, reason: "SyntaxError: this is no expression of TypeScript" };
  const { text, names, imports } = emitted.rewritten;
  if (imports.length > 0) return { ok: false, reason: "imports take a cell" };
  if (text.startsWith("(async"))
    return { ok: false, reason: "await takes a cell: nothing can be waited for here" };
  return { ok: true, text, names };
}

function emit(
  ts: TypeScript,
  compiler: CellCompiler,
  code: string,
  { isSession }: Pick<RewriteInput, "isSession">,
): Emitted | undefined {
  const parsed = parseCell(ts, code);
  if (syntaxErrors(parsed).length > 0) return undefined;
  const { outputText, sourceMapText } = ts.transpileModule(code + moduleMark, {
    compilerOptions: { ...compiler.project.options, sourceMap: true },
    fileName: isJsx(ts, parsed) ? "cell.tsx" : "cell.ts",
  });
  const text = outputText.replace(/\n\/\/# sourceMappingURL=[^\n]*$/, "");
  const last = parsed.statements.findLast((statement) => !ts.isEmptyStatement(statement));
  const rewritten = rewriteCell(ts, {
    text,
    isSession,
    isAmbient: (name) => compiler.table.get(name)?.isAmbient === true,
    isCellImport: () => false,
    hasResult: last !== undefined && (ts.isExpressionStatement(last) || ts.isExportAssignment(last)),
  });
  return { text, sourceMap: sourceMapText ?? "", rewritten };
}

/**
 * The JavaScript of a module as a script takes it, with everything where it stood: what a script cannot say
 * is blank. It only has to be read, so names that are imported stay without a declaration.
 */
export function asScript(ts: TypeScript, text: string): string {
  const file = ts.createSourceFile("module.js", text, ts.ScriptTarget.ESNext, false, ts.ScriptKind.JS);
  const edits: Edit[] = [];
  const replace = (start: number, end: number, by = ""): void => {
    const blank = text.slice(start + by.length, end).replace(/[^\n\r\u2028\u2029]/g, " ");
    edits.push({ start, end, text: by + blank });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword)
      replace(node.getStart(file), node.end, "this");
    ts.forEachChild(node, visit);
  };
  for (const statement of file.statements) {
    const start = statement.getStart(file);
    if (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) replace(start, statement.end);
    else if (ts.isExportAssignment(statement)) replace(start, statement.expression.getStart(file), "void");
    else if (ts.canHaveModifiers(statement)) {
      const own = ts
        .getModifiers(statement)
        ?.filter(({ kind }) => kind === ts.SyntaxKind.ExportKeyword || kind === ts.SyntaxKind.DefaultKeyword);
      // A function or class without a name is no declaration.
      const isNameless =
        (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) && !statement.name;
      if (own?.[0]) replace(start, (own.at(-1) as ts.Modifier).end, isNameless ? "void" : "");
    }
    visit(statement);
  }
  return applyEdits(text, sortEdits(edits));
}
