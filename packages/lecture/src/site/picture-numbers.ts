import { Conv2d, fuse, Identity, ones, pad, Sum, type Tensor, tensor, toNested } from "@convfuse/core";

/** The numbers of the picture on the index; every one of them is the library's. */
export interface PictureNumbers {
  /** The input with a border of zeros: 6 rows of 6. */
  readonly padded: readonly (readonly number[])[];
  /** The three branches' kernels, each 3 × 3. */
  readonly branches: readonly (readonly (readonly number[])[])[];
  /** The one kernel that fusing gives. */
  readonly fused: readonly (readonly number[])[];
  /** What both give: 4 rows of 4. */
  readonly output: readonly (readonly number[])[];
}

const input = [
  [1, 2, 0, 1],
  [0, 3, 1, 2],
  [2, 1, 0, 1],
  [1, 0, 2, 3],
];
const dense = [
  [1, 0, -1],
  [2, 1, -2],
  [1, 0, -1],
];
const pointwise = [[2]];

/**
 * Runs the block of three branches, and what `fuse` makes of it, on a small input.
 * @throws {Error} if their results differ, which whole numbers as small as these rule out
 */
export function pictureNumbers(): PictureNumbers {
  const conv3x3 = new Conv2d(1, 1, 3, { padding: "same", weight: tensor([[dense]]), bias: false });
  const conv1x1 = new Conv2d(1, 1, 1, { weight: tensor([[pointwise]]), bias: false });
  const block = new Sum([conv3x3, conv1x1, new Identity()]);
  const { module } = fuse(block);
  if (!(module instanceof Conv2d)) throw new Error(`three branches became ${module}, not a Conv2d`);
  const x = tensor([[input]]);
  const output = plane(block.forward(x));
  const again = plane(module.forward(x));
  if (JSON.stringify(again) !== JSON.stringify(output))
    throw new Error(
      `one convolution gives ${JSON.stringify(again)}, three branches ${JSON.stringify(output)}`,
    );
  return {
    padded: plane(pad(x, [1, 1, 1, 1])),
    branches: [dense, plane(pad(conv1x1.weight, [1, 1, 1, 1])), plane(pad(ones([1, 1, 1, 1]), [1, 1, 1, 1]))],
    fused: plane(module.weight),
    output,
  };
}

/** The only plane of a tensor [1, 1, rows, columns]. */
function plane(x: Tensor): readonly (readonly number[])[] {
  const [[rows]] = toNested(x) as unknown as [[number[][]]];
  return rows;
}
