/** Cases of layers that have no function of their own: what they do to each number, or to channels. */

function shapeOf(draw, rank, largest = 8) {
  return Array.from({ length: rank }, () => draw.size(1, largest));
}

/** The layers of one number, with what their constructors take; whether PyTorch's float32 is a single rounding, whose every bit is known. */
const maps = [
  ["SiLU", () => [], false],
  ["Sigmoid", () => [], false],
  ["LeakyReLU", (draw) => draw.pick([[], [0.2], [-0.3], [1.7]]), true],
  ["ReLU6", () => [], false],
  ["Hardswish", () => [], false],
  ["Hardsigmoid", () => [], false],
  ["GELU", (draw) => draw.pick([[], [{ approximate: "tanh" }]]), false],
  ["ELU", (draw) => draw.pick([[], [0.3]]), false],
  ["Softplus", () => [], false],
  ["Mish", () => [], false],
];

function drawMap(draw) {
  const [layer, args, known] = draw.pick(maps);
  return { op: "map", layer, args: args(draw), shapes: [shapeOf(draw, draw.int(0, 4))], rounded: !known };
}

function drawPReLU(draw) {
  const shape = shapeOf(draw, draw.int(2, 5), 6);
  const slopes = draw.chance(0.3) ? 1 : draw.chance(0.1) ? shape[1] + 1 : shape[1];
  return { op: "prelu", shapes: [shape, [slopes]], rounded: false };
}

function drawLayerNorm(draw) {
  const shape = shapeOf(draw, draw.int(1, 4));
  const normalized = shape.slice(-draw.int(1, shape.length));
  const vectors = draw.pick([[], ["weight"], ["bias"], ["weight", "bias"]]);
  if (draw.chance(0.08)) normalized[0] += 1;
  const shapes = [shape, ...vectors.map(() => normalized)];
  return {
    op: "layerNorm",
    shapes,
    vectors,
    normalized,
    options: { eps: draw.pick([1e-5, 1e-3, 0.1]) },
    rounded: true,
  };
}

function drawPixelShuffle(draw) {
  const factor = draw.int(1, 3);
  const shape = [...shapeOf(draw, draw.int(0, 2), 3), draw.size(1, 4) * factor ** 2, ...shapeOf(draw, 2)];
  if (draw.chance(0.1))
    draw.pick([() => (shape[shape.length - 3] += 1), () => shape.splice(0, shape.length - 2)])();
  return { op: "pixelShuffle", factor, shapes: [shape], rounded: false };
}

export function drawLayer(draw) {
  return draw.pick([drawMap, drawMap, drawMap, drawPReLU, drawLayerNorm, drawPixelShuffle])(draw);
}
