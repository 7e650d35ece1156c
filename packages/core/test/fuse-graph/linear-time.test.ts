import { describe, expect, test } from "vitest";
import { fuseGraph } from "../../src/fuse/graph/fuse-graph.js";
import type { Graph, GraphBuilder, Value } from "../../src/graph/graph.js";
import type { Op } from "../../src/graph/op.js";
import { add, concat, conv, norm, relu, same } from "../graph/small-graphs.js";
import { graphOf } from "./graphs.js";

/** How often fusing looks at the operations of a graph, and at what its nodes read. */
function looks(graph: Graph): number {
  let count = 0;
  const nodes = graph.nodes.map((node) => ({
    ...node,
    get op() {
      count++;
      return node.op;
    },
    get inputs() {
      count++;
      return node.inputs;
    },
  }));
  fuseGraph({ ...graph, nodes }, { growth: "none" });
  return count;
}

type Grow = (graph: GraphBuilder, x: Value, i: number) => Value;

/** So many times the same, one behind the other. */
function long(count: number, grow: Grow): Graph {
  return graphOf((g, x) => {
    let value = x;
    for (let i = 0; i < count; i++) value = grow(g, value, i);
    return value;
  });
}

const rows: Readonly<Record<string, Grow>> = {
  "convolutions that merge": (g, x, i) => g.add(conv(2, 2), [x], `c${i}`),
  "convolutions that do not": (g, x, i) => g.add(same(2, 2, 3, { bias: true }), [x], `c${i}`),
  norms: (g, x, i) => g.add(norm(2, 2), [x], `n${i}`),
  "blocks behind ReLUs": (g, x, i) =>
    g.add(relu, [g.add(norm(2, 2), [g.add(same(2, 2, 3), [x], `c${i}`)], `n${i}`)], `r${i}`),
  residuals: (g, x, i) => g.add(add, [x, g.add(same(2, 2, 3), [x], `c${i}`)], `s${i}`),
  "sums of two": (g, x, i) =>
    g.add(add, [g.add(conv(2, 2), [x], `a${i}`), g.add(conv(2, 2), [x], `b${i}`)], `s${i}`),
  "scaled sums": (g, x, i) =>
    g.add(norm(2, 2), [g.add(add, [x, g.add(relu, [x], `r${i}`)], `s${i}`)], `n${i}`),
  concatenations: (g, x, i) =>
    g.add(concat, [g.add(conv(2, 1), [x], `a${i}`), g.add(conv(2, 1), [x], `b${i}`)], `k${i}`),
  poolings: (g, x, i) =>
    g.add({ kind: "adaptiveMean", outputSize: [1, 1] }, [g.add(conv(2, 2), [x], `c${i}`)], `p${i}`),
};

const modes = ["zeros", "reflect", "replicate", "circular"] as const;

/** A sum of so many branches. */
function wide(count: number, branch: (g: GraphBuilder, x: Value, i: number) => Value): Graph {
  return graphOf((g, x) =>
    g.add(
      add,
      Array.from({ length: count }, (_, i) => branch(g, x, i)),
      "sum",
    ),
  );
}

const branches: Readonly<Record<string, Grow>> = {
  "of one value": (g, x, i) => g.add(i % 2 === 0 ? conv(2, 2) : same(2, 2, 3), [x], `c${i}`),
  "of different values": (g, x, i) => g.add(conv(2, 2), [g.add(relu, [x], `r${i}`)], `c${i}`),
  "that pad differently": (g, x, i) =>
    g.add(same(2, 2, 3, { border: modes[i % 4] ?? "zeros" }), [x], `c${i}`),
};

describe("work grows with the graph and no faster", () => {
  const twice = (make: (count: number) => Graph): number => looks(make(1_000)) / looks(make(500));

  test.each(Object.entries(rows))("%s in a row", (_name, grow) => {
    expect(twice((count) => long(count, grow))).toBeLessThan(2.05);
  });

  test.each(Object.entries(branches))("branches %s", (_name, branch) => {
    expect(twice((count) => wide(count, branch))).toBeLessThan(2.05);
  });
});

test("5,000 convolutions in a row are one, computed without deep recursion", () => {
  const rotation: Op = {
    ...conv(2, 2),
    weight: { shape: [2, 2, 1, 1], read: () => Float64Array.of(0, 1, -1, 0) },
  };
  const fused = fuseGraph(long(5_001, (g, x, i) => g.add(rotation, [x], `c${i}`)));
  const kernel = fused.replacements[0]?.terms[0]?.convolution?.kernel();
  expect([...(kernel?.weight ?? [])].map((value) => value + 0)).toEqual([0, 1, -1, 0]);
  expect(fused.replacements[0]?.nodes).toHaveLength(5_001);
});

test("60 branches in one sum are one convolution", () => {
  const graph = wide(60, (g, x, i) =>
    g.add(i % 3 === 0 ? conv(2, 2) : same(2, 2, 3, { seed: i }), [x], `c${i}`),
  );
  const fused = fuseGraph(graph, { growth: "none" });
  expect(fused.replacements.map(({ terms, nodes }) => [terms.length, nodes.length])).toEqual([[1, 61]]);
});

test("100,000 nodes", () => {
  const graph = long(33_334, rows["blocks behind ReLUs"] as Grow);
  expect(graph.nodes.length).toBeGreaterThan(100_000);
  expect(fuseGraph(graph).replacements).toHaveLength(33_334);
});
