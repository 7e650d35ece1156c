import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readNotebook } from "@convfuse/kernel";
import { afterAll, expect, test } from "vitest";
import { executeLecture } from "../src/execute-lecture.js";
import { code, lectureFolder, markdown, notebook, type StoredCell } from "./notebooks.js";

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
const translated = lectureFolder({});
afterAll(() => {
  for (const made of [folder, translated]) rmSync(made, { recursive: true, force: true });
});

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
});

test("the same code runs once for all languages, other code for itself", async () => {
  const write = (name: string, ...cells: readonly StoredCell[]): void =>
    writeFileSync(join(translated, name), notebook(...cells));
  const random = code("Math.random()");
  write("01-same.ipynb", markdown("# One"), random);
  write("zh-CN/01-same.ipynb", markdown("# 一"), markdown("另一段"), random);
  write("02-other.ipynb", markdown("# Two"), random);
  write("zh-CN/02-other.ipynb", markdown("# 二"), code("Math.random() + 1"));
  const output = join(translated, "executed");
  const runs = await executeLecture(translated, output, { write: () => {} });
  expect(runs.map((run) => [run.file, run.status])).toEqual(
    ["01-same.ipynb", "02-other.ipynb", "zh-CN/01-same.ipynb", "zh-CN/02-other.ipynb"].map((name) => [
      join(translated, name),
      "ok",
    ]),
  );
  const read = (name: string) => readNotebook(join(output, name)).cells;
  const last = (name: string) => read(name).at(-1);
  expect(last("zh-CN/01-same.ipynb")).toEqual(last("01-same.ipynb"));
  expect(read("zh-CN/01-same.ipynb").map(({ source }) => source)).toEqual([
    "# 一",
    "另一段",
    "Math.random()",
  ]);
  expect(last("zh-CN/02-other.ipynb")).not.toMatchObject({ outputs: [] });
  expect(last("zh-CN/02-other.ipynb")).not.toEqual(last("02-other.ipynb"));
});
