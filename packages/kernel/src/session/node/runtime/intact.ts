import type { PutBack } from "../../messages.js";
import { noteObjects, putBackObjects } from "../../runtime/own-objects.js";

const { deleteProperty, getOwnPropertyDescriptor } = Reflect;
const root = Object.prototype;
const none: PutBack = { said: "", fault: "" };

/** Before any cell runs. */
export function noteIntact(): void {
  noteObjects([]);
}

/**
 * The checker is another process, so what a cell does to the language's own objects stays, as in any program,
 * as long as they do their work: many packages replace some by others that do more. What no longer works is
 * put back, all of it.
 */
export function putBack(): PutBack {
  // With that every `await` takes every object for a promise.
  const isThenable = getOwnPropertyDescriptor(root, "then") !== undefined;
  if (!isThenable && works()) return none;
  if (isThenable && deleteProperty(root, "then") && works())
    return { said: "Object.prototype.then: taken away again, as every await would wait for it", fault: "" };
  const { changed, stuck } = putBackObjects();
  return {
    said: changed === "" ? "" : `${changed}: put back, as nothing that the kernel stands on worked any more`,
    fault: stuck === "" ? "" : `${stuck}: replaced for good, and the kernel stands on it; restart the kernel`,
  };
}

/** Whether what the kernel uses between cells still does what it is for. */
function works(): boolean {
  try {
    const map = new Map([["a", 1]]).set("b", 2);
    const set = new Set([...map.keys()]);
    const weak = new WeakMap([[map, "weak"]]);
    const { a, ...rest } = Object.fromEntries(map.entries()) as { a: number; b: number };
    const [first] = [..."xy"].map((letter) => letter.toUpperCase()).filter((letter) => letter !== "Y");
    const text = JSON.stringify([a, Object.assign({}, rest), first, weak.get(map)]);
    const added = [3].concat([4]);
    added.push(5);
    const grown: number[] = [];
    grown[0] = 6;
    return (
      text === '[1,{"b":2},"X","weak"]' &&
      set.has("b") &&
      map.get("b") === 2 &&
      grown.join() === "6" &&
      map.delete("a") &&
      map.size === 1 &&
      !map.has("a") &&
      added.slice(1).join() === "4,5" &&
      Array.isArray(added) &&
      Object.hasOwn(rest, "b") &&
      /^(x)y$/u.exec("xy")?.[1] === "x" &&
      "a-b".replace(/-/g, "+").split("+").length === 2 &&
      Math.min(1, Math.max(0, 2)) === 1 &&
      Reflect.ownKeys(rest).length === 1 &&
      new Error("e").message === "e" &&
      new Uint8Array([7]).at(0) === 7 &&
      Promise.resolve(1) instanceof Promise &&
      Symbol("s").toString() === "Symbol(s)" &&
      ((x: number): number => x).call(undefined, 1) === 1 &&
      String(1) === "1" &&
      Number("1") === 1
    );
  } catch {
    return false;
  }
}
