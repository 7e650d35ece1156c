/** Cases of what has windows or sizes: poolings and upsampling of ranks 1 to 3; about one in seven is meant to be refused, or may be. */

/** What no axis of an image of this rank is longer than. */
const longest = { 1: 60, 2: 24, 3: 9 };

function axesOf(rank, make) {
  return Array.from({ length: rank }, make);
}

/** One number for all axes some of the time, else one an axis. */
function numbers(draw, rank, make) {
  return draw.chance(0.5) ? make() : axesOf(rank, make);
}

/** With or without a batch axis. */
function drawImage(draw, rank, batched = draw.chance(0.6)) {
  return [
    ...(batched ? [draw.int(1, 3)] : []),
    draw.size(1, 5),
    ...axesOf(rank, () => draw.size(1, longest[rank])),
  ];
}

/** A shape that does not fit: too few axes, too many, or an empty one. */
function spoilShape(draw, c, rank) {
  const [shape] = c.shapes;
  c.shapes = [
    draw.pick([
      () => shape.slice(-rank),
      () => [1, 1, 1, ...shape].slice(-rank - 3),
      () => shape.with(draw.int(0, shape.length - 1), 0),
    ])(),
  ];
}

function drawPool(draw, rank, kind) {
  const kernelSize = numbers(draw, rank, () => draw.size(1, 5));
  const kernel = [kernelSize].flat();
  const options = {};
  const max = kind === "max";
  if (draw.chance(0.6)) options.stride = numbers(draw, rank, () => draw.int(1, 5));
  if (max && draw.chance(0.4)) options.dilation = numbers(draw, rank, () => draw.int(1, 3));
  if (draw.chance(0.5)) {
    const least = Math.min(...kernel);
    const perAxis = kernel.length === rank ? kernel : axesOf(rank, () => least);
    options.padding = draw.chance(0.5)
      ? draw.int(0, Math.floor(least / 2))
      : perAxis.map((k) => draw.int(0, Math.floor(k / 2)));
  }
  if (draw.chance(0.5)) options.ceilMode = draw.chance(0.6);
  if (!max && draw.chance(0.5)) options.countIncludePad = draw.chance(0.5);
  if (!max && rank > 1 && draw.chance(0.2)) options.divisorOverride = draw.pick([1, 3, 7, -2]);
  const c = {
    op: `${kind}Pool${rank}d`,
    shapes: [drawImage(draw, rank)],
    kernelSize,
    options,
    rounded: !max,
  };
  if (draw.chance(1 / 7)) {
    draw.pick([
      () => {
        options.stride = draw.pick([0, -1, 1.5, axesOf(rank, (_, i) => i), axesOf(rank + 1, () => 1)]);
      },
      () => {
        options.padding = draw.pick([-1, 4, axesOf(rank, (_, i) => 4 * i), 0.5]);
      },
      () => {
        c.kernelSize = draw.pick([0, -1, 2.5, axesOf(rank, (_, i) => i)]);
      },
      () => {
        if (!max && rank > 1) options.divisorOverride = draw.pick([0, 0.5]);
        if (max) options.dilation = draw.pick([0, -1, 1.5]);
      },
      () => spoilShape(draw, c, rank),
    ])();
  }
  return c;
}

function drawAdaptive(draw, rank) {
  const size = () => draw.pick([1, 1, 2, 7, draw.int(1, 12), ...(rank > 1 ? [null] : [])]);
  const outputSize = numbers(draw, rank, size);
  const c = { op: `adaptiveAvgPool${rank}d`, shapes: [drawImage(draw, rank)], outputSize, rounded: true };
  if (draw.chance(1 / 7)) {
    draw.pick([
      () => {
        c.outputSize = draw.pick([-1, 2.5, axesOf(rank, (_, i) => i - 1), axesOf(rank + 1, () => 1)]);
      },
      () => spoilShape(draw, c, rank),
    ])();
  }
  return c;
}

const linearModes = ["linear", "bilinear", "trilinear"];

function drawUpsample(draw, rank) {
  const options = {};
  if (draw.chance(0.6)) options.mode = draw.pick(["nearest", linearModes[rank - 1]]);
  const linear = linearModes.includes(options.mode);
  if (linear && draw.chance(0.5)) options.alignCorners = draw.chance(0.6);
  const factor = () => draw.pick([1, 2, 2, 3, 0.5, 1.5, 2.5, 1.3, 0.7, 3.7]);
  if (draw.chance(0.6)) options.scaleFactor = numbers(draw, rank, factor);
  else options.size = numbers(draw, rank, () => draw.size(1, 2 * longest[rank]));
  const c = { op: "upsample", shapes: [drawImage(draw, rank, true)], options, rank, rounded: linear };
  if (draw.chance(1 / 7)) {
    draw.pick([
      () => {
        delete options.size;
        options.scaleFactor = draw.pick([0, -2, axesOf(rank, () => -1), axesOf(rank + 1, () => 2)]);
      },
      () => {
        delete options.scaleFactor;
        options.size = draw.pick([0, -2, axesOf(rank + 1, () => 2)]);
      },
      () => {
        Object.assign(options, { size: 4, scaleFactor: 2 });
      },
      () => {
        options.mode = draw.pick([linearModes[rank % 3], "cubic"]);
      },
      () => spoilShape(draw, c, rank),
    ])();
  }
  return c;
}

export function drawWindows(draw) {
  const rank = draw.int(1, 3);
  return draw.pick([
    () => drawPool(draw, rank, "avg"),
    () => drawPool(draw, rank, "max"),
    () => drawAdaptive(draw, rank),
    () => drawUpsample(draw, rank),
  ])();
}
