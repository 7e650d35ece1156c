import { expect } from "vitest";
import { type FusedGraph, type FuseGraphOptions, fuseGraph } from "../../src/fuse/graph/fuse-graph.js";
import { type Graph, type Value, withoutUnused } from "../../src/graph/graph.js";
import { DoesNotRun, evaluate, type Numbers, numbers } from "./naive.js";

/** Fuses, and compares the outputs of both sides at the given input shapes, to what float64 leaves. */
export function fusedAndChecked(
  graph: Graph,
  shapes: readonly (readonly number[])[],
  options: FuseGraphOptions = {},
): FusedGraph {
  const fused = fuseGraph(graph, options);
  expectSame(graph, fused, shapes);
  return fused;
}

/** Both sides give the same at these input shapes, or neither runs. */
export function expectSame(graph: Graph, fused: FusedGraph, shapes: readonly (readonly number[])[]): boolean {
  const inputs = new Map(
    graph.inputs.map((value, i) => [value, randomNumbers(shapes[i] ?? shapes[0] ?? [], i)]),
  );
  const before = outputsOf(() => evaluate(withoutUnused(graph), inputs));
  const after = outputsOf(() => evaluate(graph, inputs, fused));
  expect(after === undefined).toBe(before === undefined);
  if (before === undefined || after === undefined) return false;
  for (const output of graph.outputs)
    expectEqual(before.get(output) as Numbers, after.get(output) as Numbers);
  return true;
}

/** Undefined: the graph does not run at these shapes. */
function outputsOf(run: () => Map<Value, Numbers>): Map<Value, Numbers> | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof DoesNotRun) return undefined;
    throw error;
  }
}

export function randomNumbers(shape: readonly number[], seed: number): Numbers {
  return numbers(shape, (i) => Math.sin((seed + 1) * 37.719 + i * 12.9898) * 1.7);
}

function expectEqual(a: Numbers, b: Numbers): void {
  expect(b.shape).toEqual(a.shape);
  const largest = a.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const apart = a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - (b.data[i] as number))), 0);
  expect(apart / largest).toBeLessThan(1e-11);
}

/** What a fused graph computes, one line a value: `out = 4>4 3x3 g1 * x + y`; and the kinds of the nodes that stay. */
export function summary(graph: Graph, fused: FusedGraph): readonly string[] {
  const replaced = new Map(fused.replacements.map((replacement) => [replacement.output, replacement]));
  return graph.nodes.flatMap((node) => {
    const [output] = node.outputs as [Value];
    const replacement = replaced.get(output);
    if (replacement === undefined) return fused.live.has(node) ? [`${output.name}: ${node.op.kind}`] : [];
    const terms = replacement.terms.map(({ base, convolution }) => {
      if (convolution === undefined) return base.name;
      const { inChannels, outChannels, axes, groups } = convolution.form;
      const sizes = axes.length === 0 ? "linear" : axes.map((axis) => axis.size).join("x");
      return `${inChannels}>${outChannels} ${sizes}${groups > 1 ? ` g${groups}` : ""} * ${base.name}`;
    });
    return [`${output.name} = ${terms.join(" + ")}`];
  });
}

/** `path: reason`, in order. */
export function reasons(fused: FusedGraph): readonly string[] {
  return fused.refusals.map(({ path, reason }) => `${path}: ${reason}`);
}
