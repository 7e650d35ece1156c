/** A size of an axis: a number, or the name of a size that is only known when the network runs. */
export type Dim = number | string;

/** floor((factor base + offset) / divisor), of a base that is only known when the network runs. */
interface Formula {
  readonly base: string;
  readonly factor: number;
  readonly offset: number;
  readonly divisor: number;
}

/**
 * Names of sizes: two sizes have one name only if they are equal however large the network's inputs are.
 * Those that are computed from another by the arithmetic of convolutions have a formula, brought to one form,
 * so that branches of equal size are seen to be so.
 */
export class Dims {
  readonly #formulas = new Map<string, Formula>();
  readonly #names = new Map<string, string>();
  #made = 0;

  /** A size of which nothing is known. */
  fresh(): string {
    return `?${this.#made++}`;
  }

  /** A size that the file names: equal names in one file are equal sizes. */
  named(name: string): string {
    return `=${name}`;
  }

  /** A size that depends on nothing but what the key says. */
  keyed(key: string): string {
    return this.#name(key);
  }

  /** floor((factor dim + offset) / divisor); factor and divisor at least 1. */
  scaled(dim: Dim, factor: number, offset: number, divisor: number): Dim {
    if (typeof dim === "number") return Math.floor((factor * dim + offset) / divisor);
    const inner = this.#formulas.get(dim) ?? { base: dim, factor: 1, offset: 0, divisor: 1 };
    let out: Formula;
    if (factor === 1) {
      // floor((floor(a / d) + c) / s) = floor((a + c d) / (d s))
      out = { ...inner, offset: inner.offset + offset * inner.divisor, divisor: inner.divisor * divisor };
    } else if (inner.divisor === 1) {
      out = { ...inner, factor: inner.factor * factor, offset: inner.offset * factor + offset, divisor };
    } else {
      out = { base: dim, factor, offset, divisor };
    }
    return this.#simplest(out);
  }

  #simplest({ base, factor, offset, divisor }: Formula): string {
    const shared = greatestCommon(factor, divisor);
    const formula = {
      base,
      factor: factor / shared,
      offset: Math.floor(offset / shared),
      divisor: divisor / shared,
    };
    if (formula.factor === 1 && formula.offset === 0 && formula.divisor === 1) return base;
    const name = this.#name(`${base}*${formula.factor}+${formula.offset}/${formula.divisor}`);
    this.#formulas.set(name, formula);
    return name;
  }

  #name(key: string): string {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = `?${this.#made++}`;
    this.#names.set(key, name);
    return name;
  }
}

/** The size of what is broadcast from both; undefined: they do not fit, or it is not known. */
export function broadcastDim(a: Dim, b: Dim): Dim | undefined {
  if (a === b || b === 1) return a;
  if (a === 1) return b;
  if (typeof a === "number") return typeof b === "number" ? undefined : a;
  return typeof b === "number" ? b : undefined;
}

/** The shape of what is broadcast from all of them. */
export function broadcastShape(dims: Dims, shapes: readonly (readonly Dim[])[]): readonly Dim[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    let out: Dim | undefined = 1;
    for (const shape of shapes) {
      const at = axis - (rank - shape.length);
      if (at >= 0 && out !== undefined) out = broadcastDim(out, shape[at] as Dim);
    }
    return out ?? dims.fresh();
  });
}

/** True if both are known to be equal at every input. */
export function equalShapes(a: readonly Dim[] | undefined, b: readonly Dim[] | undefined): boolean {
  return a !== undefined && b !== undefined && a.length === b.length && a.every((dim, i) => dim === b[i]);
}

function greatestCommon(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}
