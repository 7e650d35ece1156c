import { tmpdir } from "node:os";
import { createSession, type Session, type Variable } from "@convfuse/kernel";
import { afterAll, beforeAll, expect, it } from "vitest";

let session: Session;
let count = 0;

beforeAll(async () => {
  session = await createSession({ cwd: tmpdir(), onEvent: () => {} });
}, 60_000);
afterAll(() => session.shutdown());

async function run(code: string): Promise<void> {
  const reply = await session.execute({ id: `cell-${++count}`, code, executionCount: count });
  expect(reply).toMatchObject({ status: "ok" });
}

async function variable(name: string): Promise<Variable> {
  const found = (await session.variables()).find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no variable ${name}`);
  return found;
}

async function children(name: string): Promise<readonly (readonly [string, string, string])[]> {
  const { reference } = await variable(name);
  return (await session.variables(reference)).map(({ name: key, value, type }) => [key, value, type]);
}

it("are listed by name, with value and type; not types, imports' own names are", async () => {
  expect(await session.variables()).toEqual([]);
  await run(`interface Shape { a: number } type Alias = Shape; enum Kind { A, B }
    const n = 1.5, text = "a\\nb", nothing = null; let missing: string | undefined;
    class Dog { bark() {} } const dog = new Dog(); function area(w: number): number { return w }
    import { sep } from "node:path"; 5`);
  const listed = (await session.variables()).map(({ name, value, type }) => [name, value, type]);
  expect(listed).toEqual([
    ["Dog", "[class Dog]", "function"],
    ["Kind", "{ '0': 'A', '1': 'B', A: 0, B: 1 }", "Object"],
    ["area", "[Function: area]", "function"],
    ["dog", "Dog {}", "Dog"],
    ["missing", "undefined", "undefined"],
    ["n", "1.5", "number"],
    ["nothing", "null", "null"],
    ["sep", "'/'", "string"],
    ["text", "'a\\nb'", "string"],
  ]);
  expect((await variable("dog")).reference).toBe(0);
  expect(await variable("n")).toMatchObject({ evaluateName: "n", reference: 0 });
});

it("give their parts when they are asked for, level by level, and run nothing", async () => {
  await run(`let ran = 0;
    const tree = { list: [10, { deep: true }], get computed() { ran++; return 1 }, inner: new Map<unknown, unknown>([["k", { v: 1 }], [{ id: 2 }, null]]) };
    const set = new Set(["x"]); const big = new Float64Array(5000); const odd: any = new Proxy({}, { get() { ran++; return 1 }, ownKeys() { ran++; return [] } });`);
  expect(await children("tree")).toEqual(
    [
      ["list", "[ 10, [Object] ]", "Array"],
      ["computed", "[Getter]", ""],
      ["inner", "Map(2) { 'k' => [Object], { id: 2 } => null }", "Map"],
    ].map(([name, value, type]) => [
      name,
      name === "inner" ? expect.stringContaining("Map(2)") : value,
      type,
    ]),
  );
  const top = await variable("tree");
  const [list, , inner] = await session.variables(top.reference);
  const items = await session.variables(list?.reference);
  expect(items.map(({ name, value }) => [name, value])).toEqual([
    ["0", "10"],
    ["1", "{ deep: true }"],
  ]);
  expect((await session.variables(items[1]?.reference)).map(({ name }) => name)).toEqual(["deep"]);
  expect((await session.variables(inner?.reference)).map(({ name, value }) => [name, value])).toEqual([
    ["0: 'k'", "{ v: 1 }"],
    ["1: { id: 2 }", "null"],
  ]);
  expect(await children("set")).toEqual([["0", "'x'", "string"]]);
  expect(await variable("odd")).toMatchObject({ type: "Proxy", reference: 0 });
  expect(await variable("ran")).toMatchObject({ value: "0" });
  expect((await variable("big")).value.length).toBeLessThan(210);
});

it("with more than a thousand parts give them in ranges, or those that are asked for", async () => {
  await run(`const long = Float64Array.from({ length: 2500 }, (_, at) => at / 2);
    const huge = Array.from({ length: 1_500_000 }, (_, at) => at);
    const map = new Map(Array.from({ length: 1001 }, (_, at) => [at, -at])); const holes = [1, , 3];`);
  const long = await variable("long");
  expect(await children("long")).toEqual([
    ["[0 … 999]", "", ""],
    ["[1000 … 1999]", "", ""],
    ["[2000 … 2499]", "", ""],
  ]);
  const [, , last] = await session.variables(long.reference);
  const tail = await session.variables(last?.reference);
  expect(tail).toHaveLength(500);
  expect(tail.at(-1)).toMatchObject({ name: "2499", value: "1249.5", type: "number" });
  const some = await session.variables(long.reference, 1998, 3);
  expect(some.map(({ name, value }) => [name, value])).toEqual([
    ["1998", "999"],
    ["1999", "999.5"],
    ["2000", "1000"],
  ]);
  const [first, second] = await session.variables((await variable("huge")).reference);
  expect([first?.name, second?.name]).toEqual(["[0 … 999999]", "[1000000 … 1499999]"]);
  const inner = await session.variables(second?.reference);
  expect([inner.length, inner.at(-1)?.name]).toEqual([500, "[1499000 … 1499999]"]);
  expect((await session.variables(inner.at(-1)?.reference)).at(-1)).toMatchObject({ value: "1499999" });
  const [, rest] = await session.variables((await variable("map")).reference);
  expect(await session.variables(rest?.reference)).toMatchObject([{ name: "1000: 1000", value: "-1000" }]);
  expect((await children("holes")).map(([name]) => name)).toEqual(["0", "2"]);
});

it("that are tensors tell the type of their numbers and their shape", async () => {
  await run(`const view = { data: new Float32Array(6), shape: [2, 3], stride: [3, 1], offset: 0 };
    const plain = { data: [1], shape: [1], stride: [1] }; const box = { shape: [1, 2], data: "x" };`);
  expect((await variable("view")).type).toBe("float32 [2, 3]");
  expect((await variable("plain")).type).toBe("array [1]");
  expect((await variable("box")).type).toBe("Object");
});

it("show themselves as results do", async () => {
  await run("const rows = [{ a: 1 }]");
  expect(await session.variableBundle("rows")).toMatchObject({
    "text/plain": "[ { a: 1 } ]",
    "text/html": expect.stringContaining("<table>"),
  });
  expect(await session.variableBundle("nobody")).toEqual({});
});

it("that break are told of all the same", async () => {
  await run(`const broken: any = { [Symbol.for("nodejs.util.inspect.custom")]() { throw new Error("no") } };
    const revoked: any = (() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy })();`);
  expect(await variable("broken")).toMatchObject({ type: "Object" });
  expect(await variable("revoked")).toMatchObject({ type: "Proxy" });
});
