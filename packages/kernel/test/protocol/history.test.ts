import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { History } from "../../src/protocol/history/history.js";
import { Log } from "../../src/protocol/log.js";

let root: string;
let folder: string;
const logged: string[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "convfuse-history-"));
  folder = join(root, "history");
});

afterEach(() => rmSync(root, { recursive: true }));

async function session(...inputs: string[]): Promise<History> {
  const history = new History(folder, new Log((line) => logged.push(line)));
  for (const [at, input] of inputs.entries()) {
    history.recordInput(at + 1, input);
    history.recordOutput(at + 1, `result of ${input}`);
  }
  await history.flushed();
  return history;
}

async function inputs(history: History, query: Parameters<History["query"]>[0]): Promise<unknown[]> {
  return (await history.query(query)).map(({ session, line, input }) => [session, line, input]);
}

test("tail gives the last cells over all sessions, oldest first", async () => {
  await session("a", "b");
  const history = await session("c");
  expect(await inputs(history, { access: "tail", n: 2 })).toEqual([
    [1, 2, "b"],
    [2, 1, "c"],
  ]);
  expect(await inputs(history, { access: "tail", n: 0 })).toEqual([]);
});

test("range knows this session as 0 and by its number, and earlier ones by theirs or counted back", async () => {
  await session("a", "b");
  const history = await session("c", "d", "e");
  const range = (number: number, start: number, stop: number | null) =>
    inputs(history, { access: "range", session: number, start, stop });
  const all = [
    [2, 1, "c"],
    [2, 2, "d"],
    [2, 3, "e"],
  ];
  expect(await range(0, 1, null)).toEqual(all);
  expect(await range(2, 1, null)).toEqual(all);
  expect(await range(0, 2, 3)).toEqual([[2, 2, "d"]]);
  expect(await range(0, -1, null)).toEqual([[2, 3, "e"]]);
  expect(await range(1, 1, 2)).toEqual([[1, 1, "a"]]);
  expect(await range(-1, 2, null)).toEqual([[1, 2, "b"]]);
  expect(await range(9, 1, null)).toEqual([]);
});

test("search takes a glob, the last n, and each input once, by its latest use", async () => {
  await session("x = 1", "y", "x = 1");
  const history = await session("x = 2", "x = 1");
  const search = (pattern: string, n: number | null, unique: boolean) =>
    inputs(history, { access: "search", pattern, n, unique });
  expect(await search("x*", null, false)).toHaveLength(4);
  expect(await search("x*", 2, false)).toEqual([
    [2, 1, "x = 2"],
    [2, 2, "x = 1"],
  ]);
  expect(await search("x*", null, true)).toEqual([
    [2, 1, "x = 2"],
    [2, 2, "x = 1"],
  ]);
});

test("results are kept with their cells", async () => {
  await session("a");
  const [entry] = await (await session()).query({ access: "tail", n: 1 });
  expect(entry?.output).toBe("result of a");
});

test("kernels that start at the same moment get numbers of their own", async () => {
  await Promise.all([session("a"), session("b"), session("c")]);
  expect(await readdir(folder)).toHaveLength(3);
});

test.skipIf(process.platform === "win32")("only its owner can read it", async () => {
  await session("secret");
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, "1.jsonl")).mode & 0o777).toBe(0o600);
});

test("a file that a killed kernel left broken is read as far as it goes", async () => {
  await session("a");
  writeFileSync(join(folder, "1.jsonl"), '{"line":1,"input":"a"}\n[]\nnull\n{"line":2,"inp');
  expect(await inputs(await session(), { access: "tail", n: 5 })).toEqual([[1, 1, "a"]]);
});

test("where nothing is to be kept, a session knows its own cells, no earlier ones, and writes nothing", async () => {
  await session("a");
  const history = new History(null, new Log((line) => logged.push(line)));
  history.recordInput(1, "b");
  await history.flushed();
  expect(await inputs(history, { access: "tail", n: 5 })).toEqual([[0, 1, "b"]]);
  expect(await inputs(history, { access: "range", session: -1, start: 1, stop: null })).toEqual([]);
  expect(readdirSync(folder)).toEqual(["1.jsonl"]);
});

test("a folder that cannot be written costs only what later sessions would have seen", async () => {
  writeFileSync(folder, "a file where the folder should be");
  const history = await session("a");
  expect(await inputs(history, { access: "range", session: 0, start: 1, stop: null })).toEqual([[0, 1, "a"]]);
  expect(logged.at(-1)).toContain("history is not stored");
});
