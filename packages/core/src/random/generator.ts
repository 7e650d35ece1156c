import { ArgumentError } from "../errors.js";
import { Mt19937 } from "./mt19937.js";

// PyTorch's default seed, for those who draw without seeding.
let engine: Mt19937 = new Mt19937(Number(67280421310721n & 0xffffffffn));

/**
 * Seeds the generator: everything drawn afterwards equals what PyTorch draws after `torch.manual_seed(seed)` on a CPU.
 * @param seed a whole number; only its low 32 bits count
 * @throws {ArgumentError} if it is no whole number
 * @see https://docs.pytorch.org/docs/2.13/generated/torch.manual_seed.html
 * @example
 * manualSeed(0);
 * new Conv2d(3, 2, 3).weight.get(0, 0, 0, 0); // -0.0014412012...
 */
export function manualSeed(seed: number): void {
  if (!Number.isSafeInteger(seed))
    throw new ArgumentError("manualSeed", "seed must be a whole number", { seed });
  engine = new Mt19937(Number(BigInt.asUintN(32, BigInt(seed))));
}

/** A float32 of 24 random bits: uniform in [0, 1), a multiple of 2^-24. */
export function nextFloat(): number {
  return (engine.nextUint32() & 0xffffff) / 0x1000000;
}
