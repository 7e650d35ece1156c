import type { CallNode, ConcatNode, ConvNode, Graph, Value } from "../../lowered.js";
import { inputsOf } from "../../lowered.js";
import type { Algorithm } from "../algorithms/algorithm.js";
import { as2d, type Conv2dGeometry } from "../algorithms/as-2d.js";
import { isDepthwise, layoutGroups } from "../algorithms/blocked.js";
import { chooseAlgorithm } from "../algorithms/choose.js";
import type { Capabilities } from "../machine/capabilities.js";
import { type Buffer, Buffers, type Form } from "./buffers.js";

/** Blocks of 8 channels without groups: what kernels read and write wherever they can. */
const standard: Form = { groups: 1, lanes: 8 };

/** One convolution kernel at work: its layer, what it reads and where it writes. */
export interface KernelCall {
  readonly layer: Algorithm;
  readonly weight: ArrayLike<number>;
  readonly bias: ArrayLike<number> | undefined;
  readonly x: Buffer;
  readonly residual: Buffer | undefined;
  readonly relu: boolean;
  readonly out: Buffer;
  /** The block of `out` where its channels start. */
  readonly firstBlock: number;
}

/** Something that the plan does, in this order. */
export type Item =
  | { readonly do: "block" | "plane"; readonly x: Buffer; readonly out: Buffer }
  | {
      readonly do: "kernels";
      readonly node: ConvNode | ConcatNode;
      readonly calls: readonly KernelCall[];
      readonly out: Buffer;
    }
  | {
      readonly do: "call";
      readonly node: CallNode;
      readonly inputs: readonly Buffer[];
      readonly out: Buffer;
    };

/** What has to be done for a graph, with every change of layout between. */
export function listItems(
  graph: Graph,
  options: Capabilities,
): { items: Item[]; buffers: Buffers; input: Buffer; output: Buffer } {
  const buffers = new Buffers();
  const items: Item[] = [];
  const input = buffers.add(graph.input, "planes");
  const need = (value: Value, form: Form): Buffer => {
    const found = buffers.find(value, form);
    if (found !== undefined) return found;
    if (form === "planes") {
      const x = buffers.any(value) as Buffer;
      const out = buffers.add(value, form);
      items.push({ do: "plane", x, out });
      return out;
    }
    const planes = need(value, "planes");
    const out = buffers.add(value, form);
    items.push({ do: "block", x: planes, out });
    return out;
  };
  for (const node of graph.nodes) {
    if (node.op === "call") {
      const inputs = node.inputs.map((value) => need(value, "planes"));
      items.push({ do: "call", node, inputs, out: buffers.add(node.out, "planes") });
    } else if (node.op === "concat") {
      const parts = node.parts.map((value) => need(value, standard));
      const out = buffers.add(node.out, standard);
      let firstBlock = 0;
      const calls = parts.map((x): KernelCall => {
        const layer = copyLayer(x.value, options);
        const weight = new Float32Array(layer.geometry.groups).fill(1);
        const call = {
          ...{ layer, weight, bias: undefined, x, residual: undefined },
          relu: false,
          out,
          firstBlock,
        };
        firstBlock += Math.ceil(x.value.shape[1] / 8);
        return call;
      });
      items.push({ do: "kernels", node, calls, out });
    } else {
      const onlyPlanes =
        buffers.find(node.x, standard) === undefined && buffers.find(node.x, "planes") !== undefined;
      const planes = onlyPlanes && node.residual === undefined && readAsPlanes(node.out, graph);
      const g = as2d(node.geometry);
      const blocks = inputForm(g, onlyPlanes);
      const layer = chooseAlgorithm(g, options, { lanes: blocks.lanes, planes });
      const x = need(node.x, layer.readsPlanes ? "planes" : { ...blocks, lanes: layer.lanes });
      const outForm = layer.outLanes === 1 ? "planes" : outputForm(g);
      const residual = node.residual && need(node.residual, outForm);
      const { weight, bias, relu } = node;
      const out = buffers.add(node.out, outForm);
      items.push({
        do: "kernels",
        node,
        calls: [{ layer, weight, bias, x, residual, relu, out, firstBlock: 0 }],
        out,
      });
    }
  }
  const output = need(graph.output, "planes");
  return { items, buffers, input, output };
}

function inputForm(g: Conv2dGeometry, onlyPlanes: boolean): { groups: number; lanes: number } {
  if (isDepthwise(g)) return { groups: 1, lanes: 8 };
  const groupIn = g.inChannels / g.groups;
  if (g.groups > 1 && groupIn % 8 !== 0) return { groups: g.groups, lanes: Math.min(8, groupIn) };
  return { groups: 1, lanes: onlyPlanes ? Math.min(8, groupIn) : 8 };
}

function outputForm(g: Conv2dGeometry): Form {
  const groups = layoutGroups(g);
  return groups === 1 || (g.outChannels / groups) % 8 === 0 ? standard : { groups, lanes: 8 };
}

/** True if nothing reads a value but what reads planes: the caller, and layers without a kernel. */
function readAsPlanes(value: Value, graph: Graph): boolean {
  return graph.nodes.every((node) => node.op === "call" || !inputsOf(node).includes(value));
}

function copyLayer(value: Value, options: Capabilities): Algorithm {
  const [batch, , height, width] = value.shape;
  const channels = Math.ceil(value.shape[1] / 8) * 8;
  const size = { inHeight: height, inWidth: width, outHeight: height, outWidth: width };
  const one = { kernelHeight: 1, kernelWidth: 1, strideHeight: 1, strideWidth: 1 };
  const none = { padTop: 0, padBottom: 0, padLeft: 0, padRight: 0, dilationHeight: 1, dilationWidth: 1 };
  const g = {
    batch,
    inChannels: channels,
    outChannels: channels,
    groups: channels,
    ...size,
    ...one,
    ...none,
  };
  return chooseAlgorithm(g, options);
}
