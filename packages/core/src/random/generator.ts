import { ArgumentError } from "../errors.js";
import { Mt19937 } from "./mt19937.js";

// PyTorch's default seed, for those who draw without seeding.
let engine: Mt19937 = new Mt19937(Number(67280421310721n & 0xffffffffn));

/** The second value of the last pair that `nextNormal` made. */
let spareNormal: number | undefined;

/**
 * Seeds the generator: everything drawn afterwards equals what PyTorch draws after `torch.manual_seed(seed)`
 * on a CPU with AVX2 or AVX-512.
 * @param seed a whole number; only its low 32 bits count, in two's complement if it is negative
 * @throws {ArgumentError} if it is no whole number
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.manual_seed.html
 * @example
 * manualSeed(0);
 * new Conv2d(3, 2, 3).weight.get(0, 0, 0, 0); // -0.00144083...
 */
export function manualSeed(seed: number): void {
  if (!Number.isSafeInteger(seed))
    throw new ArgumentError("manualSeed", "seed must be a whole number", { seed });
  engine = new Mt19937(Number(BigInt.asUintN(32, BigInt(seed))));
  spareNormal = undefined;
}

/** 32 random bits, as a whole number. */
export function nextUint32(): number {
  return engine.nextUint32();
}

/** A float32 of 24 random bits: uniform in [0, 1), a multiple of 2^-24. */
export function nextFloat(): number {
  return (engine.nextUint32() & 0xffffff) / 0x1000000;
}

/**
 * A normal draw in float64. Box-Muller makes two from two uniform draws; the second waits here for the next
 * call, whatever else is drawn between.
 */
export function nextNormal(): number {
  if (spareNormal !== undefined) {
    const value = spareNormal;
    spareNormal = undefined;
    return value;
  }
  const angle = 2 * Math.PI * nextDouble();
  const radius = Math.sqrt(-2 * Math.log1p(-nextDouble()));
  spareNormal = radius * Math.sin(angle);
  return radius * Math.cos(angle);
}

/** A float64 of 53 random bits, uniform in [0, 1); the first of its two words gives the high bits. */
function nextDouble(): number {
  const high = engine.nextUint32() & 0x1fffff;
  return (high * 0x100000000 + engine.nextUint32()) / 2 ** 53;
}
