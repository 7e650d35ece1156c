import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as core from "@convfuse/core";
import * as figures from "@convfuse/figures";
import * as kernel from "@convfuse/kernel";
import * as onnx from "@convfuse/onnx";
import { transformWithOxc } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What examples read from disk, by the file's type: what PyTorch, NumPy and safetensors wrote. */
const checkpoints = JSON.parse(readFileSync(join(root, "test/goldens/checkpoints.json"), "utf8"));
const fixtures: Readonly<Record<string, string>> = {
  ".pth": checkpoints.nested,
  ".safetensors": checkpoints.safetensors,
  ".npz": checkpoints.npz,
  ".npy": checkpoints.npyFortran,
  ".onnx": readFileSync(join(root, "examples/branches.onnx"), "base64"),
};

const fixture = (path: string): Buffer => Buffer.from(fixtures[extname(path)] ?? "", "base64");

const scope: Readonly<Record<string, unknown>> = {
  ...core,
  ...figures,
  ...onnx,
  ...kernel,
  readFileSync: fixture,
  writeFileSync: () => undefined,
  // An open file is its path.
  openSync: (path: string) => path,
  closeSync: () => undefined,
  fstatSync: (path: string) => ({ size: fixture(path).length }),
  readSync: (path: string, into: Uint8Array, at: number, length: number, offset: number) =>
    fixture(path).copy(into, at, offset, offset + length),
  writeSync: () => undefined,
};

interface Example {
  readonly name: string;
  readonly code: string;
}

/** The `@example` blocks of every docstring below a folder. */
function docstringExamples(folder: string): Example[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  return files.flatMap((file) => {
    const path = join(root, folder, file);
    const blocks = [
      ...readFileSync(path, "utf8").matchAll(/\/\*\*(?:(?!\*\/)[\s\S])*?@example\n([\s\S]*?)\*\//g),
    ];
    return blocks.map((block, i) => ({
      name: `${relative(root, path)} #${i + 1}`,
      code: (block[1] as string).replaceAll(/^\s*\* ?/gm, "").split(/^@/m)[0] as string,
    }));
  });
}

/** The fenced TypeScript of a Markdown file. */
function fencedExamples(file: string): Example[] {
  const blocks = [...readFileSync(join(root, file), "utf8").matchAll(/```ts\n([\s\S]*?)```/g)];
  return blocks.map((block, i) => ({ name: `${file} #${i + 1}`, code: block[1] as string }));
}

/** What a comment behind a statement promises: `expression; // value`. A value that is no JSON is prose, and promises nothing. */
function promise(line: string): { readonly expression: string; readonly text: string } | undefined {
  const match = /^(?!\s*(?:const|let|import|\/\/|throw|for|if|try))(.+?);\s*\/\/ (.+)$/.exec(line);
  return match ? { expression: match[1] as string, text: (match[2] as string).trim() } : undefined;
}

/** An example as the body of an async function that checks every promise through `check(value, text)`. */
async function toScript(code: string): Promise<string> {
  const checked = code
    .split("\n")
    .map((line) => {
      const found = promise(line);
      if (!found) return line;
      const logged = /^console\.log\((.*)\)$/.exec(found.expression);
      return `check(${logged ? logged[1] : found.expression}, ${JSON.stringify(found.text)});`;
    })
    .join("\n");
  const script = checked.replaceAll(/^import \{([^}]*)\} from .*$/gm, "");
  const { code: plain } = await transformWithOxc(`async function example() {\n${script}\n}`, "example.ts", {
    lang: "ts",
  });
  return `${plain}\nreturn example();`;
}

function plain(value: unknown): unknown {
  if (core.isTensor(value)) return core.toNested(value);
  if (value instanceof Map) return [...value.keys()];
  return value;
}

/** Compares with a promised JSON value; `...` behind a number promises its first digits only. */
function check(value: unknown, text: string): void {
  const digits = /^(-?\d+\.\d+)\.\.\.$/.exec(text)?.[1];
  if (digits !== undefined) {
    expect(String(value).startsWith(digits), `${String(value)} begins with ${digits}`).toBe(true);
    return;
  }
  let promised: unknown;
  try {
    promised = JSON.parse(text);
  } catch {
    return;
  }
  const found = plain(value);
  if (typeof promised === "number" && typeof found === "number") expect(found).toBeCloseTo(promised, 6);
  else expect(found).toEqual(promised);
}

const examples = [
  ...docstringExamples("packages/core/src"),
  ...docstringExamples("packages/figures/src"),
  ...docstringExamples("packages/onnx/src"),
  // The rest of the kernel's docstrings is for cells, and for pages, which the suites of browsers run.
  ...docstringExamples("packages/kernel/src").filter(({ name }) => !/\/(?:runtime|browser)\//.test(name)),
  ...["README.md", ...["core", "figures", "onnx"].map((name) => `packages/${name}/README.md`)].flatMap(
    fencedExamples,
  ),
];

// What examples write goes to a folder of their own, with the notebook that some of them read.
const before = process.cwd();
const folder = mkdtempSync(join(tmpdir(), "convfuse-docs-"));
beforeAll(() => {
  process.chdir(folder);
  const cell = {
    cell_type: "code",
    id: "a",
    metadata: {},
    execution_count: null,
    outputs: [],
    source: "1 + 1",
  };
  const kernelspec = { name: "convfuse", display_name: "TypeScript", language: "typescript" };
  const notebook = { cells: [cell], metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
  writeFileSync("a.ipynb", JSON.stringify(notebook));
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

describe("every documented example runs and gives what its comments say", () => {
  for (const { name, code } of examples) {
    test(name, () => run(code));
  }
});

async function run(code: string): Promise<void> {
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const names = Object.keys(scope);
  const script = new AsyncFunction(...names, "check", await toScript(code));
  await script(...names.map((name) => scope[name]), check);
}
