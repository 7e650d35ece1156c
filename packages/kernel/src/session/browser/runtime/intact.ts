import type { PutBack } from "../../messages.js";
import { noteObjects, putBackObjects } from "../../runtime/own-objects.js";

let tellFault: (fault: string) => void = () => {};

/**
 * Before any cell runs.
 * @param onFault hears that something cannot be put back
 */
export function noteIntact(onFault: (fault: string) => void): void {
  tellFault = onFault;
  const ofWorkers =
    "Event EventTarget MessageChannel MessageEvent MessagePort TextDecoder TextEncoder XMLHttpRequest";
  noteObjects(ofWorkers.split(" "));
}

/**
 * Cells share the language's own objects with the checker, and with all that shows outputs: what a cell does
 * to them is for as long as it runs.
 */
export function putBack(): PutBack {
  const { changed, stuck } = putBackObjects();
  if (stuck === "")
    return { said: changed === "" ? "" : `${changed}: put back, as the checker stands on it too`, fault: "" };
  const fault = `${stuck}: replaced for good, and the checker stands on it too; nothing runs before a new start`;
  tellFault(fault);
  return { said: "", fault };
}
