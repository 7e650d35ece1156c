import * as core from "@convfuse/core";

/** Cases of layers that have no function of their own: what they do to each number, or to channels. */

function shapeOf(draw, rank, largest = 8) {
  return Array.from({ length: rank }, () => draw.size(1, largest));
}

/** What constructors of layers of one number take, of those that take anything. */
const takes = {
  LeakyReLU: (draw) => draw.pick([[], [0.2], [-0.3], [1.7]]),
  GELU: (draw) => draw.pick([[], [{ approximate: "tanh" }]]),
  ELU: (draw) => draw.pick([[], [0.3]]),
};

/** Those of which PyTorch's float32 is a single rounding, so that every bit is known. */
const known = ["LeakyReLU", "ReLU", "ReLU6"];

/** Every layer of one number. */
const maps = Object.entries(core).flatMap(([name, { prototype }]) =>
  prototype instanceof core.Elementwise ? [name] : [],
);

function drawMap(draw) {
  const layer = draw.pick(maps);
  const args = takes[layer]?.(draw) ?? [];
  return { op: "map", layer, args, shapes: [shapeOf(draw, draw.int(0, 4))], rounded: !known.includes(layer) };
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
