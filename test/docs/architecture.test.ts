import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The files of our own below a folder, from the repository's root, with "/" between folders. */
function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (["node_modules", "dist"].includes(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path.split(sep).join("/")];
  });
}

const files = ["packages", "docs", "test", "scripts", "bench", "notebooks", "deploy"].flatMap(filesBelow);

/** Made by a build, or placeholders of a recipe. */
const made = /(^|\/)(dist|site|\.cache)\/|^assets\/|NAME|NN-name|\.generated\./;

const pages = [
  "docs/architecture.md",
  "CONTRIBUTING.md",
  "packages/core/src/algebra/README.md",
  "packages/core/src/fuse/README.md",
  "packages/core/assembly/README.md",
];

test.each(pages)("every file and folder that %s names is there", (page) => {
  const text = readFileSync(join(root, page), "utf8").replaceAll(/```[\s\S]*?```/g, "");
  const named = [...text.matchAll(/`([\w./-]+(?:\.(?:tsx?|mjs|py|md|ipynb)|\/))`/g)].map(
    ([, name = ""]) => name,
  );
  expect(named.length).toBeGreaterThan(0);
  const missing = named
    .filter((name) => !made.test(name))
    .filter((name) => {
      const isThere = [root, join(root, dirname(page))].some((folder) => existsSync(join(folder, name)));
      return !isThere && !files.some((file) => `/${file}`.includes(`/${name}`));
    });
  expect(missing).toEqual([]);
});

test("a folder of sources with more than about fifteen files has a reason for it in the map", () => {
  const counts = new Map<string, number>();
  for (const file of files.filter((name) => /^packages\/[^/]+\/src\/.*\.tsx?$/.test(name))) {
    const folder = relative("packages", dirname(file)).split(sep).join("/");
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  const large = [...counts].filter(([, count]) => count > 16).map(([folder]) => folder);
  const text = readFileSync(join(root, "docs/architecture.md"), "utf8");
  const section = text.split("## Folders with many files")[1]?.split("\n## ")[0] ?? "";
  const explained = [...section.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, folder = ""]) => folder),
  );
  expect([...explained].sort()).toEqual([...large].sort());
});
