import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const main = fileURLToPath(new URL("../bench/main.mjs", import.meta.url));

it("the benchmark comes to its end, and measures all that it announces", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...[main, "--rounds", "1", "--repeats", "1", "--cells", "1", "--imports", "zod"],
  ]);
  const rows = stdout.split("\n").filter((line) => /\s\d/.test(line));
  const row = (label: string): readonly number[] =>
    (rows.find((line) => line.startsWith(label)) ?? "").match(/-?\d+\.\d+/g)?.map(Number) ?? [];
  for (const label of ["start to first result", "1 + 1, a cell not seen before", "completion"]) {
    expect(row(label), label).toHaveLength(3);
    for (const time of row(label)) expect(time, label).toBeGreaterThan(0);
  }
  expect(row("zod")).toHaveLength(5);
  for (const time of row("zod")) expect(time).toBeGreaterThan(0);
  expect(stdout).not.toMatch(/NaN|Infinity|undefined/);
}, 600_000);
