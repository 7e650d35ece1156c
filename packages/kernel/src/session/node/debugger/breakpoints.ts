import type { Debugger } from "node:inspector";
import { pathToFileURL } from "node:url";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { InspectorClient } from "./inspector-client.js";
import type { Script, Stop } from "./scripts.js";

type Asked = DebugProtocol.SourceBreakpoint;

/** A breakpoint that a client wants, and where it is. */
interface Wanted {
  readonly asked: Asked;
  readonly reply: DebugProtocol.Breakpoint;
}

/** A breakpoint of V8's. */
interface Placed {
  readonly id: string;
  readonly path: string;
  readonly condition: string | undefined;
}

/** The breakpoints of all cells and files, in their text and in all code that was made of it. */
export class Breakpoints {
  readonly #inspector: InspectorClient;
  readonly #wanted = new Map<string, readonly Wanted[]>();
  /** By the place in the code, of which V8 takes each once. */
  readonly #placed = new Map<string, Placed>();
  #count = 0;

  constructor(inspector: InspectorClient) {
    this.#inspector = inspector;
  }

  /**
   * Those of a text, in place of what there was; `scripts` is what was made of it, undefined where Node loads
   * it as it is. A line that nothing stops at moves down to the next one that does.
   */
  async set(
    path: string,
    asked: readonly Asked[],
    scripts: readonly Script[] | undefined,
  ): Promise<readonly DebugProtocol.Breakpoint[]> {
    await this.#remove(path);
    // What was made last of a text is what runs next.
    const newest = scripts?.at(-1);
    const wanted = asked.map((breakpoint) => {
      const base = { id: ++this.#count, line: breakpoint.line, source: { path } };
      const stop = newest && nearest(newest, breakpoint);
      const reply: DebugProtocol.Breakpoint = stop
        ? { ...base, verified: true, line: stop.line, column: stop.column }
        : scripts
          ? { ...base, verified: false, message: "nothing stops at this line or below it" }
          : { ...base, verified: true };
      return { asked: breakpoint, reply };
    });
    if (wanted.length > 0) this.#wanted.set(path, wanted);
    for (const script of scripts ?? []) await this.place(script);
    if (!scripts) for (const breakpoint of asked) await this.#placeByName(path, breakpoint);
    return wanted.map(({ reply }) => reply);
  }

  async #remove(path: string): Promise<void> {
    this.#wanted.delete(path);
    for (const [key, placed] of this.#placed) {
      if (placed.path !== path) continue;
      this.#placed.delete(key);
      await this.#inspector.post("Debugger.removeBreakpoint", { breakpointId: placed.id });
    }
  }

  /** Sets the breakpoints of a text in code that was made of it. */
  async place(script: Script): Promise<void> {
    for (const { asked } of this.#wanted.get(script.path) ?? []) {
      const stop = nearest(script, asked);
      if (!stop) continue;
      const { lineNumber, columnNumber } = stop;
      await this.#place(script.path, asked, { scriptHash: script.hash, lineNumber, columnNumber });
    }
  }

  /** JavaScript that Node loads as it is has the lines that it is written in. */
  async #placeByName(path: string, asked: Asked): Promise<void> {
    const names = [path, pathToFileURL(path).href].map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    await this.#place(path, asked, { urlRegex: `^(?:${names.join("|")})$`, lineNumber: asked.line - 1 });
  }

  async #place(
    path: string,
    { condition }: Asked,
    place: Debugger.SetBreakpointByUrlParameterType,
  ): Promise<void> {
    const key = JSON.stringify(place);
    const known = this.#placed.get(key);
    // Two cells can be compiled to the same code: it stops for whichever runs.
    if (known?.path === path) return;
    if (known) {
      this.#placed.set(`${key} ${path}`, { id: known.id, path, condition });
      return;
    }
    const { breakpointId } = await this.#inspector.post<Debugger.SetBreakpointByUrlReturnType>(
      "Debugger.setBreakpointByUrl",
      place,
    );
    this.#placed.set(key, { id: breakpointId, path, condition });
  }

  /** The conditions of those among V8's breakpoints that are of this text; an empty one holds always. */
  conditions(ids: readonly string[], path: string): readonly string[] {
    return [...this.#placed.values()].flatMap((placed) =>
      placed.path === path && ids.includes(placed.id) ? [placed.condition ?? ""] : [],
    );
  }

  /** All of them as clients are told. */
  list(): readonly { readonly source: string; readonly breakpoints: readonly DebugProtocol.Breakpoint[] }[] {
    return [...this.#wanted].map(([source, wanted]) => ({
      source,
      breakpoints: wanted.map(({ reply }) => reply),
    }));
  }
}

/**
 * The first place of the line or, where it has none, of the next one that has. A statement goes before a call
 * inside it.
 */
function nearest({ stops }: Script, { line, column = 1 }: Asked): Stop | undefined {
  const found = stops.find((stop) => stop.line > line || (stop.line === line && stop.column >= column));
  const same = stops.filter((stop) => stop.line === found?.line && stop.column >= (found?.column ?? 0));
  return same.find(({ type }) => type !== "call") ?? found;
}
