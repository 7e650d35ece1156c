import { readFileSync } from "node:fs";
import type { Json } from "./session/types.js";

/** A command line without its parameters, and these. */
export interface ParameterArguments {
  readonly rest: readonly string[];
  readonly values: { readonly [name: string]: Json };
}

/**
 * Takes `-p NAME VALUE` out of a command line: two words, of which the second may begin with a dash.
 * @throws Error if a word is missing.
 */
export function takeParameters(args: readonly string[]): ParameterArguments {
  const rest: string[] = [];
  const values: { [name: string]: Json } = {};
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as string;
    if (arg !== "-p") {
      rest.push(arg);
      continue;
    }
    const [name, value] = args.slice(at + 1, at + 3);
    if (name === undefined || value === undefined) throw new Error("-p takes a NAME and a VALUE");
    values[name] = typed(value);
    at += 2;
  }
  return { rest, values };
}

/** What papermill takes a word for: a truth value, nothing, a number or text. */
function typed(word: string): Json {
  if (/^(true|false)$/i.test(word)) return word.toLowerCase() === "true";
  if (/^(none|null)$/i.test(word)) return null;
  if (/^nan$/i.test(word)) return Number.NaN;
  const [, sign, infinite] = /^([+-]?)(inf(?:inity)?)$/i.exec(word) ?? [];
  if (infinite !== undefined) return sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word) ? Number(word) : word;
}

/**
 * Reads parameters from a file of JSON.
 * @throws Error if it holds anything but one object.
 */
export function readParameters(file: string): { readonly [name: string]: Json } {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new Error(`--parameters: a JSON file is read; got ${file} (${(cause as Error).message})`, {
      cause,
    });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error(`--parameters: the file holds one object of names and values; got ${file}`);
  return value as { readonly [name: string]: Json };
}
