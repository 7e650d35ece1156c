import { size } from "./values.mjs";

/** Convolutions of ranks 1 and 3, and transposed ones of ranks 1 to 3; one in six is meant to be refused, or may be. */

/** More multiplications than this in a case would only make it slow. */
const mostMacs = 300_000;

const modes = ["zeros", "zeros", "zeros", "reflect", "replicate", "circular"];

/** What no axis of an image of this rank is longer than. */
const longest = { 1: 60, 2: 16, 3: 9 };

export function drawRank(draw) {
  const transposed = draw.chance(0.55);
  const rank = transposed ? draw.int(1, 3) : draw.pick([1, 3]);
  const drawn = transposed ? drawTransposed(draw, rank) : drawOrdinary(draw, rank);
  if (drawn.macs > mostMacs) return drawRank(draw);
  const { macs: _, ...c } = drawn;
  if (draw.chance(1 / 6)) draw.pick(spoil)(c, draw, rank);
  return { ...c, rank, rounded: true };
}

function axesOf(rank, make) {
  return Array.from({ length: rank }, make);
}

/** One number where all are the same, some of the time; nothing where they are the default. */
function setNumbers(draw, options, name, values, usual) {
  if (values.every((value) => value === usual) && draw.chance(0.6)) return;
  options[name] = values.every((value) => value === values[0]) && draw.chance(0.6) ? values[0] : values;
}

function drawChannels(draw) {
  const depthwise = draw.chance(0.2);
  const groups = depthwise ? draw.size(1, 12) : draw.pick([1, 1, 1, 2, 3]);
  const most = draw.chance(0.2) ? 24 : 6;
  return {
    groups,
    groupIn: depthwise ? 1 : draw.size(1, most),
    groupOut: depthwise ? draw.pick([1, 1, 2]) : draw.size(1, most),
  };
}

function drawOrdinary(draw, rank) {
  const { groups, groupIn, groupOut } = drawChannels(draw);
  const kernel = axesOf(rank, () => draw.size(1, rank === 1 ? 9 : 4));
  // Winograd's algorithm, on the images of a volume.
  if (rank === 3 && draw.chance(0.3)) kernel.splice(1, 2, 3, 3);
  const dilation = axesOf(rank, () => (draw.chance(0.2) ? draw.int(1, 3) : 1));
  const form = draw.pick(["none", "numbers", "numbers", "sides", "same", "valid"]);
  const stride = axesOf(rank, () => (form !== "same" && draw.chance(0.3) ? draw.int(1, 3) : 1));
  const mode = draw.pick(modes);
  const pixels = () => draw.pick([0, 1, 1, 2, 3]);
  const span = kernel.map((k, axis) => dilation[axis] * (k - 1) + 1);
  const numbers = axesOf(rank, pixels);
  const padding = {
    none: undefined,
    numbers: draw.chance(0.5) ? axesOf(rank, () => numbers[0]) : numbers,
    sides: axesOf(rank, () => [pixels(), pixels()]),
    same: "same",
    valid: "valid",
  }[form];
  const sides = span.map((s, axis) => {
    if (form === "same") return [Math.floor((s - 1) / 2), Math.ceil((s - 1) / 2)];
    return Array.isArray(padding) ? [padding[axis]].flat().concat(padding[axis]).slice(0, 2) : [0, 0];
  });
  const image = sides.map(([before, after], axis) => {
    const least = { reflect: Math.max(before, after) + 1, circular: Math.max(before, after) }[mode] ?? 1;
    return Math.max(draw.size(1, longest[rank]), least, span[axis] - before - after);
  });
  const batch = draw.chance(0.02) ? 0 : draw.pick([1, 1, 2, 3]);
  const unbatched = batch === 1 && draw.chance(0.4);
  const weight = [groups * groupOut, groupIn, ...kernel];
  const options = {};
  setNumbers(draw, options, "stride", stride, 1);
  setNumbers(draw, options, "dilation", dilation, 1);
  if (form === "numbers") setNumbers(draw, options, "padding", padding, 0);
  else if (padding !== undefined) options.padding = padding;
  if (groups !== 1 || draw.chance(0.2)) options.groups = groups;
  if (mode !== "zeros") options.paddingMode = mode;
  const shapes = [[...(unbatched ? [] : [batch]), groups * groupIn, ...image], weight];
  if (draw.chance(0.6)) shapes.push([weight[0]]);
  return { op: `conv${rank}d`, shapes, options, macs: size(weight) * size(image) * batch };
}

function drawTransposed(draw, rank) {
  const { groups, groupIn, groupOut } = drawChannels(draw);
  const kernel = axesOf(rank, () => draw.size(1, rank === 3 ? 4 : 6));
  if (rank > 1 && draw.chance(0.2)) kernel.splice(rank - 2, 2, 3, 3);
  const stride = axesOf(rank, () => draw.pick([1, 2, 2, 3, 4]));
  if (draw.chance(0.25)) stride.fill(1);
  const dilation = axesOf(rank, () => (draw.chance(0.2) ? draw.int(1, 4) : 1));
  const outputPadding = stride.map((s, axis) =>
    draw.chance(0.4) ? draw.int(0, Math.max(s, dilation[axis]) - 1) : 0,
  );
  const image = axesOf(rank, () => draw.size(1, longest[rank]));
  const padding = image.map((n, axis) => {
    const whole = (n - 1) * stride[axis] + dilation[axis] * (kernel[axis] - 1) + outputPadding[axis];
    // Now and then more than the kernel reaches, which crops x.
    return Math.min(draw.chance(0.1) ? draw.int(0, 9) : draw.int(0, 3), Math.floor(whole / 2));
  });
  const batch = draw.chance(0.02) ? 0 : draw.pick([1, 1, 2, 3]);
  const unbatched = batch === 1 && draw.chance(0.4);
  const weight = [groups * groupIn, groupOut, ...kernel];
  const options = {};
  setNumbers(draw, options, "stride", stride, 1);
  setNumbers(draw, options, "padding", padding, 0);
  setNumbers(draw, options, "outputPadding", outputPadding, 0);
  setNumbers(draw, options, "dilation", dilation, 1);
  if (groups !== 1 || draw.chance(0.2)) options.groups = groups;
  const shapes = [[...(unbatched ? [] : [batch]), groups * groupIn, ...image], weight];
  if (draw.chance(0.6)) shapes.push([groups * groupOut]);
  return { op: `convTranspose${rank}d`, shapes, options, macs: size(weight) * size(image) * batch };
}

/** Changes that make a good convolution a bad one, or may do so. */
const spoil = [
  (c, draw, rank) => {
    c.options.stride = draw.pick([0, -1, 1.5, axesOf(rank, () => 0), axesOf(rank + 1, () => 1)]);
  },
  (c, draw, rank) => {
    c.options.padding = draw.pick([-1, 0.5, "full", axesOf(rank, () => -1), axesOf(rank + 1, () => 1)]);
  },
  (c, draw, rank) => {
    c.options.dilation = draw.pick([0, -2, 0.5, axesOf(rank + 1, () => 1)]);
  },
  (c, draw) => {
    c.options.groups = draw.pick([0, -1, 1.5, 2, 3, 5]);
  },
  (c, draw, rank) => {
    if (c.op.startsWith("convTranspose"))
      c.options.outputPadding = draw.pick([-1, 1, 3, axesOf(rank, () => 2)]);
    else c.options.padding = draw.pick([4, axesOf(rank, () => 5)]);
  },
  (c, draw) => {
    if (c.op.startsWith("convTranspose")) c.options.padding = draw.int(4, 12);
    else c.shapes[1][2] += draw.int(1, 20);
  },
  (c, draw) => {
    c.shapes[1][draw.int(0, 1)] += draw.pick([-1, 1, 1, 2]);
  },
  (c, draw, rank) => {
    c.shapes[0][c.shapes[0].length - rank - 1] += draw.pick([-1, 1]);
  },
  (c, draw, rank) => {
    c.shapes[0][c.shapes[0].length - draw.int(1, rank)] = 0;
  },
  (c, draw) => {
    c.shapes[2] = draw.pick([[c.shapes[1][0] + 7], [2, 2], []]);
  },
  (c, draw) => {
    c.shapes[0] = draw.pick([c.shapes[0].slice(-1), [1, 1, 1, ...c.shapes[0]].slice(0, 6)]);
  },
  (c, draw) => {
    c.shapes[1] = draw.pick([c.shapes[1].slice(0, -1), [...c.shapes[1], 2]]);
  },
];
