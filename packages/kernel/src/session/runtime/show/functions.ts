import { writtenAs } from "../errors/stack.js";
import { safeInspect } from "../errors/thrown.js";

/** Of a longer function the beginning is shown. */
const mostLines = 30;
const longest = 3000;

/** As Node prints a function, and, of one that a cell wrote, what the cell says. A class is only named. */
export function functionText(value: (...parameters: never) => unknown): string {
  const label = safeInspect(value);
  if (!label.startsWith("[") || label.startsWith("[class")) return label;
  const text = writtenAs(Function.prototype.toString.call(value));
  if (text === undefined) return label;
  const lines = text.slice(0, longest).split("\n");
  const isCut = lines.length > mostLines || text.length > longest;
  const shown = lines.slice(0, mostLines).join("\n") + (isCut ? "\n..." : "");
  return `${label}${shown.includes("\n") ? "\n" : " "}${shown}`;
}
