import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const published = ["core", "figures", "kernel", "onnx"];
const work = mkdtempSync(join(tmpdir(), "convfuse-packaging-"));
const project = join(work, "project");

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function tarball(name: string): string {
  const file = readdirSync(work).find((entry) => entry.startsWith(`convfuse-${name}-`));
  if (file === undefined) throw new Error(`no tarball of ${name}`);
  return join(work, file);
}

beforeAll(() => {
  for (const name of published) {
    run(
      "node",
      [join(root, "scripts/pnpm.mjs"), "pack", "--pack-destination", work],
      join(root, "packages", name),
    );
  }
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", private: true }));
  run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", ...published.map(tarball)], project);
}, 120_000);

afterAll(() => rmSync(work, { recursive: true, force: true }));

describe.each(published)("the tarball of @convfuse/%s", (name) => {
  test("satisfies publint", async () => {
    const data = readFileSync(tarball(name));
    const manifest = JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));
    const { messages } = await publint({
      strict: true,
      pack: { tarball: data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer },
    });
    expect(messages.map((message) => formatMessage(message, manifest))).toEqual([]);
  });

  test("has types that are right for every resolution (are the types wrong)", async () => {
    const analysis = await checkPackage(
      createPackageFromTarballData(new Uint8Array(readFileSync(tarball(name)))),
    );
    if (!analysis.types) throw new Error("the package has no types");
    // The package is ES modules only; CommonJS requires it, which every Node from 20.19 on can (tested below).
    const problems = analysis.problems.filter((problem) => problem.kind !== "CJSResolvesToESM");
    expect(problems).toEqual([]);
  });

  test("is imported from an empty project", () => {
    const code = `import * as all from "@convfuse/${name}"; console.log(Object.keys(all).length > 0)`;
    expect(run("node", ["--input-type=module", "--eval", code], project)).toBe("true\n");
  });

  test("is required from an empty project, without a warning", () => {
    const code = `console.log(Object.keys(require("@convfuse/${name}")).length > 0)`;
    const options = { cwd: project, encoding: "utf8", stdio: "pipe" } as const;
    expect(
      execFileSync("node", ["--throw-deprecation", "--input-type=commonjs", "--eval", code], options),
    ).toBe("true\n");
  });
});

test("import and require give one and the same core", () => {
  const code = `
    import { createRequire } from "node:module";
    import * as imported from "@convfuse/core";
    const required = createRequire(import.meta.url)("@convfuse/core");
    console.log(required.Conv2d === imported.Conv2d);`;
  expect(run("node", ["--input-type=module", "--eval", code], project)).toBe("true\n");
});

test("where no text may be compiled, the error says why core cannot be used", () => {
  const code = `import("@convfuse/core").catch((error) => console.log(String(error)))`;
  expect(run("node", ["--disallow-code-generation-from-strings", "--eval", code], project)).toBe(
    "EngineError: @convfuse/core: ndarray and ndarray-ops compile their loops with new Function, which is forbidden here: " +
      "a Content-Security-Policy has to allow 'unsafe-eval' in script-src\n",
  );
});

const tsc = join(root, "node_modules/typescript/bin/tsc");

/** Type-checks a file of the project, and everything that it leads to, as strictly as can be; without the DOM's declarations. */
function checkTypes(file: string, ...flags: readonly string[]): string {
  const strict = ["--strict", "--noEmit", "--skipLibCheck", "false", "--types", ""];
  const args = [tsc, ...strict, "--target", "es2023", "--lib", "es2023", ...flags, file];
  try {
    return run("node", args, project);
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

const use = `import { Conv2d, manualSeed, ones, type Tensor } from "@convfuse/core";
import { type Figure, kernelHeatmap } from "@convfuse/figures";
manualSeed(0);
export const out: Tensor = new Conv2d(3, 2, 3, { padding: "same" }).forward(ones([1, 3, 9, 9]));
export const figure: Figure = kernelHeatmap(ones([2, 3, 3, 3]));
`;

test.each([
  ["nodenext", "nodenext", "mts"],
  ["node20", "node16", "mts"],
  ["node16", "node16", "mts"],
  ["esnext", "bundler", "mts"],
  // CommonJS that may require ES modules, as every supported Node can.
  ["nodenext", "nodenext", "cts"],
  ["node20", "node16", "cts"],
])(
  "the types serve a strict project without the DOM: module %s, resolution %s, .%s",
  (module, resolution, extension) => {
    writeFileSync(join(project, `use.${extension}`), use);
    expect(checkTypes(`use.${extension}`, "--module", module, "--moduleResolution", resolution)).toBe("");
  },
);

test("module node16 knows of no require of ES modules: CommonJS imports dynamically, as README says", () => {
  writeFileSync(join(project, "use.cts"), use);
  expect(checkTypes("use.cts", "--module", "node16")).toContain("error TS1479");
  writeFileSync(
    join(project, "dynamic.cts"),
    `import type { Tensor } from "@convfuse/core" with { "resolution-mode": "import" };
export async function make(): Promise<Tensor> {
  const { ones } = await import("@convfuse/core");
  return ones([2]);
}
`,
  );
  expect(checkTypes("dynamic.cts", "--module", "node16")).toBe("");
});

test("npx runs the command from a project that has nothing else", () => {
  run(
    "node",
    [join(root, "scripts/pnpm.mjs"), "pack", "--pack-destination", work],
    join(root, "packages/cli"),
  );
  const file = readdirSync(work).find((entry) => /^convfuse-\d/.test(entry)) as string;
  const empty = join(work, "command");
  mkdirSync(empty);
  writeFileSync(join(empty, "package.json"), JSON.stringify({ name: "empty", private: true }));
  run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", join(work, file)], empty);
  const example = join(root, "examples/branches.onnx");
  const out = run("npx", ["--no", "convfuse", "fuse", example, "-o", "fused.onnx"], empty);
  expect(out).toMatch(/convolutions\s+10\s+5/);
  expect(() => run("npx", ["--no", "convfuse", "time", example, "fused.onnx"], empty)).toThrow(
    "time runs networks in onnxruntime, which is not installed: npm install onnxruntime-node (beside convfuse)",
  );
  expect(readdirSync(empty).sort()).toEqual([
    "fused.onnx",
    "node_modules",
    "package-lock.json",
    "package.json",
  ]);
});

test("npx installs the kernel from an empty project, and runs a notebook with it", () => {
  // No cache to keep a snapshot in: it takes longer to make than one start gains.
  const npx = (...args: string[]): string =>
    execFileSync("npx", ["--no", "@convfuse/kernel", ...args], {
      cwd: project,
      encoding: "utf8",
      stdio: "pipe",
      env: { ...process.env, XDG_CACHE_HOME: join(project, "package.json") },
    });
  npx("install", "--prefix", project);
  const { argv } = JSON.parse(
    readFileSync(join(project, "share/jupyter/kernels/convfuse/kernel.json"), "utf8"),
  ) as { argv: string[] };
  expect(argv[1]).toContain(join(project, "node_modules"));
  const source = "import { tensor } from '@convfuse/core'; const x: number[] = tensor([[1, 2]]).shape; x";
  const cell = { cell_type: "code", id: "a", metadata: {}, execution_count: null, outputs: [], source };
  const kernelspec = { name: "convfuse", display_name: "TypeScript", language: "typescript" };
  const notebook = { cells: [cell], metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
  writeFileSync(join(project, "a.ipynb"), JSON.stringify(notebook));
  npx("run", "a.ipynb", "--output", "executed");
  expect(readFileSync(join(project, "executed/a.ipynb"), "utf8")).toContain("[ 1, 2 ]");
});
