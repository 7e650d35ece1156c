import { drawLayer } from "./draw-layers.mjs";
import { drawWindows } from "./draw-windows.mjs";

/** Cases of the other ops; about one in six is meant to be refused, or may be. */

function shapeOf(draw, rank, largest = 8) {
  return Array.from({ length: rank }, () => draw.size(1, largest));
}

function drawLinear(draw) {
  const leading = shapeOf(draw, draw.int(0, 3), 6);
  const [features, out] = [draw.size(1, 60), draw.size(1, 20)];
  if (draw.chance(0.05)) leading[0] = 0;
  const shapes = [
    [...leading, features],
    [out, features],
  ];
  if (draw.chance(0.6)) shapes.push([out]);
  if (draw.chance(0.15)) {
    draw.pick([
      () => shapes[0].push(2 + features),
      () => shapes[1].push(1),
      () => {
        shapes[1] = [out, features + 1];
      },
      () => {
        shapes[2] = [out + 2];
      },
      () => {
        shapes[0] = [];
      },
    ])();
  }
  return { op: "linear", shapes, rounded: true };
}

function drawPad(draw) {
  const mode = draw.pick(["constant", "reflect", "replicate", "circular"]);
  const axes = draw.int(1, 3);
  const rank = mode === "constant" ? draw.int(axes, 5) : axes + draw.int(1, 2);
  const shape = shapeOf(draw, rank, 9);
  const wild = draw.chance(0.25);
  const amounts = [];
  for (let axis = rank - 1; axis >= rank - axes; axis--) {
    const n = shape[axis];
    const most = { constant: 4, reflect: n - 1, replicate: 5, circular: n }[mode];
    const pair = [draw.int(0, most), draw.int(0, most)];
    if (draw.chance(wild ? 0.6 : 0.15))
      pair[draw.int(0, 1)] = wild ? draw.int(-n - 2, n + 3) : -draw.int(0, n - 1);
    if (mode === "circular" && !wild) {
      const left = n + Math.min(...pair, 0);
      amounts.push(Math.min(pair[0], left), Math.min(pair[1], left));
    } else amounts.push(...pair);
  }
  const options = { mode };
  if (mode === "constant" && draw.chance(0.5)) options.value = draw.pick([0, 1.5, -0.1, Number.NaN]);
  if (wild) {
    draw.pick([
      () => {},
      () => {},
      () => amounts.pop(),
      () => amounts.push(1, 1, 1, 1, 1, 1),
      () => {
        amounts[0] = draw.pick([0.5, Number.NaN]);
      },
      () => {
        options.mode = draw.pick(["zeros", "mirror"]);
      },
      () => {
        options.value = 2;
      },
      () => {
        shape[draw.int(0, rank - 1)] = 0;
      },
    ])();
  }
  return { op: "pad", shapes: [shape], amounts, options, rounded: false };
}

function drawBatchNorm(draw) {
  const training = draw.chance(0.5);
  const shape = [draw.size(1, 4), draw.size(1, 8), ...shapeOf(draw, draw.int(0, 3), 9)];
  if (draw.chance(0.03)) shape[0] = 0;
  const options = { training, eps: draw.pick([1e-5, 1e-3, 0.1, 1e-5, 1e-5, 0, -1e-5]) };
  const vectors = [];
  if (!training || draw.chance(0.4)) vectors.push("runningMean", "runningVar");
  if (draw.chance(0.6)) vectors.push("weight");
  if (draw.chance(0.6)) vectors.push("bias");
  if (draw.chance(0.06)) vectors.shift();
  const shapes = [shape, ...vectors.map(() => [shape[1]])];
  if (draw.chance(0.06))
    shapes[draw.int(0, shapes.length - 1)] = draw.pick([[shape[1] + 1], [shape[1], 1], []]);
  return { op: "batchNorm", shapes, vectors, options, rounded: true };
}

function drawElementwise(draw) {
  const shape = shapeOf(draw, draw.int(0, 4), 9);
  const op = draw.pick(["relu", "add", "mul"]);
  return { op, shapes: op === "relu" ? [shape] : [shape, shape], rounded: false };
}

function drawCat(draw) {
  const shape = shapeOf(draw, draw.int(1, 4), 7);
  const axis = draw.int(0, shape.length - 1);
  const shapes = Array.from({ length: draw.int(1, 4) }, () =>
    shape.map((n, a) => (a === axis ? draw.int(0, 5) : n)),
  );
  if (draw.chance(0.1)) shapes[0][draw.int(0, shape.length - 1)] += 1;
  return { op: "cat", shapes, axis, rounded: false };
}

/** Each with its weight in the draw. */
const others = [
  [4, drawLinear],
  [5, drawPad],
  [4, drawBatchNorm],
  [8, drawWindows],
  [5, drawLayer],
  [1, drawElementwise],
  [1, drawCat],
].flatMap(([weight, make]) => new Array(weight).fill(make));

export function drawOther(draw) {
  return draw.pick(others)(draw);
}
