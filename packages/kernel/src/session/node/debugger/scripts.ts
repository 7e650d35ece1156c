import { createHash } from "node:crypto";
import type { Debugger } from "node:inspector";
import { fileURLToPath } from "node:url";
import { applyEdits } from "../../edits.js";
import { stopPosition } from "../../runtime/errors/positions.js";
import type { CellUnit, LocalModule, PositionMap } from "../../unit.js";
import { cellPath } from "./cell-paths.js";
import type { InspectorClient } from "./inspector-client.js";
import type { RuntimeServices } from "./runtime-services.js";

/** A text of the user's that was compiled: a cell or one of his files. */
export interface Code {
  readonly path: string;
  readonly isModule: boolean;
  readonly text: string;
  readonly map: PositionMap;
  /** The names of the session that it uses or declares. */
  readonly names: readonly string[];
}

/**
 * A place where the program can stop: in the user's text, counted from 1, and in the code that runs, counted
 * from 0.
 */
export interface Stop {
  readonly line: number;
  readonly column: number;
  readonly type: string | undefined;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** Code that V8 has read. */
export interface Script {
  readonly path: string;
  readonly map: PositionMap;
  /** V8's hash of what runs: by it breakpoints reach code that comes later. */
  readonly hash: string;
  /** In the order of the user's text. */
  readonly stops: readonly Stop[];
  /** The names of the session that it uses or declares. */
  readonly names: readonly string[];
}

/** What V8 tells of each script, whoever's it is. */
export interface Loaded {
  readonly id: string;
  readonly url: string;
  readonly hash: string;
}

export function codeOfCell({ text, map, names }: CodeOfCell): Code {
  return { path: cellPath(map.source), isModule: false, text, map, names };
}

export function codeOfFile({ path, format, text, map }: LocalModule): Code {
  return { path, isModule: format === "module", text, map, names: [] };
}

type CodeOfCell = Pick<CellUnit, "text" | "map" | "names">;

/** V8's own hash of a script's text. */
function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The user's code as V8 knows it, with the way back to what he wrote. */
export class Scripts {
  readonly #inspector: InspectorClient;
  readonly #services: RuntimeServices;
  readonly #known = new Map<string, Promise<Script>>();
  readonly #byHash = new Map<string, Script>();
  readonly #loaded = new Map<string, Loaded>();
  /** What runs or ran, by V8's number; undefined: nobody's that can be shown. */
  readonly #running = new Map<string, Script | undefined>();
  #probes = 0;
  /** A module's text as that of a script, in which everything stands where it stood. */
  readonly #asScript: (text: string) => Promise<string>;

  constructor(
    inspector: InspectorClient,
    services: RuntimeServices,
    loaded: readonly Loaded[],
    asScript: (text: string) => Promise<string>,
  ) {
    this.#asScript = asScript;
    this.#inspector = inspector;
    this.#services = services;
    for (const script of loaded) this.#loaded.set(script.id, script);
  }

  /** Notes a script that V8 has read. */
  add(loaded: Loaded): void {
    this.#loaded.set(loaded.id, loaded);
    const script = this.#byHash.get(loaded.hash);
    if (script) this.#running.set(loaded.id, script);
  }

  loaded(id: string): Loaded | undefined {
    return this.#loaded.get(id);
  }

  all(): Iterable<Loaded> {
    return this.#loaded.values();
  }

  /**
   * Has V8 read code that may not have run yet. Of two cells that compile to the same code, what runs next is
   * the last one's.
   */
  async read(code: Code): Promise<Script> {
    const key = `${code.path}\n${code.map.source}\n${code.text}`;
    let reading = this.#known.get(key);
    if (!reading) {
      reading = this.#probe(code);
      this.#known.set(key, reading);
      reading.catch(() => this.#known.delete(key));
    }
    const script = await reading;
    this.#byHash.set(script.hash, script);
    return script;
  }

  /**
   * Asks V8 where code can stop; a module is asked of as the body of a function, which its imports do not
   * hinder.
   */
  async #probe({ path, isModule, text, map, names }: Code): Promise<Script> {
    const expression = isModule ? `(async function () {\n${await this.#asScript(text)}\n})` : text;
    const name = `convfuse:probe-${++this.#probes}`;
    await this.#services.read(expression, name);
    const probe = [...this.#loaded.values()].findLast(({ url }) => url === name);
    if (!probe) throw new Error(`${path}: V8 did not tell that it has read it`);
    const scriptId = probe.id;
    this.#loaded.delete(scriptId);
    const { locations } = await this.#inspector.post<Debugger.GetPossibleBreakpointsReturnType>(
      "Debugger.getPossibleBreakpoints",
      { start: { scriptId, lineNumber: 0, columnNumber: 0 } },
    );
    const above = isModule ? 1 : 0;
    const stops = locations.flatMap(({ lineNumber, columnNumber = 0, type }): Stop[] => {
      const place = stopPosition(map, lineNumber - above + 1, columnNumber + 1);
      return place ? [{ ...place, type, lineNumber: lineNumber - above, columnNumber }] : [];
    });
    stops.sort((a, b) => a.line - b.line || a.column - b.column);
    return { path, map, hash: hashOf(text), stops, names };
  }

  /** Finds the user's text for a script by V8's number, also of what ran before there was a debugger. */
  async find(id: string): Promise<Script | undefined> {
    if (!this.#running.has(id)) this.#running.set(id, await this.#search(id));
    return this.#running.get(id);
  }

  async #search(id: string): Promise<Script | undefined> {
    const loaded = this.#loaded.get(id);
    if (!loaded?.url) return undefined;
    const file = loaded.url.startsWith("file:") ? fileURLToPath(loaded.url) : loaded.url;
    for (const found of await this.#services.mapsOf({ file })) {
      const script = await this.#readRun(found);
      if (script.hash === loaded.hash) return script;
    }
    return undefined;
  }

  /** Reads what a cell's or a file's text was when it ran, before there was a debugger. */
  async recall(wanted: { readonly source?: string; readonly file?: string }): Promise<readonly Script[]> {
    const found = await this.#services.mapsOf(wanted);
    return Promise.all(found.map((run) => this.#readRun(run)));
  }

  async #readRun({ file, map }: { readonly file: string; readonly map: PositionMap }): Promise<Script> {
    const isCell = file.startsWith("In [");
    const text = applyEdits(map.emitted, map.edits);
    const isModule = !isCell && !text.startsWith("(function (exports");
    return this.read({ path: isCell ? cellPath(map.source) : file, isModule, text, map, names: [] });
  }
}
