import { drawConv2d, drawDeepConv2d, drawSpoiltConv2d } from "./draw-conv2d.mjs";
import { drawOther } from "./draw-others.mjs";
import { drawRank } from "./draw-ranks.mjs";
import { Draw } from "./random.mjs";
import { drawFamily, layouts, place, size, values } from "./values.mjs";

/**
 * The case `index` of a seed: what is computed, and with which values. The same for the same two numbers, always.
 * @returns {{ seed: number, index: number, spec: object, arrays: Float32Array[], tensors: object[] }}
 */
export function drawCase(seed, index) {
  const draw = new Draw(seed, index);
  const family = drawFamily(draw);
  const drawn = drawSpec(draw, family);
  const spec = { ...drawn, family };
  const arrays = spec.shapes.map((shape, i) => values(draw, size(shape), familyOf(spec, i)));
  const tensors = arrays.map((data, i) => place(data, spec.shapes[i], draw.pick(layouts)));
  return { seed, index, spec, arrays, tensors };
}

function drawSpec(draw, family) {
  const kind = draw.uniform();
  if (kind < 0.35) return drawConv2d(draw, family);
  // Padding of special values beside a weight that is not finite is left out there, see drawConv2d.
  if (kind < 0.4 && family !== "special") return drawDeepConv2d(draw);
  if (kind < 0.48) return drawSpoiltConv2d(draw, family);
  if (kind < 0.66) return drawRank(draw);
  return drawOther(draw);
}

/** The values of a tensor of the case. Normalising has its own idea of what is large: variances are drawn at least 0, and nothing overflows. */
function familyOf(spec, i) {
  // A weight that is not finite meets zeros beside the image in some of PyTorch's algorithms, and in some it does not.
  if (spec.op.startsWith("conv") && spec.rank !== undefined && spec.family === "special" && i === 1)
    return "plain";
  // Which of PyTorch's loops minds a neighbour that counts nothing depends on the machine.
  if (spec.op === "upsample" && spec.rounded && spec.family === "special") return "plain";
  if (spec.op === "layerNorm") return "offset";
  if (spec.op !== "batchNorm") return spec.family;
  return spec.vectors[i - 1] === "runningVar" ? "positive" : "offset";
}
