import { isProxy } from "#host/runtime/inspect.js";
import type { Variable } from "../../types.js";
import { current, has } from "../boxes.js";
import { safeInspect } from "../errors/thrown.js";

/** The most parts that are listed at once: of a value with more, they come in ranges. */
const most = 1000;
/** The most characters of a value in a list. */
const longest = 200;
/** What whoever lists the scopes of a stopped program calls these by lies below. */
const firstReference = 1000;

/** A value whose parts can be asked for, or a range of them. */
interface Opened {
  readonly value: object;
  readonly from: number;
  readonly to: number;
}

/** What can be asked for, until the list is made anew. */
const opened = new Map<number, Opened>();

/** Forgets what was listed: nobody asks for its parts any more. */
export function forgetListed(): void {
  opened.clear();
}

/** The session's variables among these names, in the order of the alphabet. */
export function sessionVariables(names: readonly string[]): readonly Variable[] {
  return names
    .filter(has)
    .sort()
    .map((name) => describe(name, current(name), name));
}

/**
 * What a value holds that was listed: nothing is run for it, no getter and no proxy. Of more than a thousand
 * parts there are ranges, which hold ranges or parts; `start` and `count` ask for parts by their number,
 * whatever the ranges are.
 */
export function childrenOf(reference: number, start = 0, count = 0): readonly Variable[] {
  const found = opened.get(reference);
  if (found === undefined) return [];
  const parts = partsOf(found.value);
  const from = found.from + start;
  const to = Math.min(found.to, count > 0 ? from + count : found.to);
  if (count === 0 && to - from > most) return ranges(found.value, from, to);
  return parts.slice(from, to);
}

function ranges(value: object, from: number, to: number): readonly Variable[] {
  let size = most;
  while ((to - from) / size > most) size *= most;
  return Array.from({ length: Math.ceil((to - from) / size) }, (_, at) => {
    const start = from + at * size;
    const end = Math.min(start + size, to);
    const name = `[${start} … ${end - 1}]`;
    return { name, value: "", type: "", reference: remember({ value, from: start, to: end }) };
  });
}

/** The parts of a value, in their order. */
interface Parts {
  readonly count: number;
  slice(from: number, to: number): readonly Variable[];
}

function partsOf(value: object): Parts {
  if (value instanceof Map)
    return iterated(value.size, value.entries(), ([key, item], at) => describe(`${at}: ${line(key)}`, item));
  if (value instanceof Set)
    return iterated(value.size, value.values(), (item, at) => describe(String(at), item));
  const length = lengthOf(value);
  // A long list's numbers are not all read.
  const names = length > most ? undefined : ownNames(value);
  return {
    count: names?.length ?? length,
    slice: (from, to) =>
      (names?.slice(from, to) ?? Array.from({ length: to - from }, (_, at) => String(from + at))).map(
        (name) => property(value, name),
      ),
  };
}

function iterated<T>(
  count: number,
  items: IterableIterator<T>,
  part: (item: T, at: number) => Variable,
): Parts {
  return {
    count,
    slice(from, to) {
      const listed: Variable[] = [];
      let at = 0;
      for (const item of items) {
        if (at >= to) break;
        if (at >= from) listed.push(part(item, at));
        at++;
      }
      return listed;
    },
  };
}

function property(value: object, name: string): Variable {
  const found = Object.getOwnPropertyDescriptor(value, name);
  if (!found) return { name, value: "[Empty]", type: "", reference: 0 };
  return "value" in found ? describe(name, found.value) : { name, value: "[Getter]", type: "", reference: 0 };
}

function lengthOf(value: object): number {
  if (ArrayBuffer.isView(value)) return (value as Uint8Array).length ?? 0;
  return Array.isArray(value) ? value.length : 0;
}

function ownNames(value: object): readonly string[] {
  return Object.getOwnPropertyNames(value).filter((name) => !(Array.isArray(value) && name === "length"));
}

/** A value in a list. */
export function describe(name: string, value: unknown, evaluateName?: string): Variable {
  const count = isOpenable(value) ? partsOf(value).count : 0;
  return {
    name,
    value: line(value),
    type: typeOf(value),
    reference: count > 0 ? remember({ value: value as object, from: 0, to: count }) : 0,
    ...(evaluateName === undefined ? {} : { evaluateName }),
  };
}

function isOpenable(value: unknown): value is object {
  return typeof value === "object" && value !== null && !isProxy(value);
}

function remember(part: Opened): number {
  const reference = firstReference + opened.size;
  opened.set(reference, part);
  return reference;
}

function line(value: unknown): string {
  const options = {
    depth: 0,
    maxArrayLength: 10,
    maxStringLength: longest,
    breakLength: Number.POSITIVE_INFINITY,
  };
  const text = safeInspect(value, options).replace(/\s*\n\s*/g, " ");
  return text.length > longest ? `${text.slice(0, longest)}...` : text;
}

/** The class of an object, without asking it; of a tensor its numbers' type and its shape. */
function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  if (isProxy(value)) return "Proxy";
  return tensorType(value) ?? className(value);
}

/** An ndarray is a view of a list of numbers: `data`, `shape`, `stride`, `offset`. */
function tensorType(value: object): string | undefined {
  const [data, shape, stride] = ["data", "shape", "stride"].map(
    (name): unknown => Object.getOwnPropertyDescriptor(value, name)?.value,
  );
  const isList = (list: unknown): list is readonly unknown[] => Array.isArray(list) && !isProxy(list);
  if (!isList(shape) || !isList(stride) || shape.length !== stride.length) return undefined;
  if (!shape.every((size) => typeof size === "number") || typeof data !== "object" || data === null)
    return undefined;
  if (isProxy(data) || !(ArrayBuffer.isView(data) || Array.isArray(data))) return undefined;
  const numbers = className(data)
    .replace(/Array$/, "")
    .toLowerCase();
  return `${numbers === "" ? "array" : numbers} [${shape.join(", ")}]`;
}

function className(value: object): string {
  for (
    let at = Object.getPrototypeOf(value) as object | null;
    at !== null;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    if (isProxy(at)) break;
    const maker: unknown = Object.getOwnPropertyDescriptor(at, "constructor")?.value;
    const name: unknown =
      typeof maker === "function" && !isProxy(maker)
        ? Object.getOwnPropertyDescriptor(maker, "name")?.value
        : undefined;
    if (typeof name === "string" && name !== "") return name;
  }
  return "object";
}
