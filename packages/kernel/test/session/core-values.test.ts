import { fileURLToPath } from "node:url";
import { createSession, type Session, type SessionEvent } from "@convfuse/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let session: Session;
let events: SessionEvent[] = [];
let count = 0;

// The lecture's folder has @convfuse/core, as a user's has it who installed it.
beforeAll(async () => {
  session = await createSession({
    cwd: fileURLToPath(new URL("../../../../notebooks", import.meta.url)),
    onEvent: (event) => events.push(event),
  });
  await execute(`import { compile, Conv2d, fuse, Identity, manualSeed, ones, randn, ReLU, Sequential, Sum, stateDict, tensor,
    verifyFusion, zeros } from "@convfuse/core";
  import ndarray from "ndarray";
  manualSeed(0);
  const x = randn([2, 3]);
  const conv = new Conv2d(2, 2, 3, { padding: 1 });
  const block = new Sum([conv, new Identity()]);`);
}, 60_000);
afterAll(() => session.shutdown());

async function execute(code: string): Promise<void> {
  events = [];
  const reply = await session.execute({ id: `cell-${++count}`, code, executionCount: count });
  expect(reply).toMatchObject({ status: "ok" });
}

/** What a cell shows as its result, by MIME type. */
async function shown(code: string): Promise<Readonly<Record<string, unknown>>> {
  await execute(code);
  const [bundle] = events.flatMap((event) =>
    event.type === "execute_result" || event.type === "display_data" ? [event.data] : [],
  );
  return bundle ?? {};
}

/** What a cell prints. */
async function printed(code: string): Promise<string> {
  await execute(code);
  return events.flatMap((event) => (event.type === "stream" ? [event.text] : [])).join("");
}

// What PyTorch prints after torch.manual_seed(0); x = torch.randn(2, 3).
const text = "tensor([[ 1.5410, -0.2934, -2.1788],\n        [ 0.5684, -1.0845, -1.3986]])";

describe("a tensor", () => {
  it("as a cell's result is what PyTorch prints, and a heat map", async () => {
    const bundle = await shown("x");
    expect(Object.keys(bundle)).toEqual(["text/plain", "text/html"]);
    expect(bundle["text/plain"]).toBe(text);
    const html = bundle["text/html"] as string;
    expect(html.match(/<td /g)).toHaveLength(6);
    expect(html).toContain(">-2.179</td>");
  });

  it.each([
    ["await jupyter.display(x)", text],
    [
      "x.transpose(1, 0)",
      "tensor([[ 1.5410,  0.5684],\n        [-0.2934, -1.0845],\n        [-2.1788, -1.3986]])",
    ],
    ["x.pick(0, null)", "tensor([ 1.5410, -0.2934, -2.1788])"],
    ["x.lo(1, 1)", "tensor([[-1.0845, -1.3986]])"],
    ["x.hi(1, 2).step(1, -1)", "tensor([[-0.2934,  1.5410]])"],
    ["x.pick(0, 0)", "tensor(1.5410)"],
    ["ndarray(new Float32Array([1, 2]), [1, 2])", "tensor([[1., 2.]])"],
    ["zeros([0, 3])", "tensor([], size=(0, 3))"],
    ["zeros([1, 1, 1, 1, 1, 1, 2])", "tensor([[[[[[[0., 0.]]]]]]])"],
    ["[tensor([1]).pick(0)]", "[ tensor(1.) ]"],
  ])("%s", async (code, expected) => {
    expect((await shown(code))["text/plain"]).toBe(expected);
  });

  it("that is large is a picture, of a few kilobytes", async () => {
    const html = (await shown("randn([1, 64, 112, 112])"))["text/html"] as string;
    expect(html.match(/<img /g)).toHaveLength(16);
    expect(html).toContain("a pixel is the mean of 2 x 2 values");
    expect(html).toContain("... 48 more");
    expect(html.length).toBeLessThan(100_000);
  });

  it("is printed in the same way, in a template literal and where it lies inside something", async () => {
    expect(await printed("console.log(x)")).toBe(`${text}\n`);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the cell's own.
    expect(await printed("console.log(`${x}`)")).toBe(`${text}\n`);
    expect(await printed("console.log({ bias: tensor([1, 2]) })")).toBe("{ bias: tensor([1., 2.]) }\n");
    expect(await printed("console.log({ a: { b: { c: [x, conv] } } }, { a: { b: { c: x } } })")).toBe(
      "{ a: { b: { c: [Array] } } } { a: { b: { c: [tensor 2x3] } } }\n",
    );
    expect(
      await printed("console.log(stateDict(new ReLU()), String(x.pick(0, 0)), 1 + Number(tensor(2)))"),
    ).toBe("Map(0) {} tensor(1.5410) 3\n");
  });

  it("has no more keys than before", async () => {
    expect(await printed("console.log(Object.keys(x).join(), JSON.stringify(x.shape))")).toBe(
      "data,shape,stride,offset [2,3]\n",
    );
  });
});

describe("a layer", () => {
  const repr = "Conv2d(2, 2, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))";

  it("as a cell's result is what PyTorch prints, and a table of its tensors", async () => {
    const bundle = await shown("conv");
    expect(bundle["text/plain"]).toBe(repr);
    const html = bundle["text/html"] as string;
    expect(html).toContain(`<pre>${repr}</pre>`);
    expect(html).toContain("<td>weight</td><td>[2, 2, 3, 3]</td><td>36</td>");
  });

  it("is printed in the same way, and so is what holds it", async () => {
    expect(await printed("console.log(conv)")).toBe(`${repr}\n`);
    expect(await printed("console.log([new ReLU()])")).toBe("[ ReLU() ]\n");
    expect((await shown("new Sequential({ '<a>': new ReLU() })"))["text/html"]).toBe(
      "<pre>Sequential(\n  (&lt;a&gt;): ReLU()\n)</pre>",
    );
  });
});

describe("what else says in text what it is", () => {
  it.each([
    ["fuse(block).report", /^ +before +after\nlayers/],
    ["verifyFusion(block, fuse(block).module, { inputShape: [1, 2, 5, 5], trials: 1 })", /^equal within/],
    ["compile(conv, { inputShape: [1, 2, 5, 5] })", /^Plan\(\[1, 2, 5, 5\] -> \[1, 2, 5, 5\]/],
  ])("%s", async (code, expected) => {
    const [result, log] = [await shown(code), await printed(`console.log(${code})`)];
    expect(result["text/plain"]).toMatch(expected);
    expect(log).toMatch(expected);
  });
});
