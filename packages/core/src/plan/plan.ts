import ndarray from "ndarray";
import { checkOptions, type OptionNames } from "../checks.js";
import { activeEngine, askEngine } from "../engines/active.js";
import type { LayerProfile } from "../engines/layer-profile.js";
import type { Shape } from "../engines/lowered.js";
import { WasmEngine } from "../engines/wasm/index.js";
import { type Runtime, spoiledAt, worthHelp } from "../engines/wasm/machine/runtime.js";
import type { Buffer } from "../engines/wasm/program/buffers.js";
import { profileOf } from "../engines/wasm/program/profile.js";
import { type Placed, Program } from "../engines/wasm/program/program.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { cost } from "../nn/cost.js";
import { assertModule, type Module } from "../nn/module.js";
import { letShow } from "../shown.js";
import { float32 } from "../tensor/allocate.js";
import { isRowMajor, rowMajorData } from "../tensor/layout.js";
import { assertTensor, product, type Tensor } from "../tensor/tensor.js";
import { simplify } from "./simplify.js";
import { trace } from "./trace.js";

/** The options of {@link compile}. */
export interface CompileOptions {
  /** [batch, channels, height, width]: the shape of every input. */
  readonly inputShape: readonly number[];
}

const compileOptionNames: OptionNames<CompileOptions> = { inputShape: true };

/** A module made ready for one input shape; see {@link compile}. */
export class Plan {
  static {
    letShow<Plan>(Plan.prototype, { text: String, brief: () => "Plan", html: () => undefined });
  }

  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  /** Bytes of the one arena for activations and working space; 0 on the reference engine. */
  readonly arenaBytes: number;
  /** Bytes of packed weights and tables. */
  readonly packedBytes: number;
  readonly #module: Module;
  readonly #runtime: Runtime | undefined;
  readonly #program: Program | undefined;
  /** Neighbouring items run at once: [first step, number of steps], or a call. */
  readonly #segments: readonly Placed[];

  constructor(module: Module, inputShape: readonly number[], outputShape: readonly number[]) {
    this.inputShape = [...inputShape];
    this.outputShape = [...outputShape];
    this.#module = module;
    const engine = activeEngine();
    const size = product(inputShape) * product(outputShape);
    if (engine instanceof WasmEngine && inputShape.length === 4 && size > 0) {
      this.#runtime = engine.runtime;
      const graph = simplify(trace(module, inputShape as unknown as Shape));
      this.#program = askEngine("compile", { inputShape }, () => new Program(graph, engine.runtime));
      collected.register(this, this.#program);
    }
    this.arenaBytes = this.#program?.arenaBytes ?? 0;
    this.packedBytes = this.#program?.packedBytes ?? 0;
    this.#segments = joinSteps(this.#program?.items ?? []);
  }

  /**
   * Computes the module's output. Weights are those of the time of `compile`.
   * @param x of the shape that the plan was made for; float32, any strides
   * @param out where to write the result, row-major and of the output's shape, so that nothing is allocated; a new tensor by default
   * @returns the result: `out`, where it was given
   * @throws {ShapeError} if x or out has another shape
   * @throws {ArgumentError} if out is not row-major
   * @example
   * const plan = compile(new Conv2d(3, 8, 3), { inputShape: [1, 3, 9, 9] });
   * plan.run(ones([1, 3, 9, 9])).shape; // [1, 8, 7, 7]
   */
  run(x: Tensor, out?: Tensor): Tensor {
    if (out !== undefined) this.#checkOut(out);
    const work = () => {
      for (const segment of this.#segments) this.#step(segment);
    };
    return this.#compute(x, work, out);
  }

  /**
   * Computes the output once and tells for every layer the time, the speed, the bytes and the kernel.
   * @throws {ShapeError} if x has another shape
   * @example
   * const plan = compile(new Conv2d(3, 8, 3), { inputShape: [1, 3, 9, 9] });
   * plan.profile(ones([1, 3, 9, 9])).map((layer) => layer.kernel);
   */
  profile(x: Tensor): LayerProfile[] {
    const times: number[] = [];
    const items = this.#program?.items ?? [];
    this.#compute(x, () => {
      for (const item of items) {
        const start = performance.now();
        this.#step(item);
        times.push(performance.now() - start);
      }
    });
    return items.map(({ item }, i) => profileOf(item, times[i] ?? 0));
  }

  /** One line: shapes and memory. */
  toString(): string {
    const shapes = `[${this.inputShape.join(", ")}] -> [${this.outputShape.join(", ")}]`;
    const [packed, arena] = [this.packedBytes, this.arenaBytes].map(
      (bytes) => `${(bytes / 2 ** 20).toFixed(2)} MiB`,
    );
    return `Plan(${shapes}, weights ${packed}, activations ${arena})`;
  }

  #compute(x: Tensor, work: () => void, out?: Tensor): Tensor {
    assertTensor("Plan.run", "x", x);
    const { inputShape } = this;
    if (x.shape.length !== inputShape.length || inputShape.some((size, axis) => size !== x.shape[axis])) {
      throw new ShapeError("Plan.run", `x must be [${inputShape.join(",")}], as compiled`, {
        "x.shape": [...x.shape],
      });
    }
    if (this.#program === undefined || this.#runtime === undefined) return into(out, this.#module.forward(x));
    const { heap } = this.#runtime;
    const { input, output } = this.#program;
    heap.f32.set(rowMajorData(x), input.at >> 2);
    heap.i32[spoiledAt >> 2] = 0;
    work();
    // Infinities and NaN spread further in Winograd's tiles and in unused lanes than by definition: then layer by layer.
    if (heap.i32[spoiledAt >> 2] !== 0) return into(out, this.#module.forward(x));
    if (out === undefined) return this.#read(output, this.outputShape);
    heap.read(output.at, rowMajorData(out));
    return out;
  }

  #checkOut(out: Tensor): void {
    assertTensor("Plan.run", "out", out);
    const { outputShape } = this;
    if (
      out.shape.length !== outputShape.length ||
      outputShape.some((size, axis) => size !== out.shape[axis])
    ) {
      throw new ShapeError("Plan.run", `out must be [${outputShape.join(",")}]`, {
        "out.shape": [...out.shape],
      });
    }
    if (!isRowMajor(out)) {
      throw new ArgumentError("Plan.run", "out must be row-major", { "out.stride": [...out.stride] });
    }
  }

  #step({ item, program, steps }: Placed): void {
    const runtime = this.#runtime as Runtime;
    if (item.do !== "call") {
      runtime.run(program, steps, (this.#program as Program).cost > worthHelp);
      return;
    }
    const inputs = item.inputs.map((buffer) => this.#read(buffer, tensorShape(buffer)));
    const y = item.node.call(inputs);
    runtime.heap.f32.set(rowMajorData(y), item.out.at >> 2);
  }

  /** A copy of what lies in a buffer of planes. */
  #read(buffer: Buffer, shape: readonly number[]): Tensor {
    const data = float32("Plan.run", shape);
    (this.#runtime as Runtime).heap.read(buffer.at, data);
    return ndarray(data, [...shape]);
  }
}

/** The result, copied to where it is wanted. */
function into(out: Tensor | undefined, result: Tensor): Tensor {
  if (out === undefined) return result;
  rowMajorData(out).set(rowMajorData(result));
  return out;
}

const collected = new FinalizationRegistry<Program>((program) => program.release());

/**
 * Makes a module ready to run on inputs of one shape: weights are packed once, per-channel scales, sums and ReLU are folded into the
 * convolutions before them, activations share one arena, and nothing is allocated or copied between layers. Layers that the engine has
 * no kernel for run as they are. On the reference engine a plan is the module's forward.
 *
 * @param module any tree of modules; later changes to its weights do not show
 * @param options inputShape
 * @throws {ShapeError} if the module does not accept the shape
 * @throws {EngineError} if there is not enough memory
 * @example
 * const plan = compile(new Conv2d(3, 8, 3, { padding: "same" }), { inputShape: [1, 3, 32, 32] });
 * plan.run(ones([1, 3, 32, 32])).shape; // [1, 8, 32, 32]
 */
export function compile(module: Module, options: CompileOptions): Plan {
  assertModule("compile", "module", module);
  checkOptions("compile", options, compileOptionNames);
  return new Plan(module, options.inputShape, cost(module, options.inputShape).outputShape);
}

function tensorShape(buffer: Buffer): readonly number[] {
  return buffer.value.flat ? buffer.value.shape.slice(0, 2) : buffer.value.shape;
}

/** Runs of steps that follow each other in memory become one. */
function joinSteps(items: readonly Placed[]): Placed[] {
  const joined: Placed[] = [];
  for (const item of items) {
    const last = joined.at(-1);
    if (last !== undefined && last.item.do !== "call" && item.item.do !== "call") {
      joined[joined.length - 1] = { ...last, steps: last.steps + item.steps };
    } else joined.push(item);
  }
  return joined;
}
