import { Tensor } from "onnxruntime-node";
import { DataType } from "../src/model/data-type.js";
import { encode } from "../src/model/elements.js";
import {
  type AttributeValue,
  floats,
  type GraphInit,
  ints,
  modelBytes,
  type NodeInit,
  node,
  port,
  type TensorInit,
} from "./build-model.js";
import { randomNumbers } from "./run-onnx.js";

/** A network drawn at random, and what to run it on. */
export interface RandomGraph {
  readonly bytes: Uint8Array;
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** How far outputs may be apart, in parts of the largest value. */
  readonly tolerance: number;
  /** What was drawn, for a failing test to show. */
  readonly text: string;
}

/** A value that flows: its sizes in the run that is to come. */
interface Flow {
  readonly name: string;
  readonly channels: number;
  readonly sizes: readonly number[];
  reads: number;
}

/** Draws a network from the operators that are fused and from some that are not, in any opset, with all forms of their attributes. */
export function randomGraph(seed: number): RandomGraph {
  return new Drawing(seed).draw();
}

const oldest = 7;
const newest = 22;

class Drawing {
  readonly #random: () => number;
  readonly #opset: number;
  readonly #rank: number;
  readonly #type: number;
  readonly #nodes: NodeInit[] = [];
  readonly #initializers: TensorInit[] = [];
  readonly #flows: Flow[] = [];
  readonly #kernels = new Map<string, string>();
  #made = 0;

  constructor(seed: number) {
    this.#random = randomNumbers(seed * 7919 + 13);
    for (let i = 0; i < 3; i++) this.#random();
    this.#opset = this.#whole(oldest, newest);
    // onnxruntime has no convolution in float64; matrices and arithmetic it has.
    this.#type = this.#pick([
      ...new Array<number>(17).fill(DataType.float),
      ...[DataType.double, DataType.double, DataType.float16],
    ]);
    this.#rank = this.#type === DataType.double ? 0 : this.#pick([1, 2, 2, 2, 2, 3]);
  }

  draw(): RandomGraph {
    const dims = (flow: Flow): number[] => [2, flow.channels, ...flow.sizes];
    const fixed = this.#chance(0.3);
    const inputs = Array.from({ length: this.#chance(0.2) ? 2 : 1 }, (_, i) => {
      const flow = this.#flow(
        this.#whole(2, 4) * 2,
        this.#list(() => this.#whole(6, 10)),
        `in${i}`,
      );
      const declared = dims(flow).map((size, axis) => (axis === 1 || fixed ? size : `${flow.name}_${axis}`));
      return { flow, port: port(flow.name, declared, this.#type) };
    });
    // In float16 every step rounds to three digits, so that long networks say little.
    const steps = this.#type === DataType.float16 ? this.#whole(2, 4) : this.#whole(4, 14);
    for (let step = 0; step < steps; step++) this.#step();
    const outputs = this.#flows.filter((flow) => flow.reads === 0 || this.#chance(0.08));
    const graph: GraphInit = {
      node: this.#nodes,
      initializer: this.#initializers,
      input: inputs.map((input) => input.port),
      output: outputs.map(({ name }) => port(name, undefined, this.#type)),
    };
    const feeds = Object.fromEntries(inputs.map(({ flow }) => [flow.name, this.#tensor(dims(flow))]));
    const lines = this.#nodes.map(({ opType, input, output }) => `${output} = ${opType}(${input})`);
    return {
      bytes: modelBytes(graph, { opset: this.#opset, irVersion: BigInt(this.#pick([4, 8, 10])) }),
      feeds,
      tolerance: this.#type === DataType.float16 ? 2e-2 : 2e-5,
      text: [`opset ${this.#opset}, rank ${this.#rank}`, ...lines].join("\n"),
    };
  }

  #step(): void {
    const image: (() => boolean)[] = [
      () => this.#conv(),
      () => this.#conv(),
      () => this.#conv(),
      () => this.#conv(),
      () => this.#transposed(),
      () => this.#norm(),
      () => this.#norm(),
      () => this.#pool(),
      () => this.#pad(),
      () => this.#concat(),
      () => this.#head(),
      () => this.#branch(),
    ];
    const any: (() => boolean)[] = [
      () => this.#add(),
      () => this.#add(),
      () => this.#add(),
      () => this.#arithmetic(),
      () => this.#arithmetic(),
      () => this.#unary(),
      () => this.#unary(),
      () => this.#sameShape(),
    ];
    const features = [() => this.#matrix(), () => this.#matrix(), () => this.#matrix(), () => this.#norm()];
    const kinds = this.#rank === 0 ? [...any, ...features] : [...any, ...image];
    for (let tries = 0; tries < 5; tries++) if (this.#pick(kinds)()) return;
  }

  #conv(): boolean {
    const x = this.#any(({ sizes }) => sizes.length === this.#rank);
    if (x === undefined) return false;
    const groups = this.#pick([1, 1, 1, 2, x.channels].filter((count) => x.channels % count === 0));
    const out = groups * this.#whole(1, groups > 2 ? 1 : 3);
    const form = this.#pick([
      "notset",
      "notset",
      "notset",
      "same",
      "same",
      "SAME_UPPER",
      "SAME_LOWER",
      "VALID",
    ]);
    const kernel = this.#list(() => this.#pick([1, 1, 2, 3, 3]));
    const dilation = this.#list(() => (form === "notset" ? this.#pick([1, 1, 1, 2]) : 1));
    const stride = this.#list(() => this.#pick([1, 1, 1, 1, 2]));
    const span = (axis: number): number => at(dilation, axis) * (at(kernel, axis) - 1);
    let pads = this.#axes().map((axis): [number, number] => {
      if (form === "same") return [Math.floor(span(axis) / 2), Math.ceil(span(axis) / 2)];
      return form === "notset" ? [this.#whole(0, 2), this.#whole(0, 2)] : [0, 0];
    });
    if (form.startsWith("SAME")) {
      pads = this.#axes().map((axis) => {
        const size = at(x.sizes, axis);
        const last = (Math.ceil(size / at(stride, axis)) - 1) * at(stride, axis);
        const total = Math.max(last + span(axis) + 1 - size, 0);
        const less = Math.floor(total / 2);
        return form === "SAME_UPPER" ? [less, total - less] : [total - less, less];
      });
    }
    const sizes = this.#axes().map((axis) => {
      const padded = at(x.sizes, axis) + at(pads, axis)[0] + at(pads, axis)[1];
      return Math.floor((padded - span(axis) - 1) / at(stride, axis)) + 1;
    });
    if (sizes.some((size) => size < 1)) return false;
    const weight = this.#weight([out, x.channels / groups, ...kernel]);
    const attributes: Record<string, AttributeValue> = {
      ...{ kernel_shape: big(kernel), strides: big(stride), dilations: big(dilation), group: BigInt(groups) },
      ...(form === form.toUpperCase()
        ? { auto_pad: form }
        : { pads: big([...pads.map(first), ...pads.map(second)]) }),
    };
    this.#emit("Conv", [x, weight, ...this.#bias(out)], out, sizes, attributes);
    return true;
  }

  #transposed(): boolean {
    const x = this.#any(({ sizes }) => sizes.length === this.#rank && Math.max(...sizes) < 12);
    if (x === undefined) return false;
    const groups = x.channels % 2 === 0 ? this.#pick([1, 2]) : 1;
    const out = groups * this.#whole(1, 2);
    const [kernel, stride] = [this.#list(() => this.#whole(1, 3)), this.#list(() => this.#whole(1, 2))];
    const form = this.#pick(["notset", "notset", "notset", "SAME_UPPER", "SAME_LOWER", "VALID"]);
    const dilation = this.#list(() => (form === "notset" ? this.#pick([1, 1, 2]) : 1));
    const extra = this.#axes().map((axis) => (form === "notset" ? this.#whole(0, at(stride, axis) - 1) : 0));
    const span = (axis: number): number => at(dilation, axis) * (at(kernel, axis) - 1);
    const isSame = form.startsWith("SAME");
    // The output of SAME is stride times as long as the input, which a kernel shorter than its stride does not reach.
    if (isSame && this.#axes().some((axis) => at(kernel, axis) < at(stride, axis))) return false;
    const pads = this.#axes().map((axis): [number, number] => {
      if (isSame || form === "VALID") return [0, 0];
      return [this.#whole(0, at(kernel, axis) - 1), this.#whole(0, at(kernel, axis) - 1)];
    });
    const sizes = this.#axes().map((axis) =>
      isSame
        ? at(stride, axis) * at(x.sizes, axis)
        : at(stride, axis) * (at(x.sizes, axis) - 1) +
          at(extra, axis) +
          span(axis) +
          1 -
          at(pads, axis)[0] -
          at(pads, axis)[1],
    );
    if (sizes.some((size) => size < 1)) return false;
    const weight = this.#weight([x.channels, out / groups, ...kernel]);
    this.#emit("ConvTranspose", [x, weight, ...this.#bias(out)], out, sizes, {
      ...{ kernel_shape: big(kernel), strides: big(stride), dilations: big(dilation), group: BigInt(groups) },
      ...(form === "notset"
        ? { output_padding: big(extra), pads: big([...pads.map(first), ...pads.map(second)]) }
        : { auto_pad: form }),
    });
    return true;
  }

  #norm(): boolean {
    const x = this.#any(() => true);
    if (x === undefined) return false;
    const parts = ["scale", "shift", "mean"].map(() =>
      this.#initializer([x.channels], this.#numbers(x.channels)),
    );
    const variance = this.#initializer(
      [x.channels],
      this.#numbers(x.channels).map((value) => Math.abs(value) + 0.1),
    );
    this.#emit("BatchNormalization", [x, ...parts, variance], x.channels, x.sizes, {
      epsilon: this.#pick([1e-5, 1e-2]),
    });
    return true;
  }

  #pool(): boolean {
    const x = this.#any(({ sizes }) => sizes.length === this.#rank);
    if (x === undefined) return false;
    const [kernel, stride] = [this.#list(() => this.#whole(1, 3)), this.#list(() => this.#pick([1, 1, 2]))];
    const form = this.#pick(["notset", "notset", "notset", "notset", "VALID", "SAME_UPPER", "SAME_LOWER"]);
    // onnxruntime divides by other numbers where SAME pads more than the kernel hangs over.
    if (form.startsWith("SAME") && stride.some((step) => step > 1)) return false;
    const pads = this.#axes().map((axis): [number, number] =>
      form !== "notset" || this.#chance(0.5)
        ? [0, 0]
        : [this.#whole(0, at(kernel, axis) - 1), this.#whole(0, at(kernel, axis) - 1)],
    );
    // Rounding up with padding behind the image is what opsets and runtimes disagree about.
    const ceil =
      form === "notset" && this.#opset >= 10 && pads.every(([, after]) => after === 0) && this.#chance(0.3);
    const sizes = this.#axes().map((axis) => {
      const size = at(x.sizes, axis);
      if (form.startsWith("SAME")) return size;
      const steps = (size + at(pads, axis)[0] + at(pads, axis)[1] - at(kernel, axis)) / at(stride, axis);
      const out = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
      // No window begins behind the image.
      return ceil && (out - 1) * at(stride, axis) >= size + at(pads, axis)[0] ? out - 1 : out;
    });
    if (sizes.some((size) => size < 1)) return false;
    this.#emit("AveragePool", [x], x.channels, sizes, {
      ...{ kernel_shape: big(kernel), strides: big(stride), count_include_pad: BigInt(this.#whole(0, 1)) },
      ...(form === "notset" ? { pads: big([...pads.map(first), ...pads.map(second)]) } : { auto_pad: form }),
      ...(ceil ? { ceil_mode: 1n } : {}),
    });
    return true;
  }

  #pad(): boolean {
    const x = this.#any(({ sizes }) => sizes.length === this.#rank);
    if (x === undefined) return false;
    const pads = this.#axes().map((): [number, number] => [this.#whole(-1, 2), this.#whole(0, 2)]);
    const sizes = this.#axes().map((axis) => at(x.sizes, axis) + at(pads, axis)[0] + at(pads, axis)[1]);
    if (sizes.some((size) => size < 1)) return false;
    const all = [0, 0, ...pads.map(first), 0, 0, ...pads.map(second)];
    if (this.#opset < 11) this.#emit("Pad", [x], x.channels, sizes, { pads: big(all) });
    else this.#emit("Pad", [x, this.#integers(all)], x.channels, sizes);
    return true;
  }

  #concat(): boolean {
    const x = this.#any(() => true);
    const others = this.#flows.filter((flow) => String(flow.sizes) === String(x?.sizes));
    if (x === undefined) return false;
    const parts = [x, ...Array.from({ length: this.#whole(0, 2) }, () => this.#pick(others))];
    const channels = parts.reduce((sum, part) => sum + part.channels, 0);
    if (channels > 24) return false;
    this.#emit("Concat", parts, channels, x.sizes, {
      axis: this.#chance(0.2) ? BigInt(-1 - x.sizes.length) : 1n,
    });
    return true;
  }

  /** Global mean, flattened, times a matrix. */
  #head(): boolean {
    const x = this.#any(({ sizes }) => sizes.length === this.#rank);
    if (x === undefined || this.#chance(0.5)) return false;
    const pooled = this.#emit(
      "GlobalAveragePool",
      [x],
      x.channels,
      x.sizes.map(() => 1),
    );
    if (this.#chance(0.3)) return true;
    const flat = this.#emit("Flatten", [pooled], x.channels, []);
    const out = this.#whole(1, 5);
    const [weight, bias] = [this.#weight([out, x.channels]), this.#initializer([out], this.#numbers(out))];
    this.#emit("Gemm", [flat, weight, bias], out, [], { transB: 1n });
    return true;
  }

  #matrix(): boolean {
    const x = this.#any(({ sizes }) => sizes.length === 0);
    if (x === undefined) return false;
    const out = this.#whole(1, 8);
    if (this.#chance(0.4)) {
      this.#emit("MatMul", [x, this.#weight([x.channels, out])], out, []);
      return true;
    }
    const transposed = this.#chance(0.5);
    const weight = this.#weight(transposed ? [out, x.channels] : [x.channels, out]);
    const bias = this.#initializer(this.#pick([[out], [1, out], [1]]), this.#numbers(out));
    this.#emit("Gemm", [x, weight, bias], out, [], {
      ...{ transB: transposed ? 1n : 0n, alpha: this.#pick([1, 0.5]), beta: this.#pick([1, 2]) },
    });
    return true;
  }

  #add(): boolean {
    const x = this.#any(() => true);
    if (x === undefined) return false;
    const alike = this.#flows.filter(
      (flow) => flow.channels === x.channels && String(flow.sizes) === String(x.sizes),
    );
    const pooled = this.#flows.filter(
      ({ channels, sizes }) =>
        channels === x.channels && sizes.length === x.sizes.length && sizes.every((size) => size === 1),
    );
    // Sum broadcasts from opset 8 on.
    const broadcast = x.sizes.length > 0 && pooled.length > 0 && this.#opset >= 8 && this.#chance(0.2);
    const others = Array.from({ length: this.#pick([1, 1, 2, 3]) }, () =>
      this.#pick(broadcast ? pooled : alike),
    );
    const type = others.length > 1 ? "Sum" : this.#pick(["Add", "Add", "Add", "Sum", "Sub"]);
    this.#emit(type, [x, ...others], x.channels, x.sizes);
    return true;
  }

  #arithmetic(): boolean {
    const x = this.#any(() => true);
    if (x === undefined) return false;
    const ones = x.sizes.map(() => 1);
    const shape = this.#pick([
      [],
      [1],
      [x.channels, ...ones],
      [1, x.channels, ...ones],
      [x.channels, ...x.sizes],
      [1, 1, ...ones],
    ]);
    const constant = this.#constant(shape);
    const type = this.#pick(["Add", "Sub", "Mul", "Div"]);
    const swapped = this.#chance(0.2) && type !== "Div";
    this.#emit(type, swapped ? [constant, x] : [x, constant], x.channels, x.sizes);
    return true;
  }

  #unary(): boolean {
    const x = this.#any(() => true);
    if (x === undefined) return false;
    this.#emit(
      this.#pick(["Relu", "Sigmoid", "Identity", "Dropout", "Neg", "Identity"]),
      [x],
      x.channels,
      x.sizes,
    );
    return true;
  }

  /** A Reshape to the shape that its input has anyway: its own, or another value's. */
  #sameShape(): boolean {
    const x = this.#any(() => true);
    if (x === undefined || this.#chance(0.5)) return false;
    const alike = this.#flows.filter(
      (flow) => flow.channels === x.channels && String(flow.sizes) === String(x.sizes),
    );
    const asked = this.#chance(0.5) ? x : this.#pick(alike);
    const shape = `s${this.#made++}`;
    this.#nodes.push(node("Shape", [asked.name], shape));
    asked.reads++;
    this.#emit("Reshape", [x, shape], x.channels, x.sizes);
    return true;
  }

  /** An If whose bodies read the value and a weight from outside. */
  #branch(): boolean {
    const x = this.#any(({ sizes }) => sizes.length === this.#rank);
    if (x === undefined || this.#chance(0.6) || this.#opset < 11) return false;
    const ones = x.sizes.map(() => 1n);
    const condition = `c${this.#made++}`;
    const most = `m${this.#made++}`;
    this.#nodes.push(node("ReduceMax", [x.name], most, { keepdims: 0n }));
    this.#nodes.push(node("Greater", [most, this.#initializer([], [this.#pick([-9, 0.5, 9])])], condition));
    const weight = this.#weight([x.channels, x.channels, ...x.sizes.map(() => 1)]);
    const body = (): GraphInit => {
      const [a, b] = [`b${this.#made++}`, `b${this.#made++}`];
      const scale = this.#initializer([x.channels, ...x.sizes.map(() => 1)], this.#numbers(x.channels));
      return {
        node: [node("Conv", [x.name, weight], a, { kernel_shape: ones }), node("Mul", [a, scale], b)],
        output: [port(b, undefined, this.#type)],
      };
    };
    x.reads++;
    const out = this.#flow(x.channels, x.sizes);
    const bodies = { then_branch: { graph: body() }, else_branch: { graph: body() } };
    this.#nodes.push(node("If", [condition], out.name, bodies));
    return true;
  }

  /** A kernel, often one that another node has too, sometimes behind something that computes it. */
  #weight(dims: readonly number[]): string {
    const known = this.#kernels.get(String(dims));
    if (known !== undefined && this.#chance(0.3)) return known;
    const size = dims.reduce((product, dim) => product * dim, 1);
    const fanIn = size / at(dims, 0);
    const values = this.#numbers(size).map((value) => value / Math.sqrt(fanIn));
    const name = this.#behind(this.#initializer(dims, values), dims, values);
    this.#kernels.set(String(dims), name);
    return name;
  }

  #behind(name: string, dims: readonly number[], values: readonly number[]): string {
    const out = `k${this.#made++}`;
    switch (this.#whole(0, 9)) {
      case 0:
        this.#nodes.push(node("Identity", [name], out));
        return out;
      case 1: {
        const flat = this.#initializer([values.length], values);
        this.#nodes.push(node("Reshape", [flat, this.#integers(dims)], out));
        return out;
      }
      case 2: {
        const factor = this.#initializer(
          [at(dims, 0), ...dims.slice(1).map(() => 1)],
          this.#numbers(at(dims, 0)),
        );
        this.#nodes.push(node("Mul", [name, factor], out));
        return out;
      }
      case 3:
        this.#nodes.push(
          node("Constant", [], out, { value: { tensor: floats("", dims, values, this.#type) } }),
        );
        return out;
      default:
        return name;
    }
  }

  #bias(channels: number): string[] {
    return this.#chance(0.5) ? [this.#initializer([channels], this.#numbers(channels))] : [];
  }

  #constant(shape: readonly number[]): string {
    const size = shape.reduce((product, dim) => product * dim, 1);
    return this.#initializer(shape, this.#numbers(size));
  }

  #initializer(dims: readonly number[], values: readonly number[]): string {
    const name = `w${this.#made++}`;
    const size = dims.reduce((product, dim) => product * dim, 1);
    this.#initializers.push(floats(name, dims, values.slice(0, size), this.#type));
    return name;
  }

  #integers(values: readonly number[]): string {
    const name = `i${this.#made++}`;
    this.#initializers.push(ints(name, values));
    return name;
  }

  #emit(
    type: string,
    inputs: readonly (Flow | string)[],
    channels: number,
    sizes: readonly number[],
    attributes: Record<string, AttributeValue> = {},
  ): Flow {
    for (const input of inputs) if (typeof input !== "string") input.reads++;
    const out = this.#flow(channels, sizes);
    const names = inputs.map((input) => (typeof input === "string" ? input : input.name));
    this.#nodes.push(
      node(type, names, out.name, attributes, this.#chance(0.5) ? { name: `${type}_${this.#made++}` } : {}),
    );
    return out;
  }

  #flow(channels: number, sizes: readonly number[], name = `v${this.#made++}`): Flow {
    const flow = { name, channels, sizes, reads: 0 };
    this.#flows.push(flow);
    return flow;
  }

  #any(fits: (flow: Flow) => boolean): Flow | undefined {
    const all = this.#flows.filter(fits);
    // Mostly one of the last, so that sequences come about; sometimes any, so that branches do.
    return all.length === 0 ? undefined : this.#chance(0.5) ? at(all, all.length - 1) : this.#pick(all);
  }

  /** Between 0.2 and 1.2, a third of them negative. */
  #numbers(count: number): number[] {
    return Array.from({ length: count }, () => (this.#random() + 0.2) * (this.#chance(1 / 3) ? -1 : 1));
  }

  #tensor(dims: readonly number[]): Tensor {
    const size = dims.reduce((product, dim) => product * dim, 1);
    const values = Float64Array.from({ length: size }, () => 2 * this.#random() - 1);
    if (this.#type === DataType.double) return new Tensor("float64", values, dims);
    if (this.#type === DataType.float) return new Tensor("float32", Float32Array.from(values), dims);
    const bits = new Uint16Array(encode(values, this.#type).buffer);
    // Where the platform has a Float16Array (Node 24) the tensor holds one, in which onnxruntime-node 1.30
    // finds no elements: it reads the bits themselves.
    return Object.defineProperty(new Tensor("float16", bits, dims), "data", { value: bits });
  }

  #axes(): number[] {
    return Array.from({ length: this.#rank }, (_, axis) => axis);
  }

  #list<T>(draw: () => T): T[] {
    return this.#axes().map(draw);
  }

  #whole(from: number, to: number): number {
    return from + Math.floor(this.#random() * (to - from + 1));
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  #pick<T>(list: readonly T[]): T {
    return at(list, Math.floor(this.#random() * list.length));
  }
}

function at<T>(list: readonly T[], place: number): T {
  return list[place] as T;
}

function first([value]: readonly [number, number]): number {
  return value;
}

function second([, value]: readonly [number, number]): number {
  return value;
}

function big(values: readonly number[]): bigint[] {
  return values.map(BigInt);
}
