import { size } from "./values.mjs";

/** More multiplications than this in a case would only make it slow. */
const mostMacs = 400_000;

const modes = ["zeros", "zeros", "zeros", "reflect", "replicate", "circular"];

/** A convolution that both sides must accept: `{ op, shapes, options, layer }`. */
export function drawConv2d(draw, family) {
  const options = {};
  const depthwise = draw.chance(0.2);
  const groups = depthwise ? draw.size(1, 16) : draw.pick([1, 1, 1, 1, 2, 3, 4]);
  const groupIn = depthwise ? 1 : draw.size(1, 8);
  const groupOut = depthwise ? draw.pick([1, 1, 1, 2]) : draw.size(1, 10);
  const kernel = [draw.size(1, 7), draw.size(1, 7)];
  const square = draw.chance(0.4);
  if (square) kernel[1] = kernel[0];
  const dilation = draw.chance(0.3) ? [draw.int(1, 4), draw.int(1, 3)] : [1, 1];
  const stride = draw.chance(0.4) ? [draw.int(1, 4), draw.int(1, 5)] : [1, 1];
  const mode = draw.pick(modes);
  const span = kernel.map((k, axis) => dilation[axis] * (k - 1) + 1);
  // Where a weight is not finite, PyTorch's answer beside zero padding depends on the algorithm it takes: some multiply
  // the zeros with it, which gives NaN, some leave the padding out as we do.
  const unpadded = family === "special" && mode === "zeros";
  const padding = unpadded ? draw.pick([0, "valid", undefined]) : drawPadding(draw, stride);
  const sides = resolve(padding ?? 0, span);
  const image = [draw.size(1, 40), draw.size(1, 40)].map((n, axis) => {
    const [before, after] = sides[axis];
    const least = { reflect: Math.max(before, after) + 1, circular: Math.max(before, after) }[mode] ?? 1;
    return Math.max(n, least, span[axis] - before - after);
  });
  const batch = draw.chance(0.02) ? 0 : draw.pick([1, 1, 2, 3, 4]);
  const unbatched = batch === 1 && draw.chance(0.4);
  const weight = [groups * groupOut, groupIn, ...kernel];
  const x = [...(unbatched ? [] : [batch]), groups * groupIn, ...image];
  const macs = size(weight) * size(image) * Math.max(batch, 1);
  if (macs > mostMacs) return drawConv2d(draw, family);

  if (padding !== undefined) options.padding = padding;
  if (groups !== 1 || draw.chance(0.2)) options.groups = groups;
  if (mode !== "zeros" || draw.chance(0.2)) options.paddingMode = mode;
  setPair(draw, options, "stride", padding === "same" ? [1, 1] : stride);
  setPair(draw, options, "dilation", dilation);
  const shapes = draw.chance(0.6) ? [x, weight, [weight[0]]] : [x, weight];
  return { op: "conv2d", shapes, options, layer: mode !== "zeros" || draw.chance(0.3), rounded: true };
}

function setPair(draw, options, name, [first, second]) {
  if (first === 1 && second === 1 && draw.chance(0.6)) return;
  options[name] = first === second && draw.chance(0.6) ? first : [first, second];
}

function drawPadding(draw) {
  const pixels = () => draw.pick([0, 0, 1, 1, 2, 3, 5]);
  return draw.pick([
    () => undefined,
    () => pixels(),
    () => [pixels(), pixels()],
    () => [
      [pixels(), pixels()],
      [pixels(), pixels()],
    ],
    () => "same",
    () => "valid",
  ])();
}

function resolve(padding, span) {
  if (padding === "valid")
    return [
      [0, 0],
      [0, 0],
    ];
  if (padding === "same") return span.map((s) => [Math.floor((s - 1) / 2), Math.ceil((s - 1) / 2)]);
  if (typeof padding === "number")
    return [
      [padding, padding],
      [padding, padding],
    ];
  return padding.map((side) => (Array.isArray(side) ? side : [side, side]));
}

/** Changes that make a good convolution a bad one, or may do so: whether they agree on that is the question. */
const spoil = [
  (c, draw) =>
    setOption(c, "stride", draw.pick([0, -1, [1, 0], [2, -2], 1.5, Number.NaN, [1, Number.NaN], [1, 2, 3]])),
  (c, draw) =>
    setOption(
      c,
      "padding",
      draw.pick([
        -1,
        [0, -1],
        0.5,
        Number.NaN,
        [
          [1, -1],
          [0, 0],
        ],
        "full",
        [1, 1, 1],
      ]),
    ),
  (c, draw) => setOption(c, "dilation", draw.pick([0, -2, [0, 1], 0.5, Number.NaN, [1, 1, 1]])),
  (c, draw) => setOption(c, "groups", draw.pick([0, -1, 1.5, Number.NaN, 2, 3, 5])),
  (c, draw) => {
    // PyTorch has padding modes in the layer only.
    setOption(c, "paddingMode", draw.pick(["mirror", "constant", ""]));
    c.options.padding = 1;
    c.layer = true;
  },
  (c, draw) => {
    c.options.padding = "same";
    c.options.stride = draw.pick([2, [1, 2], [3, 1]]);
  },
  // A kernel that may be too large, padding that may be.
  (c, draw) => {
    c.shapes[1][draw.int(2, 3)] += draw.int(1, 30);
  },
  (c, draw) => {
    c.options.dilation = draw.int(3, 20);
  },
  (c, draw) => {
    c.options.paddingMode = draw.pick(["reflect", "circular"]);
    c.options.padding = draw.pick([draw.int(0, 12), [draw.int(0, 12), draw.int(0, 12)]]);
    c.layer = true;
  },
  // Shapes that do not fit each other.
  (c, draw) => {
    c.shapes[1][draw.int(0, 1)] += draw.pick([-1, 1, 1, 2]);
  },
  (c, draw) => {
    c.shapes[0][c.shapes[0].length - 3] += draw.pick([-1, 1]);
  },
  (c, draw) => {
    c.shapes[2] = draw.pick([[c.shapes[1][0] + 1], [c.shapes[1][0], 1], [1, c.shapes[1][0], 1], [0], []]);
  },
  (c, draw) => {
    c.shapes[0] = draw.pick([
      c.shapes[0].slice(-2),
      [1, 1, ...c.shapes[0]],
      [],
      [1, ...c.shapes[0], 1].slice(0, 5),
    ]);
  },
  (c, draw) => {
    c.shapes[1] = draw.pick([c.shapes[1].slice(1), [...c.shapes[1], 1], []]);
  },
  // Empty axes.
  (c, draw) => {
    const shape = c.shapes[draw.int(0, 1)];
    shape[draw.int(0, shape.length - 1)] = 0;
  },
];

function setOption(c, name, value) {
  c.options[name] = value;
}

/** A 3x3 convolution of stride 1 with many channels: what an engine may compute by Winograd's algorithm. */
export function drawDeepConv2d(draw) {
  const mode = draw.pick(modes);
  const padding = drawPadding(draw);
  const sides = resolve(padding ?? 0, [3, 3]);
  const image = sides.map(([before, after]) =>
    Math.max(draw.int(1, 30), before + 1, after + 1, 3 - before - after),
  );
  const [inChannels, outChannels] = [draw.int(8, 24), draw.size(1, 24)];
  const x = [draw.pick([1, 1, 2]), inChannels, ...image];
  const weight = [outChannels, inChannels, 3, 3];
  const shapes = draw.chance(0.6) ? [x, weight, [outChannels]] : [x, weight];
  const options = { ...(padding !== undefined && { padding }), paddingMode: mode };
  return { op: "conv2d", shapes, options, layer: mode !== "zeros", rounded: true };
}

/** A convolution with one thing changed that should, or may, make it invalid. */
export function drawSpoiltConv2d(draw, family) {
  const c = drawConv2d(draw, family);
  const spoilt = { ...c, shapes: c.shapes.map((shape) => [...shape]), options: { ...c.options } };
  draw.pick(spoil)(spoilt, draw);
  const macs = spoilt.shapes.map(size).reduce((a, b) => a * b, 1);
  const isDrawable = spoilt.shapes.flat().every((n) => n >= 0) && macs < 1e9;
  return isDrawable ? spoilt : drawSpoiltConv2d(draw, family);
}
