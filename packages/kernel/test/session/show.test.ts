import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { createSession, type Session, type SessionEvent } from "@convfuse/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let session: Session;
let events: SessionEvent[] = [];
let count = 0;

// The kernel's own folder has the packages whose values are shown here.
beforeAll(async () => {
  session = await createSession({
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    onEvent: (event) => events.push(event),
  });
}, 60_000);
afterAll(() => session.shutdown());

/** What a cell shows as its result, by MIME type. */
async function shown(code: string): Promise<Readonly<Record<string, unknown>>> {
  events = [];
  const reply = await session.execute({ id: `cell-${++count}`, code, executionCount: count });
  expect(reply).toMatchObject({ status: "ok" });
  const [bundle] = events.flatMap((event) => (event.type === "execute_result" ? [event.data] : []));
  return bundle ?? {};
}

async function text(code: string): Promise<unknown> {
  return (await shown(code))["text/plain"];
}

/** The cells of an HTML table, row by row. */
function cells(bundle: Readonly<Record<string, unknown>>): string[][] {
  const html = String(bundle["text/html"]);
  return [...html.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, row = ""]) =>
    [...row.matchAll(/<t[hd]>(.*?)<\/t[hd]>/g)].map(([, cell = ""]) => cell),
  );
}

/** One red pixel. */
const png =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

describe("a function is shown with what its cell says", () => {
  it.each([
    ["(x: number) => x", "[Function (anonymous)] (x: number) => x"],
    [
      "function area(w: number, h = 2): number {\n  for (;;) return w * h;\n}\narea",
      "[Function: area]\nfunction area(w: number, h = 2): number {\n  for (;;) return w * h;\n}",
    ],
    [
      "const later = async <T>({ a }: { a: T }): Promise<T> => { await area(1); return a }; later",
      "[AsyncFunction: later] async <T>({ a }: { a: T }): Promise<T> => { await area(1); return a }",
    ],
    [
      "class Dog { bark(n: number) { return n } }; new Dog().bark",
      "[Function: bark] bark(n: number) { return n }",
    ],
    ["Dog", "[class Dog]"],
    ["Math.max", "[Function: max]"],
    // Node 26 says that there is a proxy, those before it do not.
    ["new Proxy(area, {})", inspect(new Proxy(function area() {}, {}))],
  ])("%s", async (code, expected) => expect(await text(code)).toBe(expected));

  it("of a hundred lines by its beginning", async () => {
    const lines = Array.from({ length: 100 }, (_, n) => `  console.log(${n});`);
    const shownText = String(await text(`() => {\n${lines.join("\n")}\n}`));
    expect(shownText.split("\n")).toHaveLength(32);
    expect(shownText.endsWith("\n...")).toBe(true);
  });
});

describe("elements", () => {
  it("of jsdom are HTML and pictures", async () => {
    await shown(
      `import { JSDOM } from "jsdom"; const { document }: any = new JSDOM("<p>a&nbsp;<br>b</p><i>c</i>").window`,
    );
    expect(await shown('document.querySelector("p")')).toEqual({
      "text/html": "<p>a&nbsp;<br>b</p>",
      "text/plain": "<p>a&nbsp;<br>b</p>",
    });
    expect((await shown("document"))["text/html"]).toContain("<html><head></head><body><p>a");
    expect((await shown('[...document.querySelectorAll("p, i")]'))["text/html"]).toContain("<i>c</i>");
    expect(await text('document.createTextNode("t")')).toContain("Text");
    const both = {
      "text/html": expect.stringMatching(/^<p>.*<\/p>\n<i>c<\/i>$/),
      "text/plain": "[2 of 2 elements]",
    };
    expect(await shown('document.querySelectorAll("p, i")')).toEqual(both);
    expect(await shown("document.body.children")).toEqual(both);
    expect(await shown('document.getElementsByTagName("i")')).toEqual(
      await shown('document.querySelector("i")'),
    );
    expect(await shown('document.querySelector("i").childNodes')).toEqual({
      "text/html": "c",
      "text/plain": "[1 of 1 elements]",
    });
    expect(await shown('document.querySelectorAll("none")')).toEqual({ "text/plain": "[no elements]" });
  });

  it("of d3 are XML, in SVG's namespace", async () => {
    const bundle = await shown(`import * as d3 from "d3";
      const svg = d3.select(document.body).append("svg").attr("width", 9);
      svg.append("foreignObject").append("xhtml:br"); svg.append("text").text("a\\u00a0<b>"); svg`);
    expect(Object.keys(bundle)).toEqual(["image/svg+xml", "text/plain"]);
    expect(bundle["image/svg+xml"]).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="9">/);
    expect(bundle["image/svg+xml"]).toContain("<text>a\u00a0&lt;b&gt;</text></svg>");
    expect(bundle["image/svg+xml"]).toContain("<br xmlns=");
    expect(await shown("svg.node()")).toEqual(bundle);
  });

  it("of Observable Plot are pictures, with a title HTML", async () => {
    const plot = (options: string) =>
      shown(
        `import * as Plot from "@observablehq/plot"; Plot.plot({ document, marks: [Plot.dot([[1, 2], [3, 5]])], ${options} })`,
      );
    const bundle = await plot("width: 300");
    expect(bundle["image/svg+xml"]).toMatch(/^<svg xmlns="[^"]*" class="plot-[^>]* width="300"/);
    expect(String(bundle["text/plain"]).length).toBeLessThan(250);
    expect((await plot('title: "Two"'))["text/html"]).toMatch(/^<figure .*<h2>Two<\/h2><svg /s);
  });

  it("without a serializer name their namespace all the same", async () => {
    const bundle = await shown(`class Node { get nodeType() { return 1 } appendChild() {} cloneNode() {}
      get namespaceURI() { return "http://www.w3.org/2000/svg" } localName = "svg"; get outerHTML() { return "<svg a='1'><g/></svg>" } }
      new Node()`);
    expect(bundle["image/svg+xml"]).toBe(`<svg xmlns="http://www.w3.org/2000/svg" a='1'><g/></svg>`);
  });
});

describe("pictures", () => {
  it.each([
    ["image/png", `[...Buffer.from("${png}", "base64")]`],
    ["image/jpeg", "[0xff, 0xd8, 0xff, 0xe0, 0, 16, 74, 70, 73, 70, 0]"],
    ["image/gif", '[...Buffer.from("GIF89a"), 1, 0, 1, 0]'],
    ["image/webp", '[...Buffer.from("RIFF"), 1, 0, 0, 0, ...Buffer.from("WEBPVP8 ")]'],
  ])("%s is known by its bytes", async (mime, bytes) => {
    const expected = await shown(`const bytes = ${bytes}; Buffer.from(bytes).toString("base64")`);
    const data = String(expected["text/plain"]).slice(1, -1);
    for (const holder of [
      "Buffer.from(bytes)",
      "new Uint8Array(bytes)",
      "new Uint8Array(bytes).buffer",
      "new Blob([new Uint8Array(bytes)])",
    ])
      expect((await shown(holder))[mime], holder).toBe(data);
  });

  it("of other bytes are none", async () => {
    expect(Object.keys(await shown("new Uint8Array([0x89, 0x50, 0x4e, 0x47])"))).toEqual(["text/plain"]);
    expect(Object.keys(await shown('Buffer.from("RIFF1234AVI ")'))).toEqual(["text/plain"]);
  });

  it.each(["", "async "])("of a canvas are what %sits toDataURL gives", async (kind) => {
    const code = `class Canvas${kind.length} { width = 3; height = 2; getContext() {}
      ${kind}toDataURL(type: string) { return \`data:\${type};base64,${png}\` } }; new Canvas${kind.length}()`;
    expect(await shown(code)).toEqual({ "image/png": png, "text/plain": "[canvas, 3 x 2]" });
  });
});

describe("specifications", () => {
  it.each([
    ["vega/v5", ["application/vnd.vega.v5+json"]],
    ["vega-lite/v4", ["application/vnd.vegalite.v4+json"]],
    ["vega-lite/v6.1", ["application/vnd.vegalite.v6+json", "application/vnd.vegalite.v5+json"]],
  ])("of %s", async (schema, mimes) => {
    const bundle = await shown(`({ $schema: "https://vega.github.io/schema/${schema}.json", mark: "bar" })`);
    expect(Object.keys(bundle)).toEqual([...mimes, "text/plain"]);
    expect(bundle[mimes[0] as string]).toMatchObject({ mark: "bar" });
  });

  it("of vega-lite-api", async () => {
    const bundle = await shown('import * as vl from "vega-lite-api"; vl.markBar().data([{ a: 1 }])');
    expect(bundle["application/vnd.vegalite.v5+json"]).toMatchObject({ data: { values: [{ a: 1 }] } });
  });

  it("of another language are records", async () => {
    expect(Object.keys(await shown('({ $schema: "https://json-schema.org/draft/2020-12/schema" })'))).toEqual(
      ["text/plain"],
    );
  });
});

describe("tables", () => {
  it("of records: every name, escaped, no getter run", async () => {
    const bundle = await shown("[{ a: 1, get b(): number { throw 1 } }, { a: '<b>', c: [1, { d: 2 }] }]");
    expect(cells(bundle)).toEqual([
      ["", "a", "b", "c"],
      ["0", "1", "[Getter]", ""],
      ["1", "&#60;b&#62;", "", "[ 1, { d: 2 } ]"],
    ]);
    expect(bundle["text/plain"]).toBe("[\n  { a: 1, b: [Getter] },\n  { a: '<b>', c: [ 1, { d: 2 } ] }\n]");
  });

  it("of Maps", async () => {
    expect(cells(await shown("new Map<unknown, unknown>([['x', 1], [{ k: 1 }, 'two']])"))).toEqual([
      ["", "key", "value"],
      ["0", "x", "1"],
      ["1", "{ k: 1 }", "two"],
    ]);
    expect(cells(await shown("new Map([['x', { n: 1 }], ['y', { n: 2 }]])"))).toEqual([
      ["", "key", "n"],
      ["0", "x", "1"],
      ["1", "y", "2"],
    ]);
  });

  it("of many rows and columns are cut, and say so", async () => {
    const bundle = await shown(
      "Array.from({ length: 2000 }, (_, n) => Object.fromEntries(Array.from({ length: 50 }, (_, c) => ['c' + c, n])))",
    );
    const rows = cells(bundle);
    expect(rows).toHaveLength(62);
    expect(rows[0]).toHaveLength(42);
    expect([rows[30]?.[0], rows[31]?.[0], rows[32]?.[0]]).toEqual(["29", "...", "1970"]);
    expect(bundle["text/html"]).toContain("<p>2000 rows x 50 columns</p>");
    expect(
      String((await shown(`[{ long: "y".repeat(1e6), list: Array(1e5).fill({ a: 1 }) }]`))["text/html"])
        .length,
    ).toBeLessThan(1000);
  });

  it.each([
    "[]",
    "[{}]",
    "[{ a: 1 }, 2]",
    "[, { a: 1 }]",
    "[new Date(0)]",
    "new Map()",
    "[[1], [2]]",
    "new Set([{ a: 1 }])",
    "new Array(1e9)",
    "[new Proxy({ a: 1 }, {})]",
  ])("%s is none", async (code) => {
    expect(Object.keys(await shown(code))).toEqual(["text/plain"]);
  });

  it("of records from another realm", async () => {
    expect(cells(await shown('import vm from "node:vm"; vm.runInNewContext("[{ a: 1 }]")'))).toHaveLength(2);
    expect(cells(await shown('[vm.runInNewContext("({ a: 1 })")]'))).toEqual([
      ["", "a"],
      ["0", "1"],
    ]);
  });

  it("of apache-arrow", async () => {
    const bundle = await shown(`import { tableFromArrays } from "apache-arrow";
      tableFromArrays({ n: [1, 2], s: ["x", "<y>"], day: [new Date(0), null] })`);
    expect(cells(bundle)).toEqual([
      ["", "n", "s", "day"],
      ["0", "1", "x", "1970-01-01T00:00:00.000Z"],
      ["1", "2", "&#60;y&#62;", "null"],
    ]);
    expect(bundle["text/plain"]).toBe("   n  s    day\n0  1  x    1970-01-01T00:00:00.000Z\n1  2  <y>  null");
  });

  it("of arquero, as it is filtered and sorted", async () => {
    const bundle = await shown(`import * as aq from "arquero";
      aq.table({ a: [1, 3, 2], b: ["x", "y", "z"] }).filter((d: any) => d.a > 1).orderby("a")`);
    expect(bundle["text/plain"]).toBe("   a  b\n0  2  z\n1  3  y");
  });

  it("of danfojs, whose classes compute what they have", async () => {
    const bundle = await shown(`class Frame { $data: unknown[]; $columns: string[]; $index: unknown[];
        constructor(data: unknown[], columns: string[], index: unknown[]) { this.$data = data; this.$columns = columns; this.$index = index }
        get values() { return this.$data } get columns() { return this.$columns } get index() { return this.$index }
        get shape() { return [this.$data.length, this.$columns.length] } }
      new Frame([[1, "x"], [2, "y"]], ["n", "s"], ["a", "b"])`);
    expect(bundle["text/plain"]).toBe("   n  s\na  1  x\nb  2  y");
    expect(await text('new Frame([1.5, 2], ["n"], [0, 1])')).toBe("   n\n0  1.5\n1  2");
  });

  it("of polars, behind a proxy, are what they say; text is added", async () => {
    const bundle = await shown(`new Proxy({ [Symbol.for("nodejs.util.inspect.custom")]: () => "shape: (1, 1)",
      [Symbol.for("Jupyter.display")]: () => ({ "text/html": "<table></table>" }) }, {})`);
    expect(bundle).toEqual({ "text/html": "<table></table>", "text/plain": "shape: (1, 1)" });
  });
});

describe("values that break", () => {
  it.each([
    "({ toString() { throw 1 }, [Symbol.toPrimitive]() { throw 2 } })",
    '({ [Symbol.for("nodejs.util.inspect.custom")]() { throw 1 } })',
    "new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 }, ownKeys() { throw 3 } })",
    "Object.create(new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 }, has() { throw 3 } }))",
    "[{ a: { toString() { throw 1 }, [Symbol.for('nodejs.util.inspect.custom')]() { throw 1 } } }]",
    "class Odd { get nodeType() { throw 1 } appendChild() {} cloneNode() {} getContext() {} toDataURL() { throw 1 } columnNames() { throw 1 } numRows() {} objects() {} }; new Odd()",
    "({ $schema: 'https://vega.github.io/schema/vega-lite/v5.json', get data() { throw 1 } })",
    "const loop: any = { name: 'loop' }; loop.self = loop; [loop]",
    "Object.defineProperty([{ a: 1 }], 'map', { get() { throw 1 } })",
  ])("%s", async (code) => expect(await text(code)).toBeTypeOf("string"));
});

describe("helpers", () => {
  it.each([
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the cell's own.
    ["jupyter.md`*${1 + 1}*`", { "text/markdown": "*2*", "text/plain": "*2*" }],
    ["jupyter.svg`<svg/>`", { "image/svg+xml": "<svg/>", "text/plain": "<svg/>" }],
  ])("%s", async (code, bundle) => expect(await shown(code)).toEqual(bundle));

  it("confirm takes a yes", async () => {
    const answers = ["yes", " Y ", "no", ""];
    for (const answer of answers) {
      const asked = session.execute({
        id: `cell-${++count}`,
        code: 'const sure = await confirm("Sure?"); sure',
        executionCount: count,
      });
      events = [];
      await expect
        .poll(() => events.find((event) => event.type === "input_request"))
        .toMatchObject({ prompt: "Sure? [y/N] " });
      session.answerInput(answer);
      await asked;
      const [result] = events.flatMap((event) =>
        event.type === "execute_result" ? [event.data["text/plain"]] : [],
      );
      expect(result).toBe(String(/y/i.test(answer)));
    }
  });
});
