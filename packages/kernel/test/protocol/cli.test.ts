import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { env, execPath, platform } from "node:process";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const script = fileURLToPath(new URL("../../bin/convfuse-kernel.js", import.meta.url));

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "convfuse-cli-"));
});

afterEach(() => rm(folder, { recursive: true }));

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command, for a user whose data folder is in `folder`. */
function cli(args: readonly string[], changes: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const environment = { ...env, JUPYTER_DATA_DIR: join(folder, "data"), ...changes };
  return new Promise((resolve) => {
    execFile(execPath, [script, ...args], { env: environment, cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

async function spec(...path: string[]) {
  return JSON.parse(await readFile(join(folder, ...path, "kernel.json"), "utf8"));
}

// The first one prepares a fast start, in a process of low priority.
describe("install", { timeout: 120_000 }, () => {
  test("writes one kernelspec with logos into the user's folder", async () => {
    expect(await cli(["install"])).toMatchObject({ code: 0, stderr: "" });
    expect(await spec("data", "kernels", "convfuse")).toMatchObject({
      argv: [execPath, script, "start", "{connection_file}"],
      language: "typescript",
      interrupt_mode: "message",
    });
    expect(await readdir(join(folder, "data", "kernels"))).toEqual(["convfuse"]);
    expect((await readdir(join(folder, "data", "kernels", "convfuse"))).sort()).toEqual([
      "kernel.json",
      "logo-32x32.png",
      "logo-64x64.png",
      "logo-svg.svg",
    ]);
  });

  test("finds the user's folder where variables that name others are empty", async () => {
    const caches = env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
    const empty = { JUPYTER_DATA_DIR: "", XDG_DATA_HOME: "", APPDATA: "" };
    await cli(["install"], { ...empty, HOME: folder, USERPROFILE: folder, XDG_CACHE_HOME: caches });
    const parts: { readonly [system: string]: readonly string[] } = {
      darwin: ["Library", "Jupyter"],
      win32: ["AppData", "Roaming", "jupyter"],
    };
    const data = parts[platform] ?? [".local", "share", "jupyter"];
    expect((await spec(...data, "kernels", "convfuse")).language).toBe("typescript");
  });

  test("goes below a prefix and takes a name, a second time too", async () => {
    const args = ["install", "--prefix", join(folder, "env"), "--name", "ts"];
    await cli(args);
    expect((await cli(args)).code).toBe(0);
    expect((await spec("env", "share", "jupyter", "kernels", "ts")).language).toBe("typescript");
  });

  test("sets a limit of memory", async () => {
    expect((await cli(["install", "--memory", "4096"])).code).toBe(0);
    const { argv } = await spec("data", "kernels", "convfuse");
    expect(argv).toEqual([execPath, script, "start", "--memory", "4096", "{connection_file}"]);
  });

  test("keeps no history where it is told so", async () => {
    expect((await cli(["install", "--no-history"])).code).toBe(0);
    const { argv } = await spec("data", "kernels", "convfuse");
    expect(argv).toEqual([execPath, script, "start", "--no-history", "{connection_file}"]);
  });

  test("goes into the Python environment that is active", async () => {
    const python = join(folder, "python3");
    await writeFile(python, `#!/bin/sh\necho ${join(folder, "sys")}\n`, { mode: 0o755 });
    await cli(["install", "--sys-prefix"], { PATH: `${folder}${delimiter}${env.PATH}` });
    expect((await spec("sys", "share", "jupyter", "kernels", "convfuse")).language).toBe("typescript");
  });

  test("leaves a kernel of another kind in its place", async () => {
    const other = join(folder, "data", "kernels", "convfuse");
    await mkdir(other, { recursive: true });
    await writeFile(join(other, "kernel.json"), `{"argv": ["other"]}`);
    for (const command of ["install", "uninstall"]) {
      const { code, stderr } = await cli([command]);
      expect([code, stderr]).toEqual([2, expect.stringContaining("holds another kernel")]);
    }
    expect(await spec("data", "kernels", "convfuse")).toEqual({ argv: ["other"] });
  });
});

test("uninstall removes what install wrote, and says where there is nothing", async () => {
  await cli(["install"]);
  expect((await cli(["uninstall"])).code).toBe(0);
  expect(await readdir(join(folder, "data", "kernels"))).toEqual([]);
  const { code, stderr } = await cli(["uninstall"]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("there is no kernel convfuse")]);
});

describe("doctor", () => {
  test("names the command for each thing that is wrong", async () => {
    const { code, stdout } = await cli(["doctor"], { PATH: folder });
    expect(code).toBe(1);
    expect(stdout).toContain(
      "WRONG Jupyter: no jupyter on the PATH (VS Code needs none)\n      to mend it: python3 -m pip install jupyterlab",
    );
    expect(stdout).toContain(`WRONG kernelspec: not installed\n      to mend it: node "${script}" install`);
    expect(stdout).toMatch(/ok {4}Node\.js: \d+/);
    expect(stdout).toContain("ok    ZeroMQ: 4");
    expect(stdout).toContain("ok    kernel: computes 1 + 1");
  });

  test("sees a kernelspec whose paths are gone", async () => {
    await cli(["install"]);
    const path = join(folder, "data", "kernels", "convfuse", "kernel.json");
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace(execPath, "/no/such/node"));
    const { code, stdout } = await cli(["doctor"], { PATH: folder });
    expect(code).toBe(1);
    expect(stdout).toContain("names /no/such/node, which is gone");
    expect(stdout).toContain(`to mend it: node "${script}" install --name convfuse`);
  });

  test("finds a healthy kernel that Jupyter lists, and runs it", async () => {
    await cli(["install"]);
    const kernels = {
      convfuse: {
        resource_dir: join(folder, "data", "kernels", "convfuse"),
        spec: await spec("data", "kernels", "convfuse"),
      },
    };
    const jupyter = join(folder, "jupyter");
    await writeFile(jupyter, `#!/bin/sh\nprintf '%s' '${JSON.stringify({ kernelspecs: kernels })}'\n`, {
      mode: 0o755,
    });
    const { code, stdout } = await cli(["doctor"], { PATH: `${folder}${delimiter}${env.PATH}` });
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/ok {4}kernel convfuse: .*, computes 1 \+ 1\n/),
    ]);
  });
});

describe("run", () => {
  async function notebook(name: string, ...cells: string[]): Promise<string> {
    const path = join(folder, name);
    const content = {
      nbformat: 4,
      nbformat_minor: 5,
      metadata: { kernelspec: { name: "convfuse", display_name: "TypeScript", language: "typescript" } },
      cells: cells.map((source, at) => ({
        id: `c${at}`,
        cell_type: "code",
        metadata: {},
        source,
        outputs: [],
        execution_count: null,
      })),
    };
    await writeFile(path, JSON.stringify(content));
    return path;
  }

  test("executes notebooks into a folder, several at a time", async () => {
    const files = [await notebook("a.ipynb", "6 * 7"), await notebook("b.ipynb", "'b'")];
    const { code, stdout } = await cli(["run", ...files, "--output", "out", "--jobs", "2"]);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/a\.ipynb: done in .* s, written to out\/a\.ipynb/),
    ]);
    const done = JSON.parse(await readFile(join(folder, "out", "a.ipynb"), "utf8"));
    expect(done.cells[0].outputs[0].data["text/plain"].toString()).toBe("42");
  });

  test("tells a failed cell by 1 and a broken notebook by 2", async () => {
    const bad = await notebook("bad.ipynb", "1", "throw new Error('no')");
    const failed = await cli(["run", bad, "--output", "out"]);
    expect([failed.code, failed.stdout]).toEqual([
      1,
      expect.stringContaining("bad.ipynb: cells[1] failed\nError: no"),
    ]);
    await writeFile(join(folder, "broken.ipynb"), "{");
    const broken = await cli(["run", bad, "broken.ipynb", "--output", "out"]);
    expect([broken.code, broken.stdout]).toEqual([2, expect.stringContaining("broken.ipynb: broken: ")]);
  });

  test("sets parameters, from a file and by name", async () => {
    const file = await notebook("p.ipynb", "[a, b, c, d, e, f]");
    await writeFile(join(folder, "p.json"), '{ "a": [1], "b": "from the file" }');
    const words = [
      "-p",
      "b",
      "-1e3",
      "-p",
      "c",
      "True",
      "-p",
      "d",
      "none",
      "-p",
      "e",
      "-inf",
      "-p",
      "f",
      "--x 1",
    ];
    const { code, stderr } = await cli(["run", ...words, file, "--parameters", "p.json", "--output", "out"]);
    expect([code, stderr]).toEqual([0, ""]);
    const { cells } = JSON.parse(await readFile(join(folder, "out", "p.ipynb"), "utf8"));
    expect(cells[0].metadata.tags).toEqual(["injected-parameters"]);
    expect([cells[1].outputs[0].data["text/plain"]].flat().join("")).toBe(
      "[ [ 1 ], -1000, true, null, -Infinity, '--x 1' ]",
    );
    const wrong = await cli(["run", file, "--output", "out", "-p", "a b", "1"]);
    expect([wrong.code, wrong.stdout]).toEqual([2, expect.stringContaining('"a b" cannot be the name')]);
  });

  test("refuses two notebooks that would become one file", async () => {
    const { code, stderr } = await cli(["run", "x/a.ipynb", "y/a.ipynb", "--output", "out"]);
    expect([code, stderr]).toEqual([64, expect.stringContaining("two notebooks would become out/a.ipynb")]);
  });
});

describe("wrong usage", () => {
  test.each([
    [[], "no command"],
    [["fly"], "no command fly"],
    [["install", "--user", "--prefix", "x"], "--user and --prefix exclude each other"],
    [["install", "--speed"], "Unknown option '--speed'"],
    [["install", "--name", "Big Name", "--user"], "a kernel name has small letters"],
    [["run", "a.ipynb"], "run needs --output DIR"],
    [["run", "--output", "x"], "run takes at least one notebook"],
    [["run", "a.ipynb", "--output", "x", "--jobs", "0"], "--jobs must be 1 or more; got 0"],
    [["run", "a.ipynb", "--output", "x", "-p", "a"], "-p takes a NAME and a VALUE"],
    [
      ["run", "a.ipynb", "--output", "x", "--parameters", "none.json"],
      "--parameters: a JSON file is read; got none.json",
    ],
    [["install", "--memory", "2G"], "--memory must be a whole number of MB, at least 64; got 2G"],
    [["start", "--memory", "12", "x"], "--memory must be a whole number of MB, at least 64; got 12"],
    [["start"], "start takes one connection file"],
  ])("%j is explained", async (args, message) => {
    const { code, stderr } = await cli(args);
    expect(stderr).toContain(message);
    expect(code).not.toBe(0);
  });
});

test("help and version are printed", async () => {
  for (const args of [["--help"], ["install", "--help"]]) {
    expect(await cli(args)).toMatchObject({ code: 0, stdout: expect.stringContaining("Usage:") });
  }
  expect((await cli(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
