import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSession } from "@convfuse/kernel";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { holdsImports, lacksImports, rememberedImports } from "../../src/session/node/imports-record.js";
import { nodeTypes } from "../../src/session/node/node-types.js";
import { prepareSnapshotFor, snapshotFile } from "../../src/session/node/snapshot.js";
import { scratchProject } from "./scratch-project.js";

const { root, app } = scratchProject();
const types = join(app, "node_modules/@types/node");
beforeAll(() => {
  vi.stubEnv("XDG_CACHE_HOME", join(root, "cache"));
});
afterAll(() => {
  vi.unstubAllEnvs();
});

/** What a session in the project says of a cell. */
async function run(code: string): Promise<string> {
  const session = await createSession({ cwd: join(app, "src"), onEvent: () => {} });
  try {
    const reply = await session.execute({ id: "1", code, executionCount: 1 });
    return reply.status === "ok" ? "ok" : reply.evalue;
  } finally {
    await session.shutdown();
  }
}

test("a copy of the kernel's types is as good as the kernel's", () => {
  expect(nodeTypes(join(app, "src"))).toBeUndefined();
});

test("other types have a snapshot of their own, from any folder that has that version", async () => {
  const about = join(types, "package.json");
  const text = readFileSync(about, "utf8");
  writeFileSync(about, text.replace(/"version": "[^"]*"/, '"version": "20.0.77"'));
  appendFileSync(
    join(types, "globals.d.ts"),
    "\ndeclare namespace NodeJS { interface OnlyHere { kind: 1 } }\n",
  );
  const found = nodeTypes(join(app, "src"));
  expect(found).toEqual({ from: app, version: "20.0.77" });
  expect(snapshotFile(found)).not.toBe(snapshotFile());
  // A session that is over before its snapshot is made, which somebody else goes on with.
  expect(await run("1 + 1")).toBe("ok");
  const maker = Number(readFileSync(`${snapshotFile(found)}.lock`, "utf8"));
  expect(maker).not.toBe(process.pid);
  expect(process.kill(maker, 0)).toBe(true);
  expect(await prepareSnapshotFor(found)).toBe(true);
  expect(await run("const here: NodeJS.OnlyHere = { kind: 1 }")).toBe("ok");
  expect(await run("const here: NodeJS.OnlyHere = { kind: 2 }")).toMatch(/^TS2322/);
  expect(existsSync(snapshotFile(found))).toBe(true);
}, 300_000);

test("what a session imports is in the snapshot that it leaves, and no other text of it", async () => {
  const found = nodeTypes(app);
  const snapshot = snapshotFile(found);
  const declarations = join(app, "node_modules/one/i.d.ts");
  // As large as lodash, in small.
  const parts = Array.from({ length: 1000 }, (_, n) => `export interface Part${n} { a: 1; b: 2 }`);
  const text = `export default class One { own: number }\n${parts.join("\n")}`;
  writeFileSync(declarations, text);
  const use = 'import One from "one"; const own: number | undefined = (null as unknown as One | null)?.own';
  const session = await createSession({ cwd: app, onEvent: () => {} });
  expect(await session.execute({ id: "1", code: use, executionCount: 1 })).toMatchObject({ status: "ok" });
  await vi.waitFor(() => expect(rememberedImports(snapshot)).toMatchObject([{ path: declarations }]), 60_000);
  expect(holdsImports(snapshot)).toBe(false);
  await session.shutdown();
  expect(await prepareSnapshotFor(found)).toBe(true);
  expect(holdsImports(snapshot)).toBe(true);
  expect(lacksImports(snapshot)).toBe(false);
  expect(await run("const one: One | undefined = undefined")).toMatch(/^TS2304/);
  expect(await run(use)).toBe("ok");
  // Another version is installed.
  writeFileSync(declarations, text.replace("own: number", "own: string"));
  expect(await run(use)).toMatch(/^TS2322/);
  expect(await run(use.replace(": number", ": string"))).toBe("ok");
}, 300_000);

test("a snapshot whose types were removed goes", async () => {
  const found = nodeTypes(app);
  const moved = join(root, "elsewhere");
  renameSync(app, moved);
  const session = await createSession({ cwd: moved, onEvent: () => {} });
  try {
    const reply = await session.execute({ id: "1", code: "process.pid", executionCount: 1 });
    expect(reply.status).toBe("ok");
    expect(existsSync(snapshotFile(found))).toBe(false);
  } finally {
    await session.shutdown();
    renameSync(moved, app);
  }
}, 120_000);
