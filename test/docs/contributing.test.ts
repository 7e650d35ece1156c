import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript6";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const text = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");

interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
}

/** The cells of all rows of the tables below a heading, down to the next heading of the same depth. */
function rows(heading: string): string[][] {
  const section = text.split(/^## /m).find((part) => part.startsWith(heading)) ?? "";
  const lines = section.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| ---"));
  return lines.map((line) => line.split("|").map((cell) => cell.trim()));
}

/** Texts between backticks. */
function quoted(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] as string);
}

/** Our packages with a package.json, by the folder they are in. */
const folders = new Map([
  ...readdirSync(join(root, "packages"))
    .filter((name) => existsSync(join(root, "packages", name, "package.json")))
    .map((name) => [name, `packages/${name}`] as const),
  ["notebooks", "notebooks"] as const,
]);

/** What a package's sources import of other packages, types too. */
function imported(folder: string): Set<string> {
  const source = join(root, folder, "src");
  if (!existsSync(source)) return new Set();
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) =>
    /\.tsx?$/.test(file),
  );
  const specifiers = files.flatMap((file) =>
    ts.preProcessFile(readFileSync(join(source, file), "utf8")).importedFiles.map(({ fileName }) => fileName),
  );
  const names = specifiers
    .filter((name) => !/^[.#/]|^node:/.test(name) && !builtinModules.includes(name))
    .map((name) => name.split("/", name.startsWith("@") ? 2 : 1).join("/"));
  return new Set(names);
}

/** What each package needs when it runs: of others, and of ours. */
const needs = new Map(
  [...folders].map(([name, folder]) => {
    const { dependencies, peerDependencies } = manifest(folder);
    const all = [
      ...Object.keys(dependencies ?? {}),
      ...Object.keys(peerDependencies ?? {}),
      ...imported(folder),
    ];
    return [name, new Set(all)];
  }),
);

const reasons = rows("Why each runtime dependency").map(([, place = "", names = ""]) => ({
  name: place.replace(/ \(.*/, ""),
  patterns: quoted(names),
}));

function isMeant(pattern: string, dependency: string): boolean {
  return pattern.endsWith("/*") ? dependency.startsWith(pattern.slice(0, -1)) : pattern === dependency;
}

test("the table of runtime dependencies has a reason for each", () => {
  const missing = [...needs].flatMap(([name, dependencies]) =>
    [...dependencies]
      .filter((dependency) => !dependency.startsWith("@convfuse/"))
      .filter(
        (dependency) =>
          !reasons.some((row) => row.name === name && row.patterns.some((each) => isMeant(each, dependency))),
      )
      .map((dependency) => `${name}: ${dependency}`),
  );
  expect(missing).toEqual([]);
});

test("the table of runtime dependencies names nothing that its package does not have", () => {
  const stale = reasons.flatMap(({ name, patterns }) => {
    const folder = folders.get(name);
    const known = folder === undefined ? [] : Object.keys({ ...manifest(folder).devDependencies });
    const all = [...known, ...(needs.get(name) ?? [])];
    const python =
      name === "python" ? readFileSync(join(root, "packages/python/pyproject.toml"), "utf8") : "";
    return patterns
      .filter((pattern) => !all.some((dependency) => isMeant(pattern, dependency)))
      .filter((pattern) => !python.includes(`"${pattern}`))
      .map((pattern) => `${name}: ${pattern}`);
  });
  expect(stale).toEqual([]);
});

test("the tables of commands name every script, and nothing that is not there", () => {
  const commands = rows("Commands").flatMap(([, cell = ""]) => quoted(cell));
  const scripts = Object.keys(manifest("").scripts ?? {});
  const named = commands.flatMap(
    (command) => /^npm (?:run )?(?:--silent )?([\w:]+)/.exec(command)?.[1] ?? [],
  );
  expect([...named].sort()).toEqual([...scripts].sort());
  const files = commands.flatMap((command) => /^node (\S+)/.exec(command)?.[1] ?? []);
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

test.each(["CONTRIBUTING.md", "docs/architecture.md"])("the arrows of %s are the packages' own", (file) => {
  const content = readFileSync(join(root, file), "utf8");
  const chains = [...content.matchAll(/[a-z]+(?: (?:->|──>) [a-z]+)+/g)].map(([chain]) =>
    chain.split(/ (?:->|──>) /),
  );
  const arrows = chains.flatMap((chain) => chain.slice(1).map((to, i) => [chain[i] as string, to] as const));
  const isPackage = (name: string) => folders.has(name);
  // A notebook is executed and shown by the lecture without importing it.
  const others = arrows.filter(([from, to]) => !(from === "notebooks" && to === "lecture"));
  const wrong = others.filter(([from, to]) => !needs.get(from)?.has(`@convfuse/${to}`));
  expect(wrong).toEqual([]);

  const reached = (from: string): Set<string> => {
    const below = arrows.filter(([start]) => start === from).map(([, to]) => to);
    return new Set([...below, ...below.flatMap((to) => [...reached(to)])]);
  };
  const missing = [...needs].flatMap(([name, dependencies]) =>
    [...dependencies]
      .filter((dependency) => dependency.startsWith("@convfuse/"))
      .map((dependency) => dependency.slice("@convfuse/".length))
      .filter((to) => to !== name && isPackage(to) && !reached(name).has(to))
      .map((to) => `${name} -> ${to}`),
  );
  expect(missing).toEqual([]);
});

test.each(["core", "figures", "kernel", "onnx", "cli"])(
  "packages/%s says what it is, its licence, words to find it by and how to get it, and no address that nobody knows",
  (name) => {
    const stated = manifest(`packages/${name}`) as Readonly<Record<string, unknown>>;
    expect(stated).toMatchObject({
      description: expect.stringMatching(/\w/),
      license: expect.stringMatching(/^MIT/),
    });
    expect((stated.keywords as readonly string[]).length).toBeGreaterThan(2);
    for (const unknown of ["repository", "homepage", "bugs"]) expect(stated).not.toHaveProperty(unknown);
    const readme = readFileSync(join(root, "packages", name, "README.md"), "utf8");
    expect(readme).toMatch(name === "cli" ? /npx convfuse/ : new RegExp(`npm install @convfuse/${name}`));
    expect(readme).toMatch(/API\s+reference|README of `@convfuse/);
  },
);

test("what a stranger looks for first is there: how to install, what changed, how to cite, how to report", () => {
  expect(readFileSync(join(root, "README.md"), "utf8")).toMatch(/npm install @convfuse\/core/);
  expect(readFileSync(join(root, "CHANGELOG.md"), "utf8")).toMatch(/^## \[Unreleased\]$/m);
  for (const file of ["CITATION.cff", "LICENSE", "SECURITY.md"])
    expect(existsSync(join(root, file)), file).toBe(true);
  expect(readdirSync(join(root, ".github/ISSUE_TEMPLATE")).length).toBeGreaterThan(2);
});
