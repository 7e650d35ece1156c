import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  claimSnapshot,
  passClaim,
  pruneSnapshots,
  releaseSnapshot,
  touchSnapshot,
} from "../../src/session/node/snapshot-cache.js";

const hour = 60 * 60 * 1000;
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
  touchSnapshot(file, now - hours * hour);
  return name;
}
const blob = (digit: string): string => `checker-${digit.repeat(16)}.blob`;

test("snapshots take 200 MB at most: those used longest ago go", () => {
  for (const hours of [9, 1, 4, 2, 3]) {
    used(hours, blob(String(hours)));
    truncateSync(join(folder, blob(String(hours))), 45e6);
    touchSnapshot(join(folder, blob(String(hours))), now - hours * hour);
  }
  pruneSnapshots(folder, blob("9"), now);
  expect(readdirSync(folder).sort()).toEqual(["1", "2", "3", "9"].map(blob));
});

test("what was not used for 30 days goes, but for the current one", () => {
  used(40 * 24, blob("0"));
  used(31 * 24, blob("1"));
  used(29 * 24, blob("2"));
  pruneSnapshots(folder, blob("0"), now);
  expect(readdirSync(folder).sort()).toEqual(["0", "2"].map(blob));
});

test("what a killed maker left goes, and nobody else's files do", () => {
  const { pid: dead } = spawnSync(process.execPath, ["--version"]);
  const kept = [
    used(0, `${blob("1")}.${process.pid}`),
    used(0, `${blob("1")}.${process.pid}.cjs`),
    used(9999, "history.db"),
  ];
  used(0, `${blob("2")}.${dead}`);
  used(0, `${blob("2")}.${dead}.cjs`);
  writeFileSync(join(folder, `${blob("2")}.lock`), String(dead));
  writeFileSync(join(folder, `${blob("1")}.lock`), String(process.pid));
  pruneSnapshots(folder, blob("0"), now);
  expect(readdirSync(folder).sort()).toEqual([...kept, `${blob("1")}.lock`].sort());
});

test("one process at a time may make a snapshot", () => {
  const file = join(folder, blob("0"));
  expect(Array.from({ length: 20 }, () => claimSnapshot(file)).filter((isOurs) => isOurs)).toHaveLength(1);
  releaseSnapshot(file);
  expect(existsSync(`${file}.lock`)).toBe(false);
  expect(claimSnapshot(file)).toBe(true);
});

test("the claim of a process that was killed, or that takes for ever, is void", () => {
  const file = join(folder, blob("0"));
  const { pid } = spawnSync(process.execPath, ["--version"]);
  writeFileSync(`${file}.lock`, String(pid));
  expect(claimSnapshot(file)).toBe(true);
  expect(claimSnapshot(file, now + hour)).toBe(true);
  // Handed over to one that has ended without a word.
  passClaim(file, pid);
  expect(claimSnapshot(file)).toBe(true);
});
