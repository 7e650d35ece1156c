import { type InspectOptions, inspect, isNativeError, isProxy } from "#host/runtime/inspect.js";
import type { CellError } from "../../types.js";
import { stackOf } from "./stack.js";

/** An error whose message says it all. */
export class PlainError extends Error {}

/** The session itself cannot go on. */
export class KernelError extends PlainError {
  override readonly name = "KernelError";
}

/** How deep a chain of causes is followed. */
const deepestCause = 8;

/** Describes whatever was thrown: an error with its frames and causes, or any other value. */
export function describeThrown(thrown: unknown): CellError {
  try {
    if (isError(thrown)) return describeError(thrown);
    const evalue = safeInspect(thrown);
    return { ename: "Uncaught", evalue, traceback: [`Uncaught ${evalue}`] };
  } catch (fault) {
    const evalue = `a value that cannot be shown: ${fault instanceof Error ? fault.message : "it throws"}`;
    return { ename: "Uncaught", evalue, traceback: [`Uncaught ${evalue}`] };
  }
}

function isError(value: unknown): value is Error {
  return isNativeError(value) || (!isProxy(value) && value instanceof Error);
}

function describeError(error: Error): CellError {
  const ename = plainNames(String(error.name || error.constructor?.name || "Error"));
  const evalue = plainNames(String(error.message));
  return { ename, evalue, traceback: traceback(error, 0) };
}

function traceback(error: Error, depth: number): string[] {
  const written = stackOf(error);
  const stack = typeof written === "string" ? written : "";
  const at = stack.search(/^ {4}at /m);
  const frames = at < 0 ? [] : stack.slice(at).split("\n");
  const head = at < 0 ? String(error) : stack.slice(0, at).trimEnd();
  const own = ownProperties(error);
  const lines = [plainNames(head === "" ? String(error) : head), ...frames, ...own];
  if (error instanceof AggregateError && depth < deepestCause)
    error.errors.forEach((inner: unknown, index: number) => {
      lines.push(...nested(`  [errors ${index}]: `, inner, depth));
    });
  if (error.cause !== undefined && depth < deepestCause)
    lines.push(...nested("  [cause]: ", error.cause, depth));
  return lines;
}

function nested(label: string, value: unknown, depth: number): string[] {
  const lines = isError(value) ? traceback(value, depth + 1) : [safeInspect(value)];
  return lines.map((line, index) => (index === 0 ? label : "  ") + line);
}

/** What an error carries beside name and message, as `code` and `path` of a failed file access. */
function ownProperties(error: Error): string[] {
  const shown = Object.entries(error).filter(
    ([key]) => !["name", "message", "stack", "cause", "errors"].includes(key),
  );
  return shown.slice(0, 20).map(([key, value]) => `  ${key}: ${safeInspect(value).split("\n", 1)[0]}`);
}

/** V8 quotes the code that it ran, where a session's name `f` stands as `$$f.v`. */
function plainNames(message: string): string {
  return message.replace(/\(0 , \${2,}([\w$]+)\.v\)/g, "$1").replace(/\${2,}([A-Za-z_]\w*)\.v\b/g, "$1");
}

/** `inspect` that survives throwing getters, proxies and broken custom inspectors. */
export function safeInspect(value: unknown, options: InspectOptions = {}): string {
  try {
    return inspect(value, {
      colors: false,
      depth: 4,
      maxArrayLength: 100,
      maxStringLength: 100_000,
      breakLength: 80,
      ...options,
    });
  } catch {
    try {
      return inspect(value, { colors: false, depth: 1, customInspect: false, maxArrayLength: 100 });
    } catch (fault) {
      return `[${typeof value} that cannot be shown: ${fault instanceof Error ? fault.message : "it throws"}]`;
    }
  }
}
