import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Mutant } from "../mutants/mutant.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, "utf8");

const sources = readdirSync(`${root}packages`).flatMap((name) =>
  readdirSync(`${root}packages/${name}`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && ["src", "assembly"].includes(entry.name))
    .flatMap((folder) => {
      const path = `packages/${name}/${folder.name}`;
      const files = readdirSync(`${root}${path}`, { recursive: true, encoding: "utf8" });
      return files.map((file) => `${path}/${file.replaceAll("\\", "/")}`);
    })
    .filter((file) => /\.tsx?$/.test(file) && !/\/schema\/|\.generated\./.test(file)),
);

test("comments are within the formatter's width, but for examples and drawings", () => {
  const { lineWidth } = JSON.parse(read("biome.json")).formatter;
  const wide = sources.flatMap((file) => {
    let inExample = false;
    return read(file)
      .split("\n")
      .flatMap((line, at) => {
        const comment = /^\s*(\/\*\*?|\*|\/\/)(?<text>.*)/.exec(line)?.groups?.text;
        if (comment === undefined) return [];
        if (/^\s*@/.test(comment)) inExample = /@example/.test(comment);
        if (line.trim().startsWith("/**") || line.trim().startsWith("/*")) inExample = false;
        const isFree = inExample || /[│─]/.test(line);
        return line.length > lineWidth && !isFree ? [`${file}:${at + 1}`] : [];
      });
  });
  expect(sources.length).toBeGreaterThan(100);
  expect(wide).toEqual([]);
});

test("every known bug is still possible in one place of the sources", async () => {
  const lists = readdirSync(`${root}test/mutants`).filter(
    (name) => !["mutant.mjs", "mutants.mjs", "vitest.config.mjs"].includes(name),
  );
  const modules: readonly Readonly<Record<string, readonly Mutant[]>>[] = await Promise.all(
    lists.map((name) => import(`../mutants/${name}`)),
  );
  const mutants = modules.flatMap((module) => Object.values(module).flat());
  expect(mutants.length).toBeGreaterThan(150);
  const misfits = mutants
    .filter(({ file, find }) => read(file).split(find).length !== 2)
    .map(({ name }) => name);
  expect(misfits).toEqual([]);
});
