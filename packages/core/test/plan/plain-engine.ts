import type { Compiler, Executable } from "../../src/engines/compiler.js";
import type { Engine } from "../../src/engines/engine.js";
import {
  inputsOf,
  type LoweredGraph,
  type LoweredNode,
  type LoweredValue,
} from "../../src/engines/lowered.js";
import { reference } from "../../src/engines/reference/index.js";
import { rowMajorData } from "../../src/tensor/layout.js";
import { product, tensor } from "../../src/tensor/tensor.js";

/** The least that an engine has to do to compile networks: convolutions and scales, by plain loops on row-major arrays; `late` gives promises. */
export function plainEngine(late: boolean): Engine {
  const compiler: Compiler = { compile: (graph) => executable(graph, late) };
  return { ...reference, name: "plain", compiler };
}

function executable({ input, output, nodes }: LoweredGraph, late: boolean): Executable {
  const compute = (x: Float32Array, out: Float32Array): boolean => {
    const values = new Map<LoweredValue, Float32Array>([[input, x]]);
    const read = (value: LoweredValue) => values.get(value) as Float32Array;
    for (const node of nodes) values.set(node.out, computed(node, inputsOf(node).map(read)));
    out.set(read(output));
    return true;
  };
  const run = late ? async (x: Float32Array, out: Float32Array) => compute(x.slice(), out) : compute;
  return { arenaBytes: 0, packedBytes: 0, run };
}

function computed(node: LoweredNode, inputs: readonly Float32Array[]): Float32Array {
  if (node.kind !== "conv" && node.kind !== "scale") {
    const given = node.inputs.map(({ shape }, i) => tensor(inputs[i] as Float32Array, [...shape]));
    return rowMajorData(node.call(given));
  }
  const { out, relu } = node;
  const [x, residual] = inputs as [Float32Array, Float32Array?];
  const sums = new Float32Array(product(out.shape));
  if (node.kind === "conv") {
    const [weight, bias] = [new Float32Array(node.weight), node.bias && new Float32Array(node.bias)];
    reference.conv(x, weight, bias, sums, node.geometry);
  } else {
    const [, channels = 1, ...sizes] = out.shape;
    x.forEach((value, i) => {
      const channel = Math.floor(i / product(sizes)) % channels;
      sums[i] = value * (node.scale?.[channel] ?? 1) + (node.shift?.[channel] ?? 0);
    });
  }
  return sums.map((sum, i) => Math.max(sum + (residual?.[i] ?? 0), relu ? 0 : Number.NEGATIVE_INFINITY));
}
