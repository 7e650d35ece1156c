import { describe, expect, test } from "vitest";
import type { FusedGraph } from "../../src/fuse/graph/fuse-graph.js";
import { type Graph, usesOf, withoutUnused } from "../../src/graph/graph.js";
import { type Shape, shapesOf } from "../../src/graph/shapes.js";
import { expectSame, fusedAndChecked } from "./check.js";
import { randomGraph } from "./random-graph.js";

/** Operations that are computed: identities count for nothing, a sum of several for one less than it has parts. */
function layersOf(graph: Graph, fused?: FusedGraph): number {
  const nodes = fused === undefined ? graph.nodes : graph.nodes.filter((node) => fused.live.has(node));
  const kept = nodes.reduce((sum, { op, inputs }) => {
    if (op.kind === "identity") return sum;
    return sum + (op.kind === "add" ? inputs.length - 1 : 1);
  }, 0);
  const made = fused?.replacements.map(
    ({ terms }) => terms.length - 1 + terms.filter((term) => term.convolution).length,
  );
  return kept + (made ?? []).reduce((sum, layers) => sum + layers, 0);
}

/** What every tool does: a factor and a shift fold into the convolution before them, if nobody else reads that. */
function foldedNorms(graph: Graph): number {
  const { producer, reads } = usesOf(graph);
  return graph.nodes.filter(({ op, inputs: [input] }) => {
    if (op.kind !== "affine" || input === undefined || reads.get(input) !== 1) return false;
    return producer.get(input)?.op.kind === "conv";
  }).length;
}

/** Linear nodes that stay although nothing says why. */
function unexplained(graph: Graph, fused: FusedGraph): readonly string[] {
  const explained = new Set(fused.refusals.flatMap(({ nodes }) => nodes));
  const linear = ["conv", "affine", "matrix", "pad", "add", "concat"];
  return graph.nodes
    .filter((node) => fused.live.has(node) && linear.includes(node.op.kind) && !explained.has(node))
    .filter(({ op }) => !(op.kind === "pad" && op.sides.flat().every((pixels) => pixels === 0)))
    .map(({ path }) => path);
}

/** Numbers that are held, biases and shifts not counted: a factor is one a channel. */
function weightsOf(graph: Graph, shapes: readonly Shape[], fused?: FusedGraph): number {
  const known = shapesOf(graph, new Map(graph.inputs.map((input, i) => [input, shapes[i] ?? []])));
  const kept = graph.nodes.filter((node) => fused === undefined || fused.live.has(node));
  const held = kept.map(({ op, outputs: [output] }) => {
    if (op.kind === "affine") return (output && known.get(output)?.[1]) ?? 0;
    return op.kind === "conv" || op.kind === "matrix" ? product(op.weight.shape) : 0;
  });
  const made = fused?.replacements.flatMap(({ terms }) => terms) ?? [];
  return [...held, ...made.map((term) => term.convolution?.kernel().weight.length ?? 0)].reduce(
    (a, b) => a + b,
    0,
  );
}

function product(shape: readonly number[]): number {
  return shape.reduce((total, size) => total * size, 1);
}

describe.each(["any", "none"] as const)("random graphs, growth %s", (growth) => {
  test.each(Array.from({ length: 5 }, (_, i) => i * 100))("a hundred from seed %i on", (first) => {
    let ran = 0;
    for (let seed = first; seed < first + 100; seed++) {
      const { graph, shapes } = randomGraph(seed);
      try {
        const fused = fusedAndChecked(graph, shapes, { growth });
        for (const more of [1, 2])
          ran += Number(
            expectSame(
              graph,
              fused,
              shapes.map(([batch = 1, channels = 1, ...sizes]) => [
                batch,
                channels,
                ...sizes.map((size) => size + more),
              ]),
            ),
          );
        const whole = withoutUnused(graph);
        expect(unexplained(whole, fused)).toEqual([]);
        if (growth === "none")
          expect(weightsOf(whole, shapes, fused)).toBeLessThanOrEqual(1.05 * weightsOf(whole, shapes));
        expect(layersOf(whole, fused)).toBeLessThanOrEqual(layersOf(whole) - foldedNorms(whole));
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
    }
    expect(ran).toBeGreaterThan(120);
  });
});

test.each([0, 100, 200])("random graphs at given sizes only, a hundred from seed %i on", (first) => {
  let narrower = 0;
  for (let seed = first; seed < first + 100; seed++) {
    const { graph, shapes } = randomGraph(seed);
    const given = new Map(graph.inputs.map((input, i) => [input, shapes[i] ?? []]));
    try {
      const fused = fusedAndChecked(graph, shapes, { sizes: "given", shapes: given });
      narrower += fused.replacements.filter(({ atGivenSizes }) => atGivenSizes).length;
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
  expect(narrower).toBeGreaterThan(0);
});
