import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import {
  contentsFile,
  holdsImports,
  importsFile,
  lacksImports,
  rememberedImports,
  rememberImports,
} from "../../src/session/node/imports-record.js";
import { pruneSnapshots } from "../../src/session/node/snapshot-cache.js";
import { scratchFolder, writeFiles } from "../scratch.js";

const folder = scratchFolder("record");
let count = 0;
const newSnapshot = (): string => join(folder, `checker-${String(++count).padStart(16, "0")}.blob`);
const [one, two] = ["one", "two"].map((name) => join(folder, `node_modules/${name}/types/i.d.ts`)) as [
  string,
  string,
];
const install = (version: string): void =>
  writeFiles(folder, {
    "node_modules/one/package.json": JSON.stringify({ name: "one", version }),
    "node_modules/two/package.json": JSON.stringify({ name: "two", version: "1.0.0" }),
  });
const paths = (snapshot: string): readonly string[] => rememberedImports(snapshot).map(({ path }) => path);
const hold = (snapshot: string, isFull: boolean): void =>
  writeFileSync(contentsFile(snapshot), JSON.stringify({ imports: rememberedImports(snapshot), isFull }));
install("1.0.0");

it("imports are remembered, the latest first, and no more than a few", () => {
  const snapshot = newSnapshot();
  expect(lacksImports(snapshot)).toBe(false);
  rememberImports(snapshot, [one], true);
  rememberImports(snapshot, [two], true);
  expect(paths(snapshot)).toEqual([two, one]);
  // One that is read at once is not, unless it was large before: a snapshot holds it now.
  rememberImports(snapshot, [one, join(folder, "small.d.ts")], false);
  expect(paths(snapshot)).toEqual([one, two]);
  rememberImports(
    snapshot,
    Array.from({ length: 40 }, (_, n) => `${n}`),
    true,
  );
  expect(paths(snapshot)).toHaveLength(32);
  expect(readdirSync(folder).filter((name) => /\.\d+\.imports$/.test(name))).toEqual([]);
});

it("a snapshot lacks what was imported since it was made, also another version of it", () => {
  const snapshot = newSnapshot();
  rememberImports(snapshot, [one], true);
  expect(lacksImports(snapshot)).toBe(true);
  hold(snapshot, false);
  expect(lacksImports(snapshot)).toBe(false);
  expect(holdsImports(snapshot)).toBe(true);
  rememberImports(snapshot, [two], true);
  expect(lacksImports(snapshot)).toBe(true);
  hold(snapshot, false);
  install("2.0.0");
  expect(lacksImports(snapshot)).toBe(false);
  rememberImports(snapshot, [one], true);
  expect(lacksImports(snapshot)).toBe(true);
  install("1.0.0");
});

it("one that is full is made anew once an hour at most", () => {
  const snapshot = newSnapshot();
  rememberImports(snapshot, [one], true);
  hold(snapshot, true);
  rememberImports(snapshot, [two], true);
  const { mtimeMs } = statSync(contentsFile(snapshot));
  expect(lacksImports(snapshot, mtimeMs + 59 * 60 * 1000)).toBe(false);
  expect(lacksImports(snapshot, mtimeMs + 60 * 60 * 1000)).toBe(true);
});

it.each(["", "[", "null", "7", '"text"', "[1, null, {}]", '{ "imports": 1 }'])(
  "what is no record says nothing: %j",
  (text) => {
    const snapshot = newSnapshot();
    writeFileSync(importsFile(snapshot), text);
    writeFileSync(contentsFile(snapshot), text);
    expect(rememberedImports(snapshot)).toEqual([]);
    expect(lacksImports(snapshot)).toBe(false);
    expect(holdsImports(snapshot)).toBe(false);
  },
);

it("what is said of a snapshot goes with it, or when nobody has used it", () => {
  const [current, unused, coming, gone] = [newSnapshot(), newSnapshot(), newSnapshot(), newSnapshot()];
  const month = 30 * 24 * 60 * 60 * 1000;
  for (const snapshot of [current, unused]) writeFileSync(snapshot, "");
  for (const snapshot of [current, unused, coming, gone]) rememberImports(snapshot, [one], true);
  hold(unused, false);
  const old = (Date.now() - month - 1000) / 1000;
  for (const file of [unused, importsFile(gone), importsFile(current)]) utimesSync(file, old, old);
  pruneSnapshots(folder, current.slice(folder.length + 1));
  expect([unused, importsFile(unused), contentsFile(unused), importsFile(gone)].some(existsSync)).toBe(false);
  expect([current, importsFile(current), importsFile(coming)].every(existsSync)).toBe(true);
});
