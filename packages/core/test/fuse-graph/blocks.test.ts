import { describe, expect, test } from "vitest";
import type { Value } from "../../src/graph/graph.js";
import { plainAxis } from "../../src/ops/conv/conv-axis.js";
import { add, concat, conv, identity, norm, relu, same } from "../graph/small-graphs.js";
import { fusedAndChecked, summary } from "./check.js";
import { graphOf, mean, row } from "./graphs.js";

const image = [[2, 4, 7, 6]] as const;

describe.each(["any", "none"] as const)("published blocks, growth %s", (growth) => {
  test("RepVGG: 3x3 + 1x1 + identity, each with a norm", () => {
    const graph = graphOf((g, x) =>
      g.add(
        relu,
        [
          g.add(
            add,
            [
              g.add(
                add,
                [
                  row(g, x, "dense", [same(4, 4, 3), norm(4, 2)]),
                  row(g, x, "point", [conv(4, 4), norm(4, 2, 7)]),
                ],
                "two",
              ),
              row(g, x, "skip", [norm(4, 2, 9)]),
            ],
            "sum",
          ),
        ],
        "out",
      ),
    );
    expect(summary(graph, fusedAndChecked(graph, image, { growth }))).toEqual([
      "sum = 4>4 3x3 * x",
      "out: map",
    ]);
  });

  test("DBB: the 1x1 with an average pool is dearer by itself and free in the sum", () => {
    const graph = graphOf((g, x) =>
      g.add(
        add,
        [
          row(g, x, "dense", [same(4, 6, 3), norm(6)]),
          row(g, x, "point", [conv(4, 6), norm(6)]),
          row(
            g,
            x,
            "deep",
            [conv(4, 5), conv(5, 6, { axes: [{ size: 3 }, { size: 3 }] }), norm(6)].map((op, i) =>
              i === 0
                ? conv(4, 5, {
                    axes: [
                      { size: 1, before: 1, after: 1 },
                      { size: 1, before: 1, after: 1 },
                    ],
                    bias: true,
                  })
                : op,
            ),
          ),
          row(g, x, "pooled", [conv(4, 6), mean(3, 1, 1), norm(6)]),
        ],
        "sum",
      ),
    );
    expect(summary(graph, fusedAndChecked(graph, image, { growth }))).toEqual(["sum = 4>6 3x3 * x"]);
  });

  test("RepViT: norms before pooled heads", () => {
    const graph = graphOf((g, x) => {
      const features = row(g, x, "features", [
        { kind: "adaptiveMean", outputSize: [1, 1] },
        { kind: "flatten" },
      ]);
      const head = (name: string, seed: number): Value =>
        row(g, features, name, [
          norm(8, 0, seed),
          {
            kind: "matrix",
            weight: conv(8, 5, { axes: [], seed }).weight,
            bias: undefined,
            inFeatures: 8,
            outFeatures: 5,
            rank: undefined,
          },
          { kind: "affine", before: 0, factor: 0.5, after: 0, axis: "channels", ranks: undefined },
        ]);
      return g.add(add, [head("a", 3), head("b", 4)], "sum");
    });
    const fused = fusedAndChecked(graph, [[2, 8, 3, 4]], { growth });
    expect(summary(graph, fused)).toEqual([
      "features.0: adaptiveMean",
      "features: flatten",
      "sum = 8>5 linear * features",
    ]);
  });

  test("pointwise layers move behind global pooling", () => {
    const graph = graphOf((g, x) =>
      row(g, g.add(relu, [x], "relu"), "head", [
        conv(4, 6, { bias: true }),
        norm(6, 2),
        { kind: "adaptiveMean", outputSize: [1, 1] },
        { kind: "flatten" },
        {
          kind: "matrix",
          weight: conv(6, 3, { axes: [] }).weight,
          bias: undefined,
          inFeatures: 6,
          outFeatures: 3,
          rank: 0,
        },
      ]),
    );
    const fused = fusedAndChecked(graph, image, { growth });
    expect(summary(graph, fused)).toEqual([
      "relu: map",
      "head.2: adaptiveMean",
      "head.3: flatten",
      "head = 4>3 linear * head.3",
    ]);
  });

  test("conv(x) + 1x1(x) + y merges what shares a base", () => {
    const graph = graphOf((g, x) => {
      const y = g.add(relu, [x], "y");
      return g.add(
        add,
        [g.add(same(4, 4, 3), [x], "a"), g.add(add, [y, g.add(conv(4, 4), [x], "b")], "inner")],
        "sum",
      );
    });
    expect(summary(graph, fusedAndChecked(graph, image, { growth }))).toEqual([
      "y: map",
      "sum = 4>4 3x3 * x + y",
    ]);
  });

  test("channels by inference: 3x3 to 27 + concat of 9 identities", () => {
    const graph = graphOf((g, x) =>
      g.add(
        add,
        [
          g.add(same(3, 27, 3), [x], "conv"),
          g.add(
            concat,
            Array.from({ length: 9 }, (_, i) => g.add(identity, [x], `${i}`)),
            "concat",
          ),
        ],
        "sum",
      ),
    );
    expect(summary(graph, fusedAndChecked(graph, [[1, 3, 5, 4]], { growth }))).toEqual([
      "sum = 3>27 3x3 * x",
    ]);
  });

  test("given sizes: stride 2 padded at the end + 1x1 of stride 2", () => {
    const axis = { size: 3, stride: 2, before: 0, after: 1 };
    const point = { size: 1, stride: 2 };
    const graph = graphOf((g, x) =>
      g.add(
        add,
        [
          g.add(conv(4, 4, { axes: [axis, axis] }), [x], "a"),
          g.add(conv(4, 4, { axes: [point, point] }), [x], "b"),
        ],
        "sum",
      ),
    );
    const every = fusedAndChecked(graph, [[1, 4, 6, 8]], { growth });
    expect(every.replacements).toEqual([]);
    const [x] = graph.inputs as [Value];
    const fused = fusedAndChecked(graph, [[1, 4, 6, 8]], {
      growth,
      sizes: "given",
      shapes: new Map([[x, [1, 4, 6, 8]]]),
    });
    expect(
      fused.replacements.map(({ atGivenSizes, terms }) => [atGivenSizes, terms[0]?.convolution?.form.axes]),
    ).toEqual([
      [
        true,
        [
          { ...plainAxis(3), stride: 2, after: 1 },
          { ...plainAxis(3), stride: 2, after: 1 },
        ],
      ],
    ]);
  });
});
