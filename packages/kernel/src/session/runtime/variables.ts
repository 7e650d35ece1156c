import { isProxy } from "#host/runtime/inspect.js";
import type { Variable } from "../types.js";
import { current, has } from "./boxes.js";
import { safeInspect } from "./thrown.js";

/** The most children that are listed. */
const most = 1000;
/** The most characters of a value in a list. */
const longest = 200;

/** Values whose children can be asked for, until the list is made anew. */
const opened = new Map<number, object>();

/** The session's variables among these names, in the order of the alphabet. */
export function sessionVariables(names: readonly string[]): readonly Variable[] {
  opened.clear();
  return names
    .filter(has)
    .sort()
    .map((name) => describe(name, current(name), name));
}

/** What a value holds that was listed: nothing is run for it, no getter and no proxy. */
export function childrenOf(reference: number): readonly Variable[] {
  const value = opened.get(reference);
  if (value === undefined) return [];
  if (value instanceof Map)
    return cut([...value]).map(([key, item], at) => describe(`${at}: ${line(key)}`, item));
  if (value instanceof Set) return cut([...value]).map((item, at) => describe(String(at), item));
  return cut(ownNames(value)).map((name) => {
    const property = Object.getOwnPropertyDescriptor(value, name);
    return property && "value" in property
      ? describe(name, property.value)
      : { name, value: "[Getter]", type: "", reference: 0 };
  });
}

function cut<T>(list: readonly T[]): readonly T[] {
  return list.length > most ? list.slice(0, most) : list;
}

/** A long list's numbers are not all read. */
function ownNames(value: object): readonly string[] {
  const length = ArrayBuffer.isView(value)
    ? (value as Uint8Array).length
    : Array.isArray(value)
      ? value.length
      : 0;
  if (length > most) return Array.from({ length: most }, (_, at) => String(at));
  return Object.getOwnPropertyNames(value).filter((name) => !(Array.isArray(value) && name === "length"));
}

function describe(name: string, value: unknown, evaluateName?: string): Variable {
  return {
    name,
    value: line(value),
    type: typeOf(value),
    reference: isOpenable(value) ? remember(value) : 0,
    ...(evaluateName === undefined ? {} : { evaluateName }),
  };
}

function isOpenable(value: unknown): value is object {
  if (typeof value !== "object" || value === null || isProxy(value)) return false;
  if (value instanceof Map || value instanceof Set) return value.size > 0;
  return ownNames(value).length > 0;
}

function remember(value: object): number {
  const reference = opened.size + 1;
  opened.set(reference, value);
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

/** The class of an object, without asking it. */
function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  if (isProxy(value)) return "Proxy";
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
