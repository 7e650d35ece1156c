import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { execPath } from "node:process";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sharedSnapshot } from "../../packages/kernel/src/session/node/shared-snapshot.js";
import { layOut } from "../../packages/python/installation.mjs";
import { requirement } from "../support/requirement.js";

/** One installation that root made, and a user who can only read it: one that no system has. */
const student = 54_321;
const root = requirement(
  process.getuid?.() === 0 ? { path: "/" } : { path: null, reason: "not root, who can become other users" },
);

describe.skipIf(root === null)("one installation for many users", () => {
  const work = realpathSync(mkdtempSync(join(tmpdir(), "convfuse-users-")));
  const script = join(work, "node_modules/@convfuse/kernel/bin/convfuse-kernel.js");
  const prefix = join(work, "prefix");
  const folder = join(prefix, "share/jupyter/kernels/convfuse");
  const session = join(work, "session.mjs");
  const builds = join(work, "builds");

  beforeAll(async () => {
    chmodSync(work, 0o755);
    await layOut(work);
    // Open to all, and all below it strictly closed: what an installer with a strict umask finds.
    mkdirSync(prefix, { mode: 0o755 });
    const install = `umask 077; exec "${execPath}" "${script}" install --prefix "${prefix}"`;
    execFileSync("sh", ["-c", install], { stdio: "pipe", env: environment(home("root", 0)) });
    writeFileSync(session, sessionText(join(work, "node_modules/@convfuse/kernel/dist/index.js")));
    writeFileSync(join(work, "count.cjs"), countText);
    mkdirSync(builds, { mode: 0o777 });
    chmodSync(builds, 0o777);
  }, 300_000);
  afterAll(() => rmSync(work, { recursive: true, force: true, maxRetries: 10 }));

  /** An empty home. */
  function home(name: string, user: number): string {
    const path = join(work, name);
    mkdirSync(path, { mode: 0o700, recursive: true });
    chownSync(path, user, user);
    return path;
  }

  /** What a user has who has set nothing; every run of the maker of snapshots leaves a file. */
  function environment(path: string): NodeJS.ProcessEnv {
    return { PATH: process.env.PATH, HOME: path, NODE_OPTIONS: "", CONVFUSE_TEST_BUILDS: builds };
  }

  function argv(): readonly string[] {
    return (JSON.parse(readFileSync(join(folder, "kernel.json"), "utf8")) as { argv: string[] }).argv;
  }

  const shared = (): string => argv()[argv().indexOf("--snapshot") + 1] as string;

  /** Runs cells as a user, in a home; gives back what they print, and from which snapshot the checker was started. */
  function runCells(user: number, path: string, snapshot: string, ...cells: readonly string[]): Outcome {
    const { stdout, stderr } = spawnSync(execPath, [session, snapshot, ...cells], {
      cwd: path,
      env: environment(path),
      uid: user,
      gid: user,
      encoding: "utf8",
    });
    if (!stdout.startsWith("{")) throw new Error(`the session said nothing\n${stdout}\n${stderr}`);
    return JSON.parse(stdout) as Outcome;
  }

  interface Outcome {
    readonly texts: string;
    readonly started: readonly string[];
  }

  test("modes follow the prefix, whatever the installer's umask, and the snapshot goes with the kernelspec", () => {
    const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
    for (const path of ["share", "share/jupyter", "share/jupyter/kernels", "share/jupyter/kernels/convfuse"])
      expect([path, mode(join(prefix, path))]).toEqual([path, "755"]);
    const files = readdirSync(folder).sort();
    expect(files).toEqual([
      expect.stringMatching(/^checker-[0-9a-f]{16}\.blob$/),
      "kernel.json",
      "logo-32x32.png",
      "logo-64x64.png",
      "logo-svg.svg",
    ]);
    expect(files.map((file) => mode(join(folder, file)))).toEqual(files.map(() => "644"));
    expect(shared()).toBe(join(folder, files[0] as string));
    // Nothing of it was made in the installer's own home.
    expect(readdirSync(join(work, "root"))).toEqual([]);
  });

  test("a kernel starts from it for a user who only reads it, and leaves nothing in his home", () => {
    const path = home("student", student);
    const { texts, started } = runCells(
      student,
      path,
      shared(),
      "1 + 1",
      "const f = () => new Error().stack; f()",
    );
    // Of what the kernel consists of, no stack shows anything.
    expect([texts, started]).toEqual([
      "2\n'Error\\n    at f (In [2]:1:17)\\n    at In [2]:1:36'",
      [shared()],
    ]);
    expect(readdirSync(path)).toEqual([]);
  });

  test("an empty home imports what lies beside the kernel, with its types; a home's own version wins", () => {
    const path = home("student", student);
    const cells = [
      'import { kernelHeatmap } from "@convfuse/figures"; import * as core from "@convfuse/core";',
      'import ndarray from "ndarray"; const x: core.Tensor = core.ones([1, 2]); [x.shape, ndarray([1]).shape]',
      "typeof kernelHeatmap(core.ones([2, 3, 3, 3])).data",
      'require("@convfuse/core").ones === core.ones && import.meta.resolve("@convfuse/core")',
      "const wrong: string = core.ones([1]);",
      // What only the kernel itself needs is not there.
      'import * as zmq from "zeromq"',
    ];
    const { texts } = runCells(student, path, shared(), ...cells);
    const place = pathToFileURL(join(work, "node_modules/@convfuse/core/dist/core.js")).href;
    expect(texts.split("\n")).toEqual([
      "[ [ 1, 2 ], [ 1 ] ]",
      "'object'",
      `'${place}'`,
      expect.stringContaining("is not assignable to type 'string'"),
      expect.stringContaining(`run "npm install zeromq" in ${path}`),
    ]);
    const own = join(path, "node_modules/@convfuse/core");
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, "package.json"), JSON.stringify({ name: "@convfuse/core", main: "./a.js" }));
    writeFileSync(join(own, "a.js"), "exports.mine = 1;");
    writeFileSync(join(own, "a.d.ts"), "export declare const mine: number;");
    const owned = ['import { mine } from "@convfuse/core"; mine', 'import { ones } from "@convfuse/core"'];
    expect(runCells(student, path, shared(), ...owned).texts.split("\n")).toEqual([
      "1",
      expect.stringContaining("has no exported member 'ones'"),
    ]);
  });

  test("what others can write is not taken: the file, a folder above it, another's; nor what fits another Node", () => {
    const file = shared();
    const taken = (wanted = file): unknown => sharedSnapshot(file, wanted);
    expect(taken()).toEqual({ file });
    const kept = [
      [file, 0o644],
      [join(prefix, "share"), 0o755],
      [work, 0o755],
    ] as const;
    for (const [path, mode] of kept)
      for (const more of [0o020, 0o002]) {
        chmodSync(path, mode | more);
        expect(taken()).toEqual({ refusal: `others than its owner can write ${path}` });
        chmodSync(path, mode);
      }
    // As /tmp is: what is in it is its owner's.
    chmodSync(work, 0o1777);
    expect(taken()).toEqual({ file });
    chmodSync(work, 0o755);
    expect(taken("/home/checker-0000000000000000.blob")).toEqual({
      refusal: "it was made for another Node, or another version of the kernel",
    });
    const link = join(work, "link");
    mkdirSync(link);
    chmodSync(link, 0o777);
    symlinkSync(file, join(link, basename(file)));
    // A link leads to it; it is the real one that is looked at, and started from.
    expect(sharedSnapshot(join(link, basename(file)), file)).toEqual({ file });
    expect(sharedSnapshot(join(link, "none", basename(file)), file)).toEqual({
      refusal: expect.stringContaining("ENOENT"),
    });
    chownSync(folder, student, student);
    expect(taken()).toEqual({ refusal: `${folder} belongs to user ${student}` });
    chownSync(folder, 0, 0);
  });

  test("where it is not taken, kernels start without it, and doctor says why", () => {
    const path = home("doctor", 0);
    // Its making is taken for begun, so that none begins here.
    const cache = join(path, ".cache/convfuse");
    mkdirSync(cache, { recursive: true });
    writeFileSync(join(cache, `${basename(shared())}.lock`), String(process.pid));
    chownSync(folder, student, student);
    const { stdout } = spawnSync(execPath, [script, "doctor"], {
      env: { ...environment(path), JUPYTER_DATA_DIR: join(prefix, "share/jupyter"), PATH: path },
      encoding: "utf8",
    });
    chownSync(folder, 0, 0);
    expect(stdout).toContain(
      `WRONG kernel convfuse: its snapshot is not used, so that kernels start slower: ${folder} belongs to user ${student}`,
    );
    // As after an upgrade of Node, or of the kernel.
    const spec = join(folder, "kernel.json");
    const text = readFileSync(spec, "utf8");
    const older = shared().replace(/[0-9a-f]{16}/, "0".repeat(16));
    writeFileSync(
      spec,
      text.replace(`"--snapshot",`, `"--no-history", "--snapshot",`).replace(shared(), older),
    );
    const upgraded = spawnSync(execPath, [script, "doctor"], {
      env: { ...environment(path), JUPYTER_DATA_DIR: join(prefix, "share/jupyter"), PATH: path },
      encoding: "utf8",
    });
    writeFileSync(spec, text);
    expect(upgraded.stdout).toContain("start slower: it was made for another Node, or another version");
    expect(upgraded.stdout).toContain(`install --prefix "${prefix}" --name convfuse --no-history\n`);
    expect(stdout).toContain(`those in ${join(work, "node_modules")}: @convfuse/core, @convfuse/figures`);
  });

  test("a session that ends at once does not end the making, and twenty starts make one", async () => {
    const path = home("twenty", student);
    for (const file of readdirSync(builds)) rmSync(join(builds, file));
    const hold = join(work, "hold");
    writeFileSync(hold, "");
    const counted = { NODE_OPTIONS: `--require=${join(work, "count.cjs")}`, CONVFUSE_TEST_HOLD: hold };
    const options = {
      cwd: path,
      env: { ...environment(path), ...counted },
      uid: student,
      gid: student,
    };
    const { status } = spawnSync(execPath, [session, "", "1 + 1"], options);
    expect(status).toBe(0);
    expect(readdirSync(join(path, ".cache/convfuse")).filter((name) => name.endsWith(".blob"))).toEqual([]);
    const index = pathToFileURL(join(work, "node_modules/@convfuse/kernel/dist/index.js")).href;
    const code = `import(${JSON.stringify(index)}).then((k) => k.prepareSnapshot()).then((is) => process.exit(is ? 0 : 1))`;
    const starts = Array.from({ length: 20 }, () => once(spawn(execPath, ["--eval", code], options), "exit"));
    rmSync(hold);
    expect((await Promise.all(starts)).map(([code]) => code)).toEqual(Array(20).fill(0));
    expect(readdirSync(builds)).toHaveLength(1);
    expect(readdirSync(join(path, ".cache/convfuse"))).toEqual([expect.stringMatching(/\.blob$/)]);
  });
});

/** Counts the processes that make a snapshot, and lets them do it once a file is gone. */
const countText = `
const { existsSync, writeFileSync } = require("node:fs");
if (/build-snapshot\\.js$/.test(process.argv[1] ?? "")) {
  writeFileSync(process.env.CONVFUSE_TEST_BUILDS + "/" + process.pid, "");
  const waits = new Int32Array(new SharedArrayBuffer(4));
  while (existsSync(process.env.CONVFUSE_TEST_HOLD)) Atomics.wait(waits, 0, 0, 10);
}
`;

/** A program that runs its arguments as cells; tells what they gave, and the snapshots of the processes that it has started. */
function sessionText(index: string): string {
  return `
import { readdirSync, readFileSync } from "node:fs";
import { createSession } from ${JSON.stringify(pathToFileURL(index).href)};
const [, , snapshot, ...cells] = process.argv;
const texts = [];
const onEvent = (event) => {
  if (event.type === "error") texts.push(event.traceback.join("\\n").split("\\n").join(" "));
  else if (event.type === "execute_result") texts.push(event.data["text/plain"].replace(/\\s*\\n\\s*/g, " "));
};
const options = { cwd: process.cwd(), onEvent, ...(snapshot ? { snapshot } : {}) };
const session = await createSession(options);
for (const [at, code] of cells.entries()) await session.execute({ id: String(at), code, executionCount: at + 1 });
const started = readdirSync("/proc").flatMap((pid) => {
  try {
    const { 1: parent } = /^\\d+ \\(.*\\) . (\\d+)/s.exec(readFileSync("/proc/" + pid + "/stat", "utf8")) ?? {};
    const words = readFileSync("/proc/" + pid + "/cmdline", "utf8").split("\\0");
    const at = words.indexOf("--snapshot-blob");
    return Number(parent) === process.pid && at >= 0 ? [words[at + 1]] : [];
  } catch {
    return [];
  }
});
await session.shutdown();
console.log(JSON.stringify({ texts: texts.join("\\n"), started }));
`;
}
