import { describe, expect, test } from "vitest";
import { fuseGraph } from "../../src/fuse/graph/fuse-graph.js";
import type { Graph } from "../../src/graph/graph.js";
import type { ConvOp } from "../../src/graph/op.js";
import { add, concat, conv, norm, same } from "../graph/small-graphs.js";
import { graphOf, row } from "./graphs.js";

/** Channels with which a dense 3x3 kernel is several blocks, the last one smaller than the others. */
const wide = 90;
const three = [{ size: 3 }, { size: 3 }];

/** The same convolution, whose weights can be read in parts. */
function inParts(op: ConvOp): ConvOp {
  const whole = "read" in op.weight ? op.weight.read() : new Float64Array(0);
  const weight = {
    shape: op.weight.shape,
    read: () => whole.slice(),
    part: (start: number, out: Float64Array) => out.set(whole.subarray(start, start + out.length)),
  };
  return { ...op, weight };
}

function branches(of: (op: ConvOp) => ConvOp): Graph {
  return graphOf((g, x) =>
    g.add(
      add,
      [
        row(g, x, "a", [of(same(wide, wide, 3, { bias: true })), norm(wide, 2)]),
        row(g, x, "b", [of(same(wide, wide, 1, { seed: 2 })), norm(wide, 2, 4)]),
        row(g, x, "depthwise", [of(same(wide, wide, 5, { seed: 3, groups: wide })), norm(wide, 2, 5)]),
        row(g, x, "grouped", [of(same(wide, wide, 3, { seed: 4, groups: 9, bias: true }))]),
        x,
      ],
      "out",
    ),
  );
}

const graphs: Readonly<Record<string, (of: (op: ConvOp) => ConvOp) => Graph>> = {
  "branches with norms, in groups, and the identity": branches,
  "a convolution between norms": (of) =>
    graphOf((g, x) =>
      row(g, x, "out", [norm(wide, 2), of(conv(wide, wide, { axes: three })), norm(wide, 2, 5)]),
    ),
  "two convolutions in sequence": (of) =>
    graphOf((g, x) =>
      row(g, x, "out", [
        of(conv(wide, wide, { bias: true })),
        of(conv(wide, wide, { axes: three, seed: 2, bias: true })),
      ]),
    ),
  "branches side by side": (of) =>
    graphOf((g, x) =>
      g.add(
        concat,
        [
          g.add(of(same(wide, wide, 3, { bias: true })), [x], "a"),
          g.add(of(same(wide, wide, 1, { seed: 2 })), [x], "b"),
        ],
        "out",
      ),
    ),
};

/** What is exact at the given shapes only. */
const atGivenSizes: Readonly<Record<string, (of: (op: ConvOp) => ConvOp) => Graph>> = {
  "a stride that leaves a pixel over": (of) =>
    graphOf((g, x) => {
      const strided = [1, 3].map((size) => ({ size, stride: 2, after: size >> 1 }));
      const [point, square] = strided.map((axis) => [axis, axis]);
      return g.add(
        add,
        [
          g.add(of(conv(wide, wide, { axes: square ?? [] })), [x], "a"),
          g.add(of(conv(wide, wide, { axes: point ?? [], seed: 2 })), [x], "b"),
        ],
        "out",
      );
    }),
};

describe.each(Object.entries({ ...graphs, ...atGivenSizes }))("%s", (name, graph) => {
  test.each([
    ["read in parts", inParts],
    ["read as a whole", (op: ConvOp) => op],
  ])("in blocks is what it is as a whole; weights %s", (_, of) => {
    const made = graph(of);
    const { replacements } = fuseGraph(made, {
      shapes: new Map(made.inputs.map((x) => [x, [1, wide, 8, 6]])),
      sizes: name in atGivenSizes ? "given" : "every",
    });
    expect(replacements).toHaveLength(1);
    const [term, ...others] = replacements[0]?.terms ?? [];
    expect(others).toEqual([]);
    const convolution = term?.convolution;
    const whole = convolution?.kernel();
    // A block holds until the next one only.
    const blocks = [...(convolution?.blocks() ?? [])].length;
    const weight: number[] = [];
    const bias: number[] = [];
    for (const block of convolution?.blocks() ?? []) {
      for (const value of block.weight) weight.push(value);
      bias.push(...(block.bias ?? new Float64Array(block.outChannels)));
    }
    expect(blocks).toBeGreaterThan(1);
    expect(weight).toEqual([...(whole?.weight ?? [])]);
    expect(bias).toEqual([...(whole?.bias ?? new Float64Array(whole?.outChannels ?? 0))]);
  });
});

// Blocks of whole groups, the last one of fewer; and blocks of a part of a group.
test.each([
  [200, 8],
  [180, 2],
])(
  "%s channels in %s groups, read in parts, with a norm behind: in blocks what it is as a whole",
  (channels, groups) => {
    const made = graphOf((g, x) =>
      row(g, x, "out", [
        inParts(same(channels, channels, 3, { groups, bias: true })),
        norm(channels, 2),
        norm(channels, 2, 5),
      ]),
    );
    const [replacement] = fuseGraph(made).replacements;
    const convolution = replacement?.terms[0]?.convolution;
    const whole = convolution?.kernel();
    const blocks: [inputs: number, groups: number, outputs: number][] = [];
    const weight: number[] = [];
    const bias: number[] = [];
    for (const block of convolution?.blocks() ?? []) {
      const ofOne = (block.inChannels / block.groups) * 9;
      expect(block.weight.length).toBe(block.outChannels * ofOne);
      blocks.push([block.inChannels, block.groups, block.outChannels]);
      for (const value of block.weight) weight.push(value);
      bias.push(...(block.bias ?? []));
    }
    expect(blocks.length).toBeGreaterThan(1);
    for (const [inputs, parts, outputs] of blocks) {
      expect(inputs / parts).toBe(channels / groups);
      expect(Number.isInteger(parts) && outputs % parts === 0).toBe(true);
    }
    expect(weight).toEqual([...(whole?.weight ?? [])]);
    expect(bias).toEqual([...(whole?.bias ?? [])]);
  },
);
