import { describe, expect, test } from "vitest";
import type { FusedGraph } from "../../src/fuse/fuse-graph.js";
import { type Graph, usesOf, withoutUnused } from "../../src/graph/graph.js";
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
