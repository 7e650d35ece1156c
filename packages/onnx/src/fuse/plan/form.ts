import type { ConvAxis, LinearForm, Node } from "@convfuse/core";

/** What a ConvTranspose states of an axis. */
export interface TransposedAxis {
  /** Cut off in front and behind. */
  readonly head: number;
  readonly tail: number;
  /** output_padding */
  readonly extra: number;
}

/** Why ONNX has no node for a convolution that a layer could be; undefined: it has one. */
export function inexpressible(form: LinearForm): string | undefined {
  const { axes, paddingMode, groups, inChannels, outChannels } = form;
  const padded = axes.some(({ before, after }) => before > 0 || after > 0);
  if (padded && paddingMode !== "zeros") return `no convolution of this format pads by ${paddingMode}`;
  if (axes.length === 0 && groups !== 1 && !(groups === inChannels && groups === outChannels)) {
    return "features in groups are no matrix of this format";
  }
  if (axes.every(({ upsampling }) => upsampling === 1)) return undefined;
  return axes.some((axis) => transposedAxis(axis) === undefined)
    ? "no transposed convolution of this format pads so much"
    : undefined;
}

/** True if each channel is only scaled and shifted. */
export function isDiagonal({ axes, groups, inChannels, outChannels }: LinearForm): boolean {
  const pointwise = axes.every(
    ({ size, stride, upsampling, before, after }) =>
      size === 1 && stride === 1 && upsampling === 1 && before === 0 && after === 0,
  );
  return pointwise && groups === inChannels && groups === outChannels && (groups > 1 || axes.length > 0);
}

/** True of a norm: nothing else takes a mean away before it scales. */
export function isNorm({ op }: Node): boolean {
  return op.kind === "affine" && typeof op.before !== "number";
}

/** The padding of a transposed convolution's axis; undefined: it has none that does this. */
export function transposedAxis({
  size,
  dilation,
  upsampling,
  before,
  after,
}: ConvAxis): TransposedAxis | undefined {
  const span = dilation * (size - 1);
  const extra = Math.max(0, after - span);
  const [head, tail] = [span - before, span - after + extra];
  return head < 0 || (extra > 0 && extra >= upsampling) ? undefined : { head, tail, extra };
}
