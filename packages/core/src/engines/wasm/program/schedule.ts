import type { ConvGeometry } from "../../engine.js";
import {
  inputsOf,
  type LoweredCall,
  type LoweredConcat,
  type LoweredConv,
  type LoweredGraph,
  type LoweredNode,
  type LoweredScale,
  type LoweredValue,
  type LoweredWindow,
} from "../../lowered.js";
import type { Chooser } from "../algorithms/choose.js";
import { type Buffer, Buffers, type Form, imagesOf } from "./buffers.js";
import { convScheme, standard } from "./conv-calls.js";
import type { KernelCall, Views } from "./kernel-call.js";

/** Something that a program does. */
export type Item =
  | { readonly kind: "toBlocks" | "toPlanes"; readonly x: Buffer; readonly out: Buffer }
  | {
      readonly kind: "kernels";
      readonly node: LoweredConv | LoweredScale | LoweredConcat;
      readonly calls: readonly KernelCall[];
      readonly out: Buffer;
    }
  | { readonly kind: "window"; readonly node: LoweredWindow; readonly x: Buffer; readonly out: Buffer }
  | {
      readonly kind: "call";
      readonly node: LoweredCall | LoweredConcat;
      readonly inputs: readonly Buffer[];
      readonly out: Buffer;
    };

/** What has to be done for a graph, in this order, with every change of layout between. */
export interface Schedule {
  readonly items: readonly Item[];
  readonly buffers: Buffers;
  readonly input: Buffer;
  readonly output: Buffer;
}

export function scheduleOf(graph: LoweredGraph, choose: Chooser): Schedule {
  const scheduling = new Scheduling(graph, choose);
  for (const node of graph.nodes) scheduling.add(node);
  const output = scheduling.need(graph.output, "planes");
  const { items, buffers, input } = scheduling;
  return { items, buffers, input, output };
}

class Scheduling {
  readonly items: Item[] = [];
  readonly buffers: Buffers = new Buffers();
  readonly input: Buffer;
  readonly #choose: Chooser;
  /** Values that something reads as blocks. */
  readonly #inBlocks: ReadonlySet<LoweredValue>;

  constructor(graph: LoweredGraph, choose: Chooser) {
    this.#choose = choose;
    this.input = this.buffers.add(graph.input, "planes");
    this.#inBlocks = new Set(graph.nodes.filter((node) => !isCalled(node)).flatMap(inputsOf));
  }

  /** The value in a form: where it is not there, a change of layout makes it. */
  need(value: LoweredValue, form: Form): Buffer {
    const found = this.buffers.find(value, form);
    if (found !== undefined) return found;
    const x = form === "planes" ? (this.buffers.any(value) as Buffer) : this.need(value, "planes");
    const out = this.buffers.add(value, form);
    this.items.push({ kind: form === "planes" ? "toPlanes" : "toBlocks", x, out });
    return out;
  }

  add(node: LoweredNode): void {
    switch (node.kind) {
      case "conv":
        this.#conv(node);
        break;
      case "scale":
        this.#conv(depthwiseOf(node), node);
        break;
      case "concat":
        if (isCalled(node)) this.#call(node);
        else this.#concat(node);
        break;
      case "reshape":
        this.#reshape(node.inputs[0] as LoweredValue, node.out);
        break;
      case "window": {
        const x = this.need(node.inputs[0] as LoweredValue, standard);
        this.items.push({ kind: "window", node, x, out: this.buffers.add(node.out, standard) });
        break;
      }
      case "call":
        this.#call(node);
        break;
    }
  }

  #call(node: LoweredCall | LoweredConcat): void {
    const inputs = node.inputs.map((value) => this.need(value, "planes"));
    this.items.push({ kind: "call", node, inputs, out: this.buffers.add(node.out, "planes") });
  }

  #conv(conv: LoweredConv, node: LoweredConv | LoweredScale = conv): void {
    const { x: value, out: result, residual: other } = conv;
    const fromPlanes =
      this.buffers.find(value, standard) === undefined && this.buffers.find(value, "planes") !== undefined;
    const place = { fromPlanes, toPlanes: !this.#inBlocks.has(result) };
    const scheme = convScheme(conv, this.#choose, place);
    const x = this.need(value, scheme.x);
    const residual = other && this.need(other, scheme.out);
    const out = this.buffers.add(result, scheme.out);
    this.items.push({ kind: "kernels", node, calls: scheme.calls(x, out, residual), out });
  }

  /** Blocks are copied one behind the other, each by a depthwise convolution with the factor 1. */
  #concat(node: LoweredConcat): void {
    const parts = node.inputs.map((value) => this.need(value, standard));
    const out = this.buffers.add(node.out, standard);
    let first = 0;
    const calls = parts.flatMap((x) => {
      const block = first;
      first += Math.ceil(imagesOf(x.value).channels / 8);
      const part = ({ x: from, out: to }: Views): Views => ({
        x: from,
        out: { ...to, blocks: from.blocks, origin: to.origin + block * to.blockStride },
      });
      const { path, label } = node;
      const copy = depthwiseOf({ ...unchanged, path, label, x: x.value, out: x.value });
      const place = { fromPlanes: false, toPlanes: false };
      return convScheme(copy, this.#choose, place)
        .calls(x, out, undefined)
        .map((call) => ({ ...call, part }));
    });
    this.items.push({ kind: "kernels", node, calls, out });
  }

  /**
   * Nothing moves: as planes all numbers are where they should be, and as blocks where there is a pixel a
   * channel before and after.
   */
  #reshape(value: LoweredValue, out: LoweredValue): void {
    const blocks = this.buffers.find(value, standard);
    if (blocks !== undefined && isPixel(value) && isPixel(out)) this.buffers.share(out, blocks);
    else this.buffers.share(out, this.need(value, "planes"));
  }
}

/** What is computed outside of the engine's memory: joining moves whole blocks only. */
function isCalled(node: LoweredNode): boolean {
  if (node.kind !== "concat") return node.kind === "call";
  return node.inputs.slice(0, -1).some(({ shape }) => (shape[1] as number) % 8 !== 0);
}

function isPixel(value: LoweredValue): boolean {
  const { depth, height, width } = imagesOf(value);
  return depth * height * width === 1;
}

const unchanged = {
  kind: "scale",
  scale: undefined,
  shift: undefined,
  residual: undefined,
  relu: false,
} as const;

const pixel = { size: 1, stride: 1, dilation: 1, upsampling: 1, before: 0, after: 0 };

/**
 * out = x scale + shift as a depthwise 1x1 convolution of whole blocks, the last filled up with channels of
 * weight 0.
 */
function depthwiseOf(node: LoweredScale): LoweredConv {
  const { images, channels, height, width } = imagesOf(node.x);
  const filled = Math.ceil(channels / 8) * 8;
  const size = [height, width];
  const geometry: ConvGeometry = {
    ...{ batch: images, inChannels: filled, outChannels: filled, groups: filled, axes: [pixel, pixel] },
    ...{ inSize: size, outSize: size, transposed: false },
  };
  const { shift } = node;
  const weight = Float64Array.from({ length: filled }, (_, c) => (c < channels ? (node.scale?.[c] ?? 1) : 0));
  const bias = shift && Float64Array.from({ length: filled }, (_, c) => shift[c] ?? 0);
  return { ...node, kind: "conv", geometry, weight, bias };
}
