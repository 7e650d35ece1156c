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
  expect(await children("big")).toHaveLength(1000);
  expect(await variable("odd")).toMatchObject({ type: "Proxy", reference: 0 });
  expect(await variable("ran")).toMatchObject({ value: "0" });
  expect((await variable("big")).value.length).toBeLessThan(210);
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
