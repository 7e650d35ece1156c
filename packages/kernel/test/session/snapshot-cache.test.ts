import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { claimSnapshot, pruneSnapshots, touchSnapshot } from "../../src/session/snapshot-cache.js";

const HOUR = 60 * 60 * 1000;
const now = Date.now();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "convfuse-cache-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A file that was used so many hours ago. */
function used(hours: number, name: string): string {
  const file = join(folder, name);
  writeFileSync(file, "");
  touchSnapshot(file, now - hours * HOUR);
  return name;
}
const blob = (digit: string): string => `checker-${digit.repeat(16)}.blob`;

test("the current snapshot and the three others used last stay", () => {
  used(9, blob("0"));
  for (const hours of [5, 1, 4, 2, 3]) used(hours, blob(String(hours)));
  pruneSnapshots(folder, blob("0"), now);
  expect(readdirSync(folder).sort()).toEqual(["0", "1", "2", "3"].map(blob));
});

test("what was not used for 30 days goes, but for the current one", () => {
  used(40 * 24, blob("0"));
  used(31 * 24, blob("1"));
  used(29 * 24, blob("2"));
  pruneSnapshots(folder, blob("0"), now);
  expect(readdirSync(folder).sort()).toEqual(["0", "2"].map(blob));
});

test("what a killed maker left goes after a day, and nobody else's files do", () => {
  const kept = [used(1, `${blob("1")}.17`), used(1, `${blob("1")}.17.cjs`), used(9999, "history.db")];
  used(25, `${blob("2")}.18`);
  used(25, `${blob("2")}.18.cjs`);
  pruneSnapshots(folder, blob("0"), now);
  expect(readdirSync(folder).sort()).toEqual(kept);
});

test("one process at a time may make a snapshot", () => {
  const file = join(folder, blob("0"));
  const release = claimSnapshot(file);
  expect(claimSnapshot(file)).toBeUndefined();
  release?.();
  expect(existsSync(`${file}.lock`)).toBe(false);
  expect(claimSnapshot(file)).toBeTypeOf("function");
});

test("the claim of a process that was killed, or that takes for ever, is void", () => {
  const file = join(folder, blob("0"));
  const { pid } = spawnSync(process.execPath, ["--version"]);
  writeFileSync(`${file}.lock`, String(pid));
  expect(claimSnapshot(file)).toBeTypeOf("function");
  expect(claimSnapshot(file, now + HOUR)).toBeTypeOf("function");
});
