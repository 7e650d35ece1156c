/** The values that an error quotes, by the name under which the caller knows them. */
export type Quoted = Readonly<Record<string, unknown>>;

/**
 * Base class of everything this library throws on purpose.
 *
 * The message reads `op: rule; got name=value, ...`, so that it says what was asked for, what the rule is and
 * what was there.
 *
 * @example
 * try { conv2d(x, weight); } catch (error) { if (error instanceof ShapeError) console.log(error.op); }
 */
export class ConvfuseError extends Error {
  /** The class's name, which no bundler changes. */
  override get name(): string {
    return "ConvfuseError";
  }
  /** The function or layer that refused, e.g. `conv2d`. */
  readonly op: string;
  /** The message without the name of who refused: the rule, and the values that broke it. */
  readonly rule: string;

  constructor(op: string, rule: string, got: Quoted = {}) {
    const quoted = Object.entries(got).map(([name, value]) => `${name}=${quote(value)}`);
    const whole = quoted.length > 0 ? `${rule}; got ${quoted.join(", ")}` : rule;
    super(`${op}: ${whole}`);
    this.op = op;
    this.rule = whole;
  }
}

/** Shapes that do not fit each other or the operation. */
export class ShapeError extends ConvfuseError {
  override get name(): string {
    return "ShapeError";
  }
}

/** An option or number outside its domain: a stride of 0, a NaN padding, groups that do not divide. */
export class ArgumentError extends ConvfuseError {
  override get name(): string {
    return "ArgumentError";
  }
}

/** A value of the wrong kind: something that is no tensor, a tensor of another dtype. */
export class TensorTypeError extends ConvfuseError {
  override get name(): string {
    return "TensorTypeError";
  }
}

/**
 * An engine that could not do its work: not enough memory, a worker that died. The next call starts afresh.
 */
export class EngineError extends ConvfuseError {
  override get name(): string {
    return "EngineError";
  }

  readonly #rule: string;
  readonly #got: Quoted;

  constructor(op: string, rule: string, got: Quoted = {}) {
    super(op, rule, got);
    this.#rule = rule;
    this.#got = got;
  }

  /**
   * A copy of this error in the name of the operation that asked the engine, with the shapes that the
   * operation knows.
   */
  toldBy(op: string, got: Quoted): EngineError {
    return new EngineError(op, this.#rule, { ...this.#got, ...got });
  }
}

/** A transform that would not be exact: what was asked for is not one convolution at every input. */
export class FusionError extends ConvfuseError {
  override get name(): string {
    return "FusionError";
  }
}

/** A file that is not what its format says, or holds what this library refuses to read. */
export class FormatError extends ConvfuseError {
  override get name(): string {
    return "FormatError";
  }
}

/**
 * Calls `run` and gives its result; where `run` throws an error of the class `kind`, gives `instead(error)`.
 * Other errors pass on.
 */
export function unlessThrown<E extends Error, Result, Instead>(
  kind: new (...args: never[]) => E,
  run: () => Result,
  instead: (error: E) => Instead,
): Result | Instead {
  try {
    return run();
  } catch (error) {
    if (error instanceof kind) return instead(error);
    throw error;
  }
}

/** A quoted array shows this many entries and counts the others. */
const quotedEntries = 12;

/**
 * Arrays inside arrays are quoted this many levels deep: a list that a file puts into itself would have no
 * end.
 */
const quotedLevels = 5;

/**
 * Writes a value as the errors quote it: arrays as `[1,2]`, strings in double quotes, everything else short
 * and on one line.
 */
export function quote(value: unknown, levels: number = quotedLevels): string {
  if (Array.isArray(value)) {
    if (levels === 0) return "[...]";
    const entries = value.slice(0, quotedEntries).map((entry) => quote(entry, levels - 1));
    if (value.length > quotedEntries) entries.push(`... ${value.length - quotedEntries} more`);
    return `[${entries.join(",")}]`;
  }
  if (typeof value === "string") return JSON.stringify(value);
  // No class or function is quoted by its own name, which bundlers that minify change.
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) return quoteObject(value);
  return Object.is(value, -0) ? "-0" : String(value);
}

function quoteObject(value: object): string {
  if ("shape" in value && "stride" in value) return `ndarray ${quote(value.shape, 1)}`;
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}
