import { expect, test } from "vitest";
import type { LoweredGraph, LoweredNode, LoweredValue } from "../../src/engines/lowered.js";
import { simplify } from "../../src/plan/simplify.js";

const shape = [1, 1, 4, 4];

/** Pairs of a convolution and its ReLU, in a row; `seen` counts how often a node is looked at. */
function row(pairs: number, seen: () => void): LoweredGraph {
  const counted = (node: LoweredNode): LoweredNode =>
    new Proxy(node, {
      get(target, key) {
        seen();
        return Reflect.get(target, key);
      },
    });
  const input: LoweredValue = { shape };
  const place = { path: "", label: "", residual: undefined };
  const geometry = { batch: 1, inChannels: 1, outChannels: 1, groups: 1, axes: [], inSize: [], outSize: [] };
  const nodes: LoweredNode[] = [];
  let x = input;
  for (let i = 0; i < pairs; i++) {
    const [sums, out]: readonly LoweredValue[] = [{ shape }, { shape }];
    const weight = Float64Array.of(1);
    const convolution = { geometry: { ...geometry, transposed: false }, weight, bias: undefined };
    nodes.push(
      counted({ ...place, ...convolution, kind: "conv", x, out: sums as LoweredValue, relu: false }),
      counted({
        ...{ ...place, kind: "scale", x: sums as LoweredValue, out: out as LoweredValue },
        ...{ scale: undefined, shift: undefined, relu: true },
      }),
    );
    x = out as LoweredValue;
  }
  return { input, output: x, nodes };
}

test("a network of twice as many nodes takes twice as many steps", () => {
  const [once, twice] = [1000, 2000].map((pairs) => {
    let steps = 0;
    const { nodes } = simplify(row(pairs, () => steps++));
    expect(nodes).toHaveLength(pairs);
    expect(nodes.every((node) => node.kind === "conv" && node.relu)).toBe(true);
    return steps;
  }) as [number, number];
  expect(twice / once).toBeLessThan(2.1);
});
