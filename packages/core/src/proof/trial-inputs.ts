import { Mt19937 } from "../random/mt19937.js";
import { ones, type Tensor, zeros } from "../tensor/tensor.js";

/** The inputs of a verification. */
export interface TrialInputs {
  /** Normal draws, zeros (the bias alone), ones, single pixels in the corners, a lone border. */
  readonly ordinary: readonly Tensor[];
  /**
   * Normal draws times 2^20: differences are large there as well, and only the bound tells whether they are
   * too large.
   */
  readonly large: readonly Tensor[];
}

/** Inputs that tell two convolutions apart. */
export function trialInputs(shape: readonly number[], trials: number, seed: number): TrialInputs {
  const generator = new Mt19937(seed);
  const normal = normalDraws(generator);
  const filled = (value: (row: number, column: number, height: number, width: number) => number): Tensor => {
    const x = zeros(shape);
    const [height = 1, width = 1] = shape.slice(-2);
    for (let i = 0; i < x.size; i++) {
      const column = i % width;
      const row = Math.floor(i / width) % height;
      x.data[i] = value(row, column, height, width);
    }
    return x;
  };
  const isEnd = (at: number, size: number): boolean => at === 0 || at === size - 1;
  return {
    ordinary: [
      ...Array.from({ length: trials }, () => filled(normal)),
      zeros(shape),
      ones(shape),
      filled((row, column, height, width) => (isEnd(row, height) && isEnd(column, width) ? normal() : 0)),
      filled((row, column, height, width) => (isEnd(row, height) || isEnd(column, width) ? normal() : 0)),
    ],
    large: [filled(() => normal() * 2 ** 20)],
  };
}

/** Standard normal draws, by Box and Muller, from a generator of their own. */
function normalDraws(generator: Mt19937): () => number {
  const uniform = (): number => (generator.nextUint32() + 0.5) / 2 ** 32;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
