import type { Debugger, Runtime } from "node:inspector";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { stopPosition } from "../../runtime/errors/positions.js";
import type { InspectorClient } from "./inspector-client.js";
import type { Script, Scripts } from "./scripts.js";

/** A call that the stopped program is in, where the user can be shown it. */
export interface Frame {
  readonly name: string;
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /** A package's, which no step leads into. */
  readonly isLibrary: boolean;
  readonly script: Script | undefined;
  readonly call: Debugger.CallFrame;
}

/**
 * Whose code a script is by its name: what is not the user's, the kernel's or Node's own stays away from
 * debuggers.
 */
export function ownPath(url: string): string | undefined {
  if (url.startsWith("node:") || url.startsWith("convfuse:") || url === "") return undefined;
  const path = url.startsWith("file:") ? fileURLToPath(url) : url;
  return /^(\/|[a-zA-Z]:[\\/])/.test(path) && !isKernel(path) ? path : undefined;
}

function isKernel(path: string): boolean {
  return path.startsWith(kernelFolder);
}

/** Where the session's own code lies. */
const kernelFolder = fileURLToPath(new URL("../../../../dist/", import.meta.url));

/** What no step leads into, as regular expressions of scripts' names: the kernel, Node, packages. */
export function blackboxPatterns(): readonly string[] {
  const escaped = kernelFolder.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return ["^node:", "^convfuse:", "^wasm:", "[\\\\/]node_modules[\\\\/]", `^(file://)?${escaped}`];
}

/** Where a call stands, for the user; undefined where it is not his. */
export async function frameOf(call: Debugger.CallFrame, scripts: Scripts): Promise<Frame | undefined> {
  const { scriptId, lineNumber, columnNumber = 0 } = call.location;
  const script = await scripts.find(scriptId);
  if (script) {
    const place = stopPosition(script.map, lineNumber + 1, columnNumber + 1);
    if (!place) return undefined;
    return { name: nameOf(call, script), path: script.path, ...place, isLibrary: false, script, call };
  }
  const path = ownPath(scripts.loaded(scriptId)?.url ?? "");
  if (path === undefined) return undefined;
  const name = call.functionName || basename(path);
  const isLibrary = /[\\/]node_modules[\\/]/.test(path);
  return { name, path, line: lineNumber + 1, column: columnNumber + 1, isLibrary, script, call };
}

function nameOf({ functionName, functionLocation }: Debugger.CallFrame, script: Script): string {
  if (functionName !== "") return functionName;
  const { lineNumber = 0, columnNumber = 0 } = functionLocation ?? {};
  // The function that the kernel makes of all of it.
  const isWhole = stopPosition(script.map, lineNumber + 1, columnNumber + 1) === undefined;
  return isWhole ? basename(script.path) : "(anonymous)";
}

/** The names of variables at the place where the program has stopped. */
export interface LocalScopes {
  /** Of the function itself, with its blocks. */
  readonly locals: readonly string[];
  /** Of the functions around it. */
  readonly closure: readonly string[];
  /** Of the file. */
  readonly module: readonly string[];
  /** The session's names that the code uses: they are boxes there, which nobody is shown. */
  readonly session: readonly string[];
}

/** What the kernel gives a cell or a file. */
const given = new Set(["require", "module", "exports", "__filename", "__dirname", "arguments"]);

/** The variables at a call, without what the kernel has put in. */
export async function scopesOf(frame: Frame, inspector: InspectorClient): Promise<LocalScopes> {
  const { call, script } = frame;
  const prefix = script && prefixOf(script.map.emitted);
  const locals = new Set<string>();
  const closure = new Set<string>();
  const module = new Set<string>();
  const session = new Set<string>();
  let isOwn = true;
  for (const { type, object } of call.scopeChain) {
    if (type === "global" || type === "script") continue;
    const { result } = await inspector.post<Runtime.GetPropertiesReturnType>("Runtime.getProperties", {
      objectId: object.objectId,
      ownProperties: true,
    });
    let isWhole = false;
    for (const { name } of result) {
      if (prefix === undefined || !name.startsWith(prefix)) continue;
      isWhole = true;
      const rest = name.slice(prefix.length);
      if (/^[^\d]/.test(rest)) session.add(rest);
    }
    const target = type === "module" ? module : isOwn ? locals : closure;
    for (const { name } of result) {
      // A function that a cell declares stands in its code too, under the name that its box has.
      const isHidden = isWhole && (name.startsWith(prefix as string) || given.has(name) || session.has(name));
      if (isHidden || locals.has(name) || closure.has(name) || module.has(name)) continue;
      target.add(name);
    }
    if (type === "local") isOwn = false;
  }
  if (call.this.type !== "undefined" && call.this.className !== "global") locals.add("this");
  return {
    locals: [...locals],
    closure: [...closure],
    module: [...module],
    session: [...session],
  };
}

/** What stands before every name of the kernel's in code that was compiled from this text: see `Walker`. */
function prefixOf(emitted: string): string {
  let prefix = "$$";
  while (emitted.includes(prefix)) prefix += "$";
  return prefix;
}
