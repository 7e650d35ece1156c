import ndarray from "ndarray";
import { checkOptions, type OptionNames } from "../checks.js";
import { activeEngine, askEngine } from "../engines/active.js";
import type { Executable } from "../engines/compiler.js";
import type { LayerProfile } from "../engines/layer-profile.js";
import { ArgumentError, EngineError, ShapeError } from "../errors.js";
import { cost } from "../nn/cost.js";
import { assertModule, type Module } from "../nn/module.js";
import { letShow } from "../shown.js";
import { float32 } from "../tensor/allocate.js";
import { isRowMajor, rowMajorData } from "../tensor/layout.js";
import { assertTensor, product, type Tensor } from "../tensor/tensor.js";
import { lowerModule } from "./lower-module.js";
import { simplify } from "./simplify.js";

/** The options of {@link compile}. */
export interface CompileOptions {
  /** The shape of every input, [batch, channels, ...spatial], or whatever the module reads. */
  readonly inputShape: readonly number[];
}

const compileOptionNames: OptionNames<CompileOptions> = { inputShape: true };

/**
 * A module made ready for one input shape; see {@link compile}.
 * @example
 * const plan = compile(new Conv2d(3, 8, 3), { inputShape: [1, 3, 9, 9] });
 * plan.outputShape; // [1, 8, 7, 7]
 */
export class Plan {
  static {
    letShow<Plan>(Plan.prototype, { text: String, brief: () => "Plan", html: () => undefined });
  }

  /** The shape of every input. */
  readonly inputShape: readonly number[];
  /** The shape of every output. */
  readonly outputShape: readonly number[];
  /** Bytes of the one arena for activations and working space; 0 on the reference engine. */
  readonly arenaBytes: number;
  /** Bytes of packed weights and tables. */
  readonly packedBytes: number;
  readonly #module: Module;
  /**
   * undefined: the engine in use computes layer by layer only, or some layer reads the axes of the shape
   * otherwise than operations do.
   */
  readonly #executable: Executable | undefined;

  /**
   * @param module what is computed
   * @param inputShape [batch, channels, ...spatial]
   * @param outputShape what the module makes of that
   */
  constructor(module: Module, inputShape: readonly number[], outputShape: readonly number[]) {
    this.inputShape = [...inputShape];
    this.outputShape = [...outputShape];
    this.#module = module;
    this.#executable = executableOf(module, inputShape, outputShape);
    this.arenaBytes = this.#executable?.arenaBytes ?? 0;
    this.packedBytes = this.#executable?.packedBytes ?? 0;
  }

  /**
   * Computes the module's output. Weights are those of the time of `compile`.
   * @param x of the shape that the plan was made for; float32, any strides
   * @param out where to write the result, row-major and of the output's shape, so that nothing is allocated;
   *   a new tensor by default
   * @returns the result: `out`, where it was given
   * @throws {ShapeError} if x or out has another shape
   * @throws {ArgumentError} if out is not row-major
   * @throws {EngineError} if the engine's results come later: then only {@link runAsync} has them
   * @example
   * const plan = compile(new Conv2d(3, 8, 3), { inputShape: [1, 3, 9, 9] });
   * plan.run(ones([1, 3, 9, 9])).shape; // [1, 8, 7, 7]
   */
  run(x: Tensor, out?: Tensor): Tensor {
    const result = this.#compute("Plan.run", x, out);
    if (!(result instanceof Promise)) return result;
    // The error that is thrown here says it all.
    result.catch(() => undefined);
    throw new EngineError("Plan.run", "the engine's results come later: use runAsync");
  }

  /**
   * The same for every engine, also for one whose results come later; until they are there, x and out must
   * not be written to.
   * @throws as {@link run} does, before anything is computed
   * @example
   * const plan = compile(new Conv2d(3, 8, 3), { inputShape: [1, 3, 9, 9] });
   * (await plan.runAsync(ones([1, 3, 9, 9]))).shape; // [1, 8, 7, 7]
   */
  async runAsync(x: Tensor, out?: Tensor): Promise<Tensor> {
    return this.#compute("Plan.runAsync", x, out);
  }

  /**
   * Computes the output once and tells for every layer the time, the speed, the bytes and the kernel; nothing
   * of engines that cannot say.
   * @throws {ShapeError} if x has another shape
   * @example
   * const plan = compile(new Conv2d(3, 8, 3), { inputShape: [1, 3, 9, 9] });
   * plan.profile(ones([1, 3, 9, 9])).map((layer) => layer.kernel);
   */
  profile(x: Tensor): LayerProfile[] {
    checkShape("Plan.profile", "x", x, this.inputShape, ", as compiled");
    return [...(this.#executable?.profile?.(rowMajorData(x)) ?? [])];
  }

  /** One line: shapes and memory. */
  toString(): string {
    const shapes = `[${this.inputShape.join(", ")}] -> [${this.outputShape.join(", ")}]`;
    const [packed, arena] = [this.packedBytes, this.arenaBytes].map(
      (bytes) => `${(bytes / 2 ** 20).toFixed(2)} MiB`,
    );
    return `Plan(${shapes}, weights ${packed}, activations ${arena})`;
  }

  #compute(op: string, x: Tensor, out: Tensor | undefined): Tensor | Promise<Tensor> {
    if (out !== undefined) {
      checkShape(op, "out", out, this.outputShape, "");
      if (!isRowMajor(out))
        throw new ArgumentError(op, "out must be row-major", { "out.stride": [...out.stride] });
    }
    checkShape(op, "x", x, this.inputShape, ", as compiled");
    if (this.#executable === undefined) return into(out, this.#module.forward(x));
    const result = out ?? ndarray(float32(op, this.outputShape), [...this.outputShape]);
    const done = (whole: boolean) => (whole ? result : into(out, this.#module.forward(x)));
    const whole = this.#executable.run(rowMajorData(x), rowMajorData(result));
    return typeof whole === "boolean" ? done(whole) : whole.then(done);
  }
}

/** The result, copied to where it is wanted. */
function into(out: Tensor | undefined, result: Tensor): Tensor {
  if (out === undefined) return result;
  rowMajorData(out).set(rowMajorData(result));
  return out;
}

/** @throws {ShapeError} if a tensor has another shape than the plan has */
function checkShape(op: string, name: string, tensor: Tensor, shape: readonly number[], why: string): void {
  assertTensor(op, name, tensor);
  if (tensor.shape.length === shape.length && shape.every((size, axis) => size === tensor.shape[axis]))
    return;
  throw new ShapeError(op, `${name} must be [${shape.join(",")}]${why}`, {
    [`${name}.shape`]: [...tensor.shape],
  });
}

/**
 * What the engine in use makes of a module; undefined where it compiles nothing, or nothing is to be
 * computed.
 */
function executableOf(module: Module, inputShape: readonly number[], outputShape: readonly number[]) {
  const { compiler } = activeEngine();
  if (compiler === undefined || inputShape.length === 0 || product(inputShape) * product(outputShape) === 0)
    return undefined;
  const lowered = lowerModule(module, inputShape, outputShape);
  if (lowered === undefined) return undefined;
  return askEngine("compile", { inputShape }, () => compiler.compile(simplify(lowered)));
}

/**
 * Makes a module ready to run on inputs of one shape: weights are packed once, per-channel scales, sums and
 * ReLU are folded into the convolutions before them, activations share one arena, and nothing is allocated or
 * copied between layers. Layers that the engine has no kernel for run as they are. On the reference engine a
 * plan is the module's forward.
 *
 * @param module any tree of modules; later changes to its weights do not show
 * @param options inputShape
 * @throws {ShapeError} if the module does not accept the shape
 * @throws {EngineError} if there is not enough memory
 * @throws {ArgumentError} if an option is unknown, or inputShape no list of whole numbers
 * @example
 * const plan = compile(new Conv2d(3, 8, 3, { padding: "same" }), { inputShape: [1, 3, 32, 32] });
 * plan.run(ones([1, 3, 32, 32])).shape; // [1, 8, 32, 32]
 */
export function compile(module: Module, options: CompileOptions): Plan {
  assertModule("compile", "module", module);
  checkOptions("compile", options, compileOptionNames);
  return new Plan(module, options.inputShape, cost(module, options.inputShape).outputShape);
}
