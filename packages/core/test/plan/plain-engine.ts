import type { Compiler, Executable } from "../../src/engines/compiler.js";
import type { Engine } from "../../src/engines/engine.js";
import {
  type Finished,
  inputsOf,
  type LoweredGraph,
  type LoweredNode,
  type LoweredValue,
} from "../../src/engines/lowered.js";
import { reference } from "../../src/engines/reference/index.js";
import { rowMajorData } from "../../src/tensor/layout.js";
import { product, tensor } from "../../src/tensor/tensor.js";

/** The least that an engine has to do to compile networks: each node by plain loops on row-major arrays; `late` gives promises. */
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
  return {
    ...{ arenaBytes: 0, packedBytes: 0 },
    run: late ? async (x, out) => compute(x.slice(), out) : compute,
  };
}

function computed(
  node: LoweredNode,
  [x = new Float32Array(), ...others]: readonly Float32Array[],
): Float32Array {
  const { shape } = node.out;
  const out = new Float32Array(product(shape));
  const channelOf = (at: number, { shape: [, channels = 1, ...sizes] }: LoweredValue) =>
    Math.floor(at / product(sizes)) % channels;
  switch (node.kind) {
    case "conv":
      reference.conv(
        x,
        new Float32Array(node.weight),
        node.bias && new Float32Array(node.bias),
        out,
        node.geometry,
      );
      return finished(out, node, others[0]);
    case "scale":
      x.forEach((value, i) => {
        const c = channelOf(i, node.out);
        out[i] = value * (node.scale?.[c] ?? 1) + (node.shift?.[c] ?? 0);
      });
      return finished(out, node, others[0]);
    case "window":
      return pooled(node, x, out);
    case "concat": {
      const [batch = 1] = shape;
      const parts = [x, ...others];
      const rows = Array.from({ length: batch }, (_, n) =>
        parts.map((part) => part.subarray((n * part.length) / batch, ((n + 1) * part.length) / batch)),
      );
      return Float32Array.from(rows.flat().flatMap((row) => [...row]));
    }
    case "reshape":
      return x;
    case "call": {
      const given = node.inputs.map((value, i) =>
        tensor([x, ...others][i] as Float32Array, [...value.shape]),
      );
      return rowMajorData(node.call(given));
    }
  }
}

function finished(out: Float32Array, { relu }: Finished, residual: Float32Array | undefined): Float32Array {
  return out.map((value, i) => Math.max(value + (residual?.[i] ?? 0), relu ? 0 : Number.NEGATIVE_INFINITY));
}

function pooled(
  node: Extract<LoweredNode, { kind: "window" }>,
  x: Float32Array,
  out: Float32Array,
): Float32Array {
  const [sizes, counts] = [node.x.shape.slice(2), node.out.shape.slice(2)];
  return out.map((_, at) => {
    const plane = Math.floor(at / product(counts));
    let [values, length, rest] = [[plane], 1, at % product(counts)];
    for (const [axis, along] of node.windows.entries()) {
      const inner = product(counts.slice(axis + 1));
      const span = along[Math.floor(rest / inner)] as (typeof along)[number];
      rest %= inner;
      length *= span.length;
      const pixels = Array.from({ length: span.count }, (_, i) => span.first + i * span.step);
      values = values.flatMap((start) => pixels.map((pixel) => start * (sizes[axis] as number) + pixel));
    }
    const read = values.map((place) => x[place] as number);
    return node.reduce === "max" ? Math.max(...read) : read.reduce((sum, value) => sum + value, 0) / length;
  });
}
