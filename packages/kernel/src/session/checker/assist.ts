import type ts from "typescript6";
import type { Completion } from "../messages.js";
import type { CompleteReply, InspectReply } from "../types.js";
import type { CellCompiler } from "./compiler.js";
import { importingEntries } from "./exports/auto-imports.js";
import { type LivePath, livePath } from "./live-path.js";
import { magicNames } from "./magics/magics.js";
import { collectNames } from "./text/names.js";
import { toCodePoints, toUnits } from "./text/offsets.js";
import { isJsx, parseCell } from "./text/syntax.js";
import type { TypeScript } from "./typescript.js";

/** Packages are searched for a name once this many of its letters are there. */
const shortest = 2;

/** A cell under the reader's hands, and where its cursor is in the file that the language service sees. */
interface Opened {
  readonly path: string;
  readonly position: number;
  /** What stands before the cell's own text. */
  readonly shift: number;
}

/** Completes and explains what stands in an unfinished cell. */
export class Assistant {
  readonly #ts: TypeScript;
  readonly #compiler: CellCompiler;
  constructor(ts: TypeScript, compiler: CellCompiler) {
    this.#ts = ts;
    this.#compiler = compiler;
  }

  complete(code: string, cursor: number): Completion {
    const at = toUnits(code, cursor);
    const { rest, edits } = this.#compiler.magics(code);
    const [, mark] = /(?:^|\n)[ \t]*(%%?\w*)$/.exec(code.slice(0, at)) ?? [];
    const magics = mark === undefined ? [] : magicNames.filter((name) => name.startsWith(mark));
    // Of what stands in such a line TypeScript knows nothing.
    if (magics.length > 0 || edits.some(({ start, end }) => start < at && at <= end))
      return {
        reply: completeReply(
          magics.map((text) => ({ text, type: "magic" })),
          toCodePoints(code, at - (magics.length > 0 ? (mark ?? "").length : 0)),
          toCodePoints(code, at),
        ),
      };
    const { path, position, shift } = this.#open(rest, at);
    const found = this.#compiler.project.service.getCompletionsAtPosition(path, position, {
      includeCompletionsWithInsertText: false,
    });
    const live = this.#live(path, position, shift);
    const typed = /[\p{ID_Continue}$#]*$/u.exec(code.slice(0, at))?.[0] ?? "";
    const span = found?.entries.find((entry) => entry.replacementSpan)?.replacementSpan;
    const start = live?.quote ?? (span ? span.start - shift : at - typed.length);
    const prefix = code.slice(start, at);
    const entries = matching([...this.#sessionEntries(found), ...(found?.entries ?? [])], prefix);
    const cursorEnd = toCodePoints(code, at);
    if (
      isAnyName(found) &&
      prefix.length >= shortest &&
      !entries.some(({ name }) => name.startsWith(prefix))
    ) {
      const importable = this.#compiler.packages.named(prefix);
      if (importable.length > 0) {
        const importing = importingEntries(this.#ts, rest, start, importable);
        return { reply: completeReply(importing.entries, toCodePoints(code, importing.start), cursorEnd) };
      }
    }
    const cursorStart = toCodePoints(code, start);
    const typesOf = (name: string, kind: string): string =>
      this.#compiler.table.get(name)?.label ?? (kind === "" ? "text" : kind);
    return {
      reply: completeReply(
        entries.map(({ name, kind }) => ({ text: name, type: typesOf(name, kind) })),
        cursorStart,
        cursorEnd,
      ),
      ...(live ? { live: { path: live.path, prefix, isQuoted: live.quote !== undefined } } : {}),
    };
  }

  /**
   * What the running program may know of the place: where it stands in quotes, their content's start in the
   * cell.
   */
  #live(path: string, position: number, shift: number): LivePath | undefined {
    const program = this.#compiler.project.service.getProgram();
    const file = program?.getSourceFile(path);
    if (!program || !file) return undefined;
    const checker = program.getTypeChecker();
    return livePath(
      this.#ts,
      checker,
      file,
      position,
      (name) => {
        // What the cell itself declares has no value yet; a name that nobody knows is not asked for.
        const symbol = checker.getSymbolAtLocation(name);
        const isHere = (node: ts.Node): boolean => node.getSourceFile() === file && node.pos >= shift;
        return symbol !== undefined && !(symbol.declarations ?? []).some(isHere);
      },
      shift,
    );
  }

  inspect(code: string, cursor: number, detailLevel: 0 | 1): InspectReply {
    const at = toUnits(code, cursor);
    const { path, position, shift } = this.#open(this.#compiler.magics(code).rest, at);
    const service = this.#compiler.project.service;
    const places = [position, position - 1, this.#calleeAround(path, position)];
    for (const place of places) {
      const info = place === undefined || place < 0 ? undefined : service.getQuickInfoAtPosition(path, place);
      if (place === undefined || !info?.displayParts) continue;
      const signature = ownSignature(this.#ts.displayPartsToString(info.displayParts));
      // What the language service says of a name that it does not know.
      if (signature === "any") continue;
      const text = this.#documentation(info);
      const source = detailLevel === 1 ? this.#source(path, place, shift) : undefined;
      const plain = [signature, text, source]
        .filter((part) => part !== undefined && part !== "")
        .join("\n\n");
      const markdown = [fenced(signature), text, source === undefined ? "" : fenced(source)];
      return {
        found: true,
        data: { "text/plain": plain, "text/markdown": markdown.filter((part) => part !== "").join("\n\n") },
      };
    }
    return { found: false, data: {} };
  }

  /**
   * Here the names of earlier cells stand before the text: behind it, an unclosed brace would swallow them.
   */
  #open(code: string, at: number): Opened {
    const { project, table } = this.#compiler;
    const parsed = parseCell(this.#ts, code);
    const withJsx = isJsx(this.#ts, parsed);
    if (withJsx) project.turnToJsx(true);
    const path = project.cellPath("[cell]", withJsx);
    const { declared, mentioned } = collectNames(this.#ts, parsed);
    const head = `${table.prelude([...mentioned].filter((name) => !declared.has(name)))}
`;
    project.setFile(path, head + code);
    project.load(path, head + code);
    return { path, position: head.length + at, shift: head.length };
  }

  /** Names of the session that the cell does not mention yet, where any name can stand. */
  #sessionEntries(found: ts.CompletionInfo | undefined): readonly ts.CompletionEntry[] {
    if (!isAnyName(found)) return [];
    const known = new Set(found?.entries.map(({ name }) => name));
    return [...this.#compiler.table.names()]
      .filter((name) => !known.has(name))
      .map((name) => ({ name, kind: this.#ts.ScriptElementKind.alias, sortText: "11" }));
  }

  /** The function whose arguments the cursor stands among. */
  #calleeAround(path: string, position: number): number | undefined {
    const { project } = this.#compiler;
    const help = project.service.getSignatureHelpItems(path, position, undefined);
    const text = project.read(path) ?? "";
    return (
      help &&
      text
        .slice(0, help.applicableSpan.start)
        .replace(/\(\s*$/, "")
        .trimEnd().length - 1
    );
  }

  #documentation(info: ts.QuickInfo): string {
    const ts = this.#ts;
    const tags = (info.tags ?? []).map(({ name, text }) =>
      `@${name} ${ts.displayPartsToString(text)}`.trimEnd(),
    );
    return [ts.displayPartsToString(info.documentation), tags.join("\n")]
      .filter((part) => part !== "")
      .join("\n\n");
  }

  #source(path: string, position: number, shift: number): string | undefined {
    const { project } = this.#compiler;
    const definitions = project.service.getDefinitionAtPosition(path, position) ?? [];
    const parts = definitions.flatMap(({ fileName, contextSpan, textSpan, name }) => {
      const isEarlier = fileName === path ? textSpan.start < shift : project.isVirtual(fileName);
      const own = isEarlier ? this.#compiler.sourceOf(name) : undefined;
      if (own !== undefined) return [own];
      const whole = project.read(fileName);
      const { start, length } = contextSpan ?? textSpan;
      return whole === undefined ? [] : [whole.slice(start, start + length)];
    });
    return parts.length === 0 ? undefined : parts.join("\n\n");
  }
}

/** Whether any name can stand there. */
function isAnyName(found: ts.CompletionInfo | undefined): boolean {
  return (
    found !== undefined &&
    !found.isMemberCompletion &&
    found.entries.some(({ name }) => name === "globalThis")
  );
}

function completeReply(
  entries: readonly { readonly text: string; readonly type: string }[],
  cursorStart: number,
  cursorEnd: number,
): CompleteReply {
  const types = entries.map((entry) => ({ ...entry, start: cursorStart, end: cursorEnd }));
  return {
    matches: entries.map(({ text }) => text),
    cursorStart,
    cursorEnd,
    metadata: { _jupyter_types_experimental: types },
  };
}

/** A name of an earlier cell is imported only as the language service sees it. */
function ownSignature(text: string): string {
  return text.replace(/^\(alias\) /, "").replace(/\nimport [\p{ID_Continue}$]+$/u, "");
}

function fenced(code: string): string {
  return `\`\`\`typescript\n${code}\n\`\`\``;
}

/** Those that begin as typed, in the language service's order; with another case only where none does. */
function matching(entries: readonly ts.CompletionEntry[], prefix: string): readonly ts.CompletionEntry[] {
  const key = ({ sortText, name }: ts.CompletionEntry): string => `${sortText}\n${name}`;
  const sorted = [...entries].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const exact = sorted.filter(({ name }) => name.startsWith(prefix));
  if (exact.length > 0) return exact;
  const lower = prefix.toLowerCase();
  return sorted.filter(({ name }) => name.toLowerCase().startsWith(lower));
}
