import { describe, expect, test } from "vitest";
import { fuseGraph } from "../../src/fuse/graph/fuse-graph.js";
import { mapOfNode } from "../../src/fuse/graph/maps/linear-rules.js";
import { factsOf } from "../../src/graph/facts.js";
import { GraphBuilder, type Node, type Value } from "../../src/graph/graph.js";
import type { Op } from "../../src/graph/op.js";
import { transposedAxis } from "../../src/ops/conv/conv-axis.js";
import { add, concat, conv, identity, norm, relu, same } from "../graph/small-graphs.js";
import { fusedAndChecked, reasons, summary } from "./check.js";
import { graphOf, matrix, mean, padding, row, times } from "./graphs.js";

const image = [[2, 4, 7, 6]] as const;
const three = { size: 3 };
const square = [three, three];

/** What is left of a row of operations, with the reasons. */
function left(
  ops: readonly Op[],
  options = {},
  shapes: readonly (readonly number[])[] = image,
): readonly string[] {
  const graph = graphOf((g, x) => row(g, x, "out", ops));
  const fused = fusedAndChecked(graph, shapes, options);
  return [...summary(graph, fused), ...reasons(fused)];
}

describe("rows", () => {
  test("norms, scales, identities and paddings before and after a convolution", () => {
    const ops = [
      padding(1),
      identity,
      conv(4, 6, { axes: square, bias: true }),
      norm(6, 2),
      times(-2),
      identity,
    ];
    expect(left(ops)).toEqual(["out.4 = 4>6 3x3 * x", "out: identity"]);
  });

  test("a norm before a convolution without padding", () => {
    expect(left([norm(4, 2), conv(4, 6, { axes: square })])).toEqual(["out = 4>6 3x3 * x"]);
  });

  test("a norm before zero padding stays: the border would see its shift", () => {
    const [first, second, reason] = left([norm(4, 2), same(4, 6, 3)]);
    expect([first, second]).toEqual(["out.0: affine", "out: conv"]);
    expect(reason).toMatch(/^out\.0: not merged with what follows: a bias before zero padding/);
  });

  test("a scale before zero padding does not", () => {
    expect(left([times(3), same(4, 6, 3)])).toEqual(["out = 4>6 3x3 * x"]);
  });

  test("padding with a constant, ceil mode, an average that leaves out the border", () => {
    const constant: Op = {
      kind: "pad",
      sides: [
        [1, 1],
        [0, 0],
      ],
      border: "zeros",
      value: 2,
    };
    expect(left([constant, conv(4, 4)])).toEqual([
      "out.0: pad",
      "out: conv",
      "out.0: padding with a constant other than 0",
      "out: nothing to merge with: it stands between a padding and an output",
    ]);
    const border = { ...mean(3, 1, 1), countIncludePad: false } as Op;
    expect(left([border, conv(4, 4)])[2]).toBe(
      "out.0: an average that does not count padding divides by less at the border",
    );
    const ceil = { ...mean(3, 2, 0), ceilMode: true } as Op;
    expect(left([ceil, conv(4, 4)])[2]).toBe("out.0: ceil mode lets the last window hang over the border");
  });

  test("norms between what is not linear stay, each with a reason", () => {
    expect(left([relu, norm(4, 2), relu])).toEqual([
      "out.0: map",
      "out.1: affine",
      "out: map",
      "out.1: nothing to merge with: it stands between ReLU and ReLU",
    ]);
  });
});

describe("growth", () => {
  const depthwise = {
    ...same(4, 4, 3),
    ...conv(4, 4, {
      groups: 4,
      axes: [
        { size: 3, before: 1, after: 1 },
        { size: 3, before: 1, after: 1 },
      ],
    }),
  };

  test.each([
    [
      "depthwise and dense 1x1",
      [depthwise, conv(4, 8)],
      "288 multiply-adds a pixel and 288 weights instead of 68 and 68",
    ],
    [
      "a bottleneck of one channel",
      [conv(4, 1), conv(1, 4)],
      "16 multiply-adds a pixel and 16 weights instead of 8 and 8",
    ],
    [
      "a 1x1 and a 2x2 pool",
      [conv(4, 2), mean(2, 2, 0)],
      "32 multiply-adds a pixel and 32 weights instead of 40 and 8",
    ],
  ] as const)("none: %s stay", (_name, ops, figures) => {
    expect(left(ops, { growth: "none" }).slice(1)).toEqual([
      expect.stringMatching(/^out: /),
      `out.0: not merged with what follows: left as it is: one convolution would take ${figures}`,
    ]);
  });

  test("any: only grouped weights do not grow by zeros", () => {
    expect(left([conv(4, 1), conv(1, 4)])).toEqual(["out = 4>4 1x1 * x"]);
    expect(left([conv(4, 2), mean(2, 2, 0)])).toHaveLength(3);
    expect(left([depthwise, conv(4, 8)])[2]).toMatch(/would need fewer groups and 288 weights instead of 68/);
  });

  test("none: what is dear in the middle is taken where the whole is cheap", () => {
    expect(left([conv(4, 1), conv(1, 4), conv(4, 1)], { growth: "none" })).toEqual(["out = 4>1 1x1 * x"]);
  });

  test("none: 1x3 and 3x1 stay apart, and join a 3x3", () => {
    const across = conv(4, 4, { axes: [{ size: 1 }, { size: 3, before: 1, after: 1 }] });
    const down = conv(4, 4, { axes: [{ size: 3, before: 1, after: 1 }, { size: 1 }] });
    const sum = (ops: readonly Op[]): readonly string[] => {
      const graph = graphOf((g, x) =>
        g.add(
          add,
          ops.map((op, i) => g.add(op, [x], `${i}`)),
          "sum",
        ),
      );
      return summary(graph, fusedAndChecked(graph, image, { growth: "none" }));
    };
    expect(sum([across, down])).toEqual(["0: conv", "1: conv", "sum: add"]);
    expect(sum([across, down, same(4, 4, 3)])).toEqual(["sum = 4>4 3x3 * x"]);
    expect(sum([across, down, across])).toEqual(["sum = 4>4 3x3 * x"]);
  });
});

describe("sums", () => {
  test("a sum that others read stays available; the outer one reads what it is made of", () => {
    const graph = graphOf((g, x) => {
      const inner = g.add(add, [g.add(same(4, 4, 3), [x], "a"), g.add(conv(4, 4), [x], "b")], "inner");
      return [g.add(add, [inner, g.add(conv(4, 4, { seed: 5 }), [x], "c")], "outer"), inner];
    });
    const [inner, outer] = summary(graph, fusedAndChecked(graph, image, { growth: "any" }));
    expect(inner).toBe("inner = 4>4 3x3 * x");
    expect(outer).toBe("c: conv");
  });

  test("a shared norm, read by a sum and by what is not linear", () => {
    const graph = graphOf((g, x) => {
      const y = g.add(norm(4, 2), [x], "y");
      return [g.add(add, [y, g.add(conv(4, 4), [x], "c")], "sum"), g.add(relu, [y], "relu")];
    });
    expect(summary(graph, fusedAndChecked(graph, image, { growth: "none" }))).toEqual([
      "y: affine",
      "sum = 4>4 1x1 * x",
      "relu: map",
    ]);
  });

  test("a norm before all branches, and one behind them", () => {
    const graph = graphOf((g, x) => {
      const y = g.add(norm(4, 2), [x], "before");
      const branches = [conv(4, 6), conv(4, 6, { seed: 2 })].map((op, i) => g.add(op, [y], `${i}`));
      return g.add(norm(6, 2, 8), [g.add(add, branches, "sum")], "behind");
    });
    expect(summary(graph, fusedAndChecked(graph, image, { growth: "none" }))).toEqual([
      "behind = 4>6 1x1 * x",
    ]);
  });

  test("a norm behind a sum over several values goes into each of its convolutions", () => {
    const graph = graphOf((g, x) => {
      const y = g.add(relu, [x], "y");
      const sum = g.add(
        add,
        [g.add(same(4, 4, 3), [x], "a"), g.add(conv(4, 4, { bias: true }), [y], "b")],
        "sum",
      );
      return g.add(norm(4, 2), [sum], "out");
    });
    expect(summary(graph, fusedAndChecked(graph, image, { growth: "none" }))).toEqual([
      "y: map",
      "out = 4>4 3x3 * x + 4>4 1x1 * y",
    ]);
  });

  test("differences: a factor of -1 is a factor", () => {
    const graph = graphOf((g, x) =>
      g.add(add, [g.add(same(4, 4, 3), [x], "a"), row(g, x, "b", [norm(4, 2), times(-1)])], "sum"),
    );
    expect(summary(graph, fusedAndChecked(graph, image))).toEqual(["sum = 4>4 3x3 * x"]);
  });

  test("what pads in one mode merges, what pads in another stays", () => {
    const reflect = same(4, 4, 3, { border: "reflect", seed: 4 });
    const graph = graphOf((g, x) =>
      g.add(
        add,
        [same(4, 4, 3), reflect, conv(4, 4)].map((op, i) => g.add(op, [x], `${i}`)),
        "sum",
      ),
    );
    const fused = fusedAndChecked(graph, image);
    expect(summary(graph, fused)).toEqual(["1: conv", "sum = 4>4 3x3 * x + 1"]);
    expect(reasons(fused)[0]).toMatch(/^sum: padding modes are mixed/);
  });

  test("one value added twice is a factor only where that saves a layer", () => {
    const graph = graphOf((g, x) => g.add(add, [x, x], "sum"));
    expect(summary(graph, fusedAndChecked(graph, image))).toEqual(["sum: add"]);
    const longer = graphOf((g, x) => g.add(add, [x, g.add(norm(4, 2), [x], "n"), x], "sum"));
    expect(summary(longer, fusedAndChecked(longer, image))).toEqual(["sum = 4>4 1x1 g4 * x"]);
  });

  test("nested as deep as one likes", () => {
    const graph = graphOf((g, x) => {
      let sum = g.add(same(4, 4, 3), [x], "first");
      for (let i = 0; i < 60; i++)
        sum = g.add(add, [sum, g.add(conv(4, 4, { seed: i }), [x], `c${i}`)], `s${i}`);
      return sum;
    });
    expect(summary(graph, fusedAndChecked(graph, image, { growth: "none" }))).toEqual(["s59 = 4>4 3x3 * x"]);
  });
});

describe("concatenations", () => {
  test("of convolutions of one value are one; of different values stay", () => {
    const graph = graphOf((g, x) =>
      g.add(concat, [g.add(conv(4, 2), [x], "a"), g.add(same(4, 3, 3), [x], "b")], "out"),
    );
    expect(summary(graph, fusedAndChecked(graph, image))).toEqual(["out = 4>5 3x3 * x"]);
    const apart = graphOf((g, x) => g.add(concat, [x, g.add(relu, [x], "y")], "out"));
    const fused = fusedAndChecked(apart, image);
    expect(reasons(fused)).toEqual(["out: its parts start from different values"]);
  });

  test("of depthwise convolutions stay, unless a sum around them takes them", () => {
    const depthwise = (seed: number): Op => same(4, 4, 3, { groups: 4, seed });
    const both = (g: GraphBuilder, x: Value): Value =>
      g.add(concat, [g.add(depthwise(1), [x], "a"), g.add(depthwise(2), [x], "b")], "both");
    const alone = graphOf((g, x) => g.add(relu, [both(g, x)], "out"));
    expect(summary(alone, fusedAndChecked(alone, image))).toEqual([
      "a: conv",
      "b: conv",
      "both: concat",
      "out: map",
    ]);
    const around = graphOf((g, x) => g.add(add, [both(g, x), g.add(conv(4, 8), [x], "c")], "sum"));
    expect(summary(around, fusedAndChecked(around, image))).toEqual(["sum = 4>8 3x3 * x"]);
  });

  test("DenseNet: norms before ReLU stay, for others read the concatenation too", () => {
    const graph = graphOf((g, x) => {
      const layer = (y: Value, name: string, channels: number): Value =>
        g.add(concat, [y, row(g, y, name, [norm(channels, 2), relu, conv(channels, 3)])], `${name} joined`);
      return layer(layer(x, "a", 4), "b", 7);
    });
    expect(fusedAndChecked(graph, image, { growth: "none" }).replacements).toEqual([]);
  });

  test("bands of channels, each with its own convolution, stay", () => {
    const graph = new GraphBuilder();
    const x = graph.input("x");
    const bands = [{ name: "band 0" }, { name: "band 1" }] as const;
    graph.addNode({
      op: { kind: "opaque", name: "Split", reason: "", children: [] },
      inputs: [x],
      outputs: bands,
      path: "split",
    });
    const convs = bands.map((band, i) => graph.add(same(2, 2, 3, { groups: 2 }), [band], `${i}`));
    const fused = fuseGraph(graph.finish([graph.add(concat, convs, "out")]));
    expect(fused.replacements).toEqual([]);
    expect(reasons(fused)).toEqual([
      "out: its parts start from different values",
      "0: nothing to merge with: it stands between Split and a concatenation",
      "1: nothing to merge with: it stands between Split and a concatenation",
    ]);
  });
});

describe("transposed convolutions", () => {
  const up = (size: number, stride: number, pixels: number, extra = 0): ReturnType<typeof transposedAxis> =>
    transposedAxis({ size, stride, dilation: 1 }, pixels, extra);
  const twice = (
    inChannels: number,
    outChannels: number,
    size: number,
    pixels: number,
    extra = 0,
    groups = 1,
  ): Op => {
    const axis = up(size, 2, pixels, extra);
    return conv(inChannels, outChannels, { axes: [axis, axis], groups });
  };

  test("take norms on both sides, grouped or not", () => {
    expect(left([times(2), twice(4, 6, 4, 1, 0, 2), norm(6, 2)])).toEqual(["out = 4>6 4x4 g2 * x"]);
    expect(left([conv(4, 3), twice(3, 3, 3, 1, 1), norm(3, 2)])[0]).toMatch(/^out = 4>3 3x3/);
  });

  test("add where they upsample alike", () => {
    const graph = graphOf((g, x) =>
      g.add(add, [g.add(twice(4, 3, 4, 1), [x], "a"), g.add(twice(4, 3, 2, 0), [x], "b")], "sum"),
    );
    expect(summary(graph, fusedAndChecked(graph, image))).toEqual(["sum = 4>3 4x4 * x"]);
  });

  test("a bias before the zeros between the pixels stays", () => {
    expect(left([conv(4, 3, { bias: true }), twice(3, 3, 2, 0)])[2]).toMatch(/a bias before upsampling/);
  });

  test("and a stride are no layer", () => {
    const strided = conv(3, 2, {
      axes: [
        { size: 3, stride: 3 },
        { size: 3, stride: 3 },
      ],
    });
    expect(left([twice(4, 3, 2, 0), strided])[2]).toMatch(/no layer has both a stride and an upsampling/);
  });
});

describe("ranks", () => {
  test("features: linear layers, norms and scales, in rows and in sums", () => {
    const graph = graphOf((g, x) =>
      g.add(
        add,
        [row(g, x, "a", [norm(4, 0), matrix(4, 3), times(2)]), g.add(matrix(4, 3, 2), [x], "b")],
        "sum",
      ),
    );
    expect(summary(graph, fusedAndChecked(graph, [[5, 4]]))).toEqual(["sum = 4>3 linear * x"]);
  });

  test("a linear layer on the last axis of an image, and the value itself", () => {
    const graph = graphOf((g, x) => g.add(add, [g.add(matrix(6, 6), [x], "a"), x], "sum"));
    const fused = fusedAndChecked(graph, image);
    expect(summary(graph, fused)).toEqual(["sum = 6>6 linear * x"]);
    expect(fused.replacements[0]?.terms[0]?.convolution?.along).toBe("last");
  });

  test("a linear layer and a norm along the channels are one only on [batch, features]", () => {
    const ops = [matrix(4, 4), norm(4)];
    expect(left(ops, {}, [[3, 4]])).toHaveLength(4);
    const graph = graphOf((g, x) => row(g, x, "out", ops));
    const shapes = new Map([[graph.inputs[0] as Value, [3, 4]]]);
    expect(summary(graph, fusedAndChecked(graph, [[3, 4]], { shapes }))).toEqual(["out = 4>4 linear * x"]);
  });

  test.each([1, 3])("rank %i", (rank) => {
    const axes = Array.from({ length: rank }, () => ({ size: 3, before: 1, after: 1 }));
    const ones = Array.from({ length: rank }, () => ({ size: 1 }));
    const graph = graphOf((g, x) =>
      g.add(
        add,
        [
          row(g, x, "a", [conv(2, 2, { axes }), norm(2, rank)]),
          g.add(conv(2, 2, { axes: ones }), [x], "b"),
          x,
        ],
        "sum",
      ),
    );
    const sizes = [5, 4, 3].slice(0, rank);
    const kernel = Array.from({ length: rank }, () => 3).join("x");
    expect(summary(graph, fusedAndChecked(graph, [[1, 2, ...sizes]], { growth: "none" }))).toEqual([
      `sum = 2>2 ${kernel} * x`,
    ]);
  });
});

describe("what a caller asks for", () => {
  const block = graphOf((g, x) => row(g, x, "out", [conv(4, 4), norm(4, 2), conv(4, 4, { seed: 9 })]));

  test("a node that is kept stays as it is, and so do the values around it", () => {
    const fused = fusedAndChecked(block, image, { keepNode: ({ path }) => path === "out.1" });
    expect(fused.replacements).toEqual([]);
  });

  test("a value that is kept stays available", () => {
    const fused = fusedAndChecked(block, image, { keepValue: ({ name }) => name === "out.1" });
    expect(summary(block, fused)).toEqual(["out.1 = 4>4 1x1 * x", "out: conv"]);
    expect(reasons(fused)).toEqual(['out.1: not merged with what follows: "out.1" is read elsewhere too']);
  });

  test("a form that its network cannot hold is not made", () => {
    const fused = fusedAndChecked(block, image, {
      refuse: ({ outChannels }) => (outChannels === 4 ? "no fours" : undefined),
    });
    expect(fused.replacements).toEqual([]);
    expect(reasons(fused)[0]).toBe("out.0: not merged with what follows: no fours");
  });

  test("nodes of no use that read what is gone are named", () => {
    const graph = graphOf((g, x) => {
      const y = g.add(conv(4, 4), [x], "y");
      g.add(relu, [g.add(norm(4, 2, 7), [y], "dead")], "deader");
      return g.add(norm(4, 2), [y], "out");
    });
    const fused = fusedAndChecked(graph, image);
    expect(summary(graph, fused)).toEqual(["out = 4>4 1x1 * x"]);
    expect(fused.orphans.map(({ path }) => path)).toEqual(["dead", "deader"]);
  });

  test("options that nobody knows are refused", () => {
    const wrong = { growht: "none" } as unknown as { growth: "none" };
    expect(() => fuseGraph(block, wrong)).toThrow(/growht/);
  });
});

test("no kernel is computed before it is asked for", () => {
  let reads = 0;
  const read = (): Float64Array => {
    reads++;
    return new Float64Array(16).fill(1);
  };
  const graph = graphOf((g, x) =>
    row(g, x, "out", [{ ...conv(4, 4), weight: { shape: [4, 4, 1, 1], read } }, norm(4, 2)]),
  );
  const fused = fuseGraph(graph);
  expect(reads).toBe(0);
  expect(fused.replacements[0]?.terms[0]?.convolution?.kernel().weight).toHaveLength(16);
  expect(reads).toBe(1);
});

describe("what cannot be known", () => {
  test("shapes that do not fit count as unknown", () => {
    const ops = [conv(4, 6, { axes: square }), norm(6, 2)];
    const graph = graphOf((g, x) => row(g, x, "out", ops));
    const shapes = new Map([[graph.inputs[0] as Value, [1, 4, 2, 9]]]);
    const fused = fuseGraph(graph, { sizes: "given", shapes });
    expect(summary(graph, fused)).toEqual(["out = 4>6 3x3 * x"]);
  });

  test("a norm of signals behind an image", () => {
    const signals: Op = { ...norm(4), ranks: [0, 1] } as Op;
    expect(left([signals, same(4, 4, 3)])).toContain("out.0: it takes no images of 2 axes");
  });

  test("a reflected border that is cut off", () => {
    const sides = [[-1, 2] as const, [0, 0] as const];
    const [, , reason] = left([{ kind: "pad", sides, border: "reflect", value: 0 }, conv(4, 6)]);
    expect(reason).toBe("out.0: reflect padding with a negative amount");
  });

  test("an identity is x times 1, whoever asks", () => {
    const graph = graphOf((g, x) => row(g, x, "out", [identity]));
    const [node] = graph.nodes as readonly [Node];
    expect(mapOfNode(node, factsOf(graph), undefined)).toEqual({ kind: "scalar", factor: 1, shift: 0 });
  });
});
