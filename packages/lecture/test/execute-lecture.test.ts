import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { executeLecture } from "../src/execute-lecture.js";
import { code, lectureFolder, notebook } from "./notebooks.js";

const files = {
  "01-good.ipynb": notebook(code("console.log(1 + 1)")),
  "02-failing.ipynb": notebook(
    code("const a = 1;"),
    code("const b = a;\nthrow new RangeError('no ' + b);"),
    code("console.log('never')"),
  ),
  "03-broken.ipynb": "{",
};
const folder = lectureFolder(files);
const executed = join(folder, "executed");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a lecture with a failing and a broken notebook: each is named, the good one is written, the sources stay", async () => {
  const said: string[] = [];
  const runs = await executeLecture(folder, executed, { write: (text) => said.push(text) });
  expect(runs.map((run) => run.status)).toEqual(["ok", "failed", "broken", "ok", "failed", "broken"]);
  const lines = said.join("");
  expect(lines).toMatch(/^✓ 01-good\.ipynb {2}\d+\.\d s$/m);
  expect(lines).toMatch(
    /^✗ 02-failing\.ipynb {2}failed after \d+\.\d s at cell 2, line 2: throw new RangeError\('no ' \+ b\);\n {4}RangeError: no 1$/m,
  );
  expect(lines).toMatch(/^✗ 03-broken\.ipynb {2}.*not JSON/m);
  expect(JSON.parse(readFileSync(join(executed, "01-good.ipynb"), "utf8")).cells[0].outputs).toEqual([
    { name: "stdout", output_type: "stream", text: ["2\n"] },
  ]);
  expect(existsSync(join(executed, "03-broken.ipynb"))).toBe(false);
  for (const [name, content] of Object.entries(files)) {
    expect(readFileSync(join(folder, name), "utf8")).toBe(content);
  }
}, 60_000);
