import { type Conv2dOptions, manualSeed, type PaddingMode, randn, type Tensor, tensor } from "@convfuse/core";
import fc from "fast-check";
import { float32SumBound } from "../../../../test/support/rounding.mjs";

/** A convolution to compute: asymmetric in every respect that has two axes. */
export interface Problem {
  readonly x: Tensor;
  readonly weight: Tensor;
  readonly bias: Tensor;
  readonly options: Required<Conv2dOptions> & {
    readonly stride: readonly [number, number];
    readonly dilation: readonly [number, number];
  };
}

const modes: readonly PaddingMode[] = ["zeros", "reflect", "replicate", "circular"];
const small = fc.integer({ min: 1, max: 3 });
const pixels = fc.integer({ min: 0, max: 2 });

/** Problems whose kernel and padding always fit. */
export const problems: fc.Arbitrary<Problem> = fc
  .record({
    seed: fc.nat(),
    batch: small,
    groups: small,
    groupIn: small,
    groupOut: small,
    kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 })),
    dilation: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 })),
    stride: fc.tuple(small, small),
    room: fc.tuple(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 2, max: 9 })),
    padding: fc.tuple(fc.tuple(pixels, pixels), fc.tuple(pixels, pixels)),
    paddingMode: fc.constantFrom(...modes),
  })
  .map(({ seed, batch, groups, groupIn, groupOut, kernel, dilation, stride, room, padding, paddingMode }) => {
    manualSeed(seed);
    // A span of pixels under the kernel, and at least the two that reflect padding of 2 needs besides its border.
    const [height, width] = kernel.map((k, axis) => (dilation[axis] ?? 1) * (k - 1) + 1 + (room[axis] ?? 2));
    return {
      x: randn([batch, groups * groupIn, height as number, width as number]),
      weight: randn([groups * groupOut, groupIn, ...kernel]),
      bias: randn([groups * groupOut]),
      options: { stride, dilation, groups, padding, paddingMode },
    };
  });

/**
 * The bound of |y1 - y2| at every output, where both are this convolution computed in float32 in whatever order:
 * from the largest sum |w| of an output channel times the largest |x|.
 */
export function bound(x: Tensor, weight: Tensor, bias?: Tensor): { readonly atol: number } {
  const perChannel = weight.size / (weight.shape[0] as number);
  const largest = largestOf(x);
  let sum = 0;
  for (let o = 0; o < (weight.shape[0] as number); o++) sum = Math.max(sum, absoluteSum(weight.pick(o)));
  const magnitude = sum * largest + (bias ? largestOf(bias) : 0);
  return { atol: 2 * float32SumBound(perChannel + 1, magnitude) };
}

/** A tensor of the shape whose entry at an index is what `value` says. */
export function build(shape: readonly number[], value: (index: readonly number[]) => number): Tensor {
  const out: number[] = [];
  const walk = (index: readonly number[]): void => {
    if (index.length === shape.length) out.push(value(index));
    else for (let i = 0; i < (shape[index.length] as number); i++) walk([...index, i]);
  };
  walk([]);
  return tensor(out, shape);
}

function largestOf(x: Tensor): number {
  let largest = 0;
  each(x, (value) => {
    largest = Math.max(largest, Math.abs(value));
  });
  return largest;
}

function absoluteSum(x: Tensor): number {
  let sum = 0;
  each(x, (value) => {
    sum += Math.abs(value);
  });
  return sum;
}

function each(x: Tensor, visit: (value: number) => void): void {
  build(x.shape, (index) => {
    visit(x.get(...index));
    return 0;
  });
}
