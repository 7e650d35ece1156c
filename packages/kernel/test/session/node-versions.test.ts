import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import ts from "typescript6";
import { expect, test } from "vitest";
import { Libraries } from "../../src/session/checker/program/libraries.js";
import { nodeVersions } from "../../src/session/checker/program/node-versions.js";

const major = Number(process.versions.node.split(".")[0]);
const folder = dirname(createRequire(import.meta.url).resolve("typescript6"));

/** Whether a name as one writes it is there; `Iterator.prototype` has no name of its own in Node 20. */
function exists(name: string): boolean {
  const iterator: unknown = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
  const parts = name.split(".");
  const last = parts.pop() as string;
  let at: unknown = globalThis;
  if (parts.join(".") === "Iterator.prototype") at = iterator;
  else for (const part of parts) at = (at as { [key: string]: unknown } | undefined)?.[part];
  return at !== undefined && last in Object(at);
}

test("each name is there from its version of Node on", () => {
  const wrong = Object.entries(nodeVersions).filter(
    ([name, since]) => exists(name) !== major >= (since ?? 0),
  );
  expect(wrong).toEqual([]);
});

test("JavaScript's library keeps its lines, and what it names is there", () => {
  const libraries = new Libraries(ts);
  for (const name of ["lib.es2025.collection.d.ts", "lib.es2024.object.d.ts", "lib.es2025.iterator.d.ts"]) {
    const text = readFileSync(join(folder, name), "utf8");
    const snapshot = libraries.snapshot(join(folder, name), () => text);
    const reduced = snapshot?.getText(0, snapshot.getLength()) ?? "";
    expect(reduced.length).toBe(text.length);
    expect(reduced.split("\n").length).toBe(text.split("\n").length);
  }
  const sets = libraries.snapshot(join(folder, "lib.es2025.collection.d.ts"), () => undefined);
  expect(sets?.getText(0, sets.getLength()).includes("union<U>")).toBe(major >= 22);
});
