import type ts from "typescript6";
import type { CompleteReply, InspectReply } from "../types.js";
import type { CellCompiler } from "./compiler.js";
import { collectNames } from "./names.js";
import { toCodePoints, toUnits } from "./offsets.js";
import type { TypeScript } from "./typescript.js";

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

  complete(code: string, cursor: number): CompleteReply {
    const at = toUnits(code, cursor);
    const { path, position, shift } = this.#open(this.#compiler.magics(code).rest, at);
    const found = this.#compiler.project.service.getCompletionsAtPosition(path, position, {
      includeCompletionsWithInsertText: false,
    });
    const typed = /[\p{ID_Continue}$#]*$/u.exec(code.slice(0, at))?.[0] ?? "";
    const span = found?.entries.find((entry) => entry.replacementSpan)?.replacementSpan;
    const start = span ? span.start - shift : at - typed.length;
    const prefix = code.slice(start, at);
    const entries = matching([...this.#sessionEntries(found), ...(found?.entries ?? [])], prefix);
    const cursorStart = toCodePoints(code, start);
    const cursorEnd = toCodePoints(code, at);
    return {
      matches: entries.map(({ name }) => name),
      cursorStart,
      cursorEnd,
      metadata: {
        _jupyter_types_experimental: entries.map(({ name, kind }) => ({
          text: name,
          type: this.#compiler.table.get(name)?.label ?? (kind === "" ? "text" : kind),
          start: cursorStart,
          end: cursorEnd,
        })),
      },
    };
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
    const parsed = this.#ts.createSourceFile("cell.ts", code, this.#ts.ScriptTarget.ESNext);
    const { declared, mentioned } = collectNames(this.#ts, parsed);
    const head = `${table.prelude([...mentioned].filter((name) => !declared.has(name)))}
`;
    project.setFile(project.current, head + code);
    project.load(project.current, head + code);
    return { path: project.current, position: head.length + at, shift: head.length };
  }

  /** Names of the session that the cell does not mention yet, where any name can stand. */
  #sessionEntries(found: ts.CompletionInfo | undefined): readonly ts.CompletionEntry[] {
    const known = new Set(found?.entries.map(({ name }) => name));
    if (!found || found.isMemberCompletion || !known.has("globalThis")) return [];
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
