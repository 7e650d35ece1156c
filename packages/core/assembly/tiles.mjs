// Writes the AssemblyScript of the register tiles. They are written out here, not left to inlining, because their speed
// depends on the order of the instructions: V8 keeps the order it is given, and vectorises to 256 bits only pairs of
// neighbouring 128-bit operations inside one basic block.

/**
 * A tile of `pixels` x `channels` outputs: out[p][o] = bias[o] + sum over k of x[p][k] w[k][o].
 * A table holds the byte offset of each pixel's input and output, so that a tile may run across rows and images' borders. Where the
 * inputs lie `gap` bytes apart, one address serves all: a sixth of the instructions less.
 */
function convTile(pixels, channels, unroll, madd, gap) {
  const vectors = channels / 4;
  const pointers = gap ? 1 : pixels;
  const lines = [
    `export function f32_conv_${pixels}x${channels}${gap ? `_gap${gap}` : ""}(d: Conv, table: usize, x: usize, w: usize, bias: usize, out: usize, residual: usize): void {`,
    `  let segment = d.segments;`,
    `  const lastSegment = segment + (<usize>d.segmentCount << 2);`,
    `  const run = d.run << ${channels === 16 ? 6 : 5};`,
  ];
  each(pointers, (p) => lines.push(`  let x${p} = x + load<u32>(table, ${p * 8});`));
  each(pixels, (p) => each(vectors, (v) => lines.push(`  let a${p}${v} = v128.load(bias, ${v * 16});`)));
  each(vectors, (v) => lines.push(`  let w${v}: v128;`));
  lines.push(`  let b: v128;`, `  do {`, `    const end = w + run;`);
  const input = (p, u) => (gap ? `x0, ${p * gap + u * 4}` : `x${p}, ${u * 4}`);
  const step = (u, indent) => lines.push(...products(pixels, vectors, input, madd, u, indent));
  const advance = (n, indent) => {
    each(pointers, (p) => lines.push(`${indent}x${p} += ${n * 4};`));
    lines.push(`${indent}w += ${n * channels * 4};`);
  };
  if (unroll === 2) {
    lines.push(`    if (d.run & 1) {`);
    step(0, "      ");
    advance(1, "      ");
    lines.push(`    }`, `    while (w < end) {`);
  } else {
    lines.push(`    do {`);
  }
  each(unroll, (u) => step(u, "      "));
  advance(unroll, "      ");
  lines.push(unroll === 2 ? `    }` : `    } while (w < end);`);
  lines.push(`    const skip = load<u32>(segment);`);
  each(pointers, (p) => lines.push(`    x${p} += skip;`));
  lines.push(`    segment += 4;`, `  } while (segment < lastSegment);`);
  lines.push(...epilogue(pixels, vectors));
  return lines.join("\n");
}

/** Products of every pixel with every output for the u-th value of k from here. */
function products(pixels, vectors, input, madd, u, indent) {
  const lines = [];
  each(vectors, (v) => lines.push(`${indent}w${v} = v128.load(w, ${(u * vectors + v) * 16});`));
  each(pixels, (p) => {
    lines.push(`${indent}b = v128.load32_splat(${input(p, u)});`);
    each(vectors, (v) => lines.push(`${indent}a${p}${v} = ${madd("b", `w${v}`, `a${p}${v}`)};`));
  });
  return lines;
}

/**
 * Winograd's products of one position, for `groups` times `pixels` transformed tiles that lie together: `run` channels of the first, the same
 * of the second, ...; then their next channels. Sums go to `out`, tile after tile, 8 channels each; the next 8 lie `outBlockStride` away.
 */
function productTile(pixels, channels, unroll, madd, run) {
  const vectors = channels / 4;
  const lines = [
    `export function f32_product_${pixels}x${channels}_run${run}(groups: i32, x: usize, weight: usize, panel: usize, out: usize, outBlockStride: usize): void {`,
    `  const end = weight + panel;`,
    `  do {`,
    `    let w = weight;`,
  ];
  each(pixels, (p) => each(vectors, (v) => lines.push(`    let a${p}${v} = f32x4.splat(0);`)));
  each(vectors, (v) => lines.push(`    let w${v}: v128;`));
  lines.push(`    let b: v128;`, `    do {`, `      const stop = w + ${run * channels * 4};`, `      do {`);
  const input = (p, u) => `x, ${p * run * 4 + u * 4}`;
  each(unroll, (u) => lines.push(...products(pixels, vectors, input, madd, u, "        ")));
  lines.push(
    `        x += ${unroll * 4};`,
    `        w += ${unroll * channels * 4};`,
    `      } while (w < stop);`,
    `      x += ${(pixels - 1) * run * 4};`,
    `    } while (w < end);`,
  );
  if (vectors > 2) lines.push(`    const second = out + outBlockStride;`);
  each(pixels, (p) =>
    each(vectors, (v) =>
      lines.push(`    v128.store(${v < 2 ? "out" : "second"}, a${p}${v}, ${p * 32 + (v & 1) * 16});`),
    ),
  );
  lines.push(`    out += ${pixels * 32};`, `  } while (--groups);`, `}`);
  return lines.join("\n");
}

/** The lengths of `run` that there are products for, the longest first. */
const runs = [32, 16, 8];

/** Picks the product for a run at run time. */
function productDispatch(channels, pixels) {
  const parameters = "groups, x, weight, panel, out, outBlockStride";
  const typed = parameters
    .split(", ")
    .map((name) => `${name}: ${name === "groups" ? "i32" : "usize"}`)
    .join(", ");
  const lines = [
    `export function f32_product${channels}(run: i32, ${typed}): void {`,
    `  switch (run) {`,
    ...runs.map(
      (run) => `    case ${run}: f32_product_${pixels}x${channels}_run${run}(${parameters}); break;`,
    ),
    `    default: unreachable();`,
    `  }`,
    `}`,
  ];
  return lines.join("\n");
}

/**
 * `tiles` tiles of a depthwise convolution, each channel for itself: out[p] = bias + sum over taps of x[p + tap] w[tap]. Two shapes of
 * data: blocks, where p is a pixel and a vector holds channels; planes, where p is a slot of neighbouring outputs of one channel.
 */
function depthwiseTile(name, slots, vectors, { load, weight, bias, weightStep }, madd) {
  const lines = [
    `export function ${name}(d: Conv, tiles: i32, table: usize, x: usize, w: usize, bias: usize, out: usize, residual: usize): void {`,
    `  const moves = d.segments;`,
    `  const lastMove = moves + (<usize>d.segmentCount << 2);`,
    `  do {`,
    `  let move = moves;`,
    `  let tap = w;`,
  ];
  each(slots, (p) => lines.push(`  let x${p} = x + load<u32>(table, ${p * 8});`));
  each(slots, (p) => each(vectors, (v) => lines.push(`  let a${p}${v} = ${bias(v)};`)));
  lines.push(`  let w0: v128, w1: v128, b0: v128, b1: v128;`, `  do {`, `    const step = load<u32>(move);`);
  each(vectors, (v) => lines.push(`    w${v} = ${weight(v)};`));
  each(slots, (p) => {
    each(vectors, (v) => lines.push(`    b${v} = ${load(`x${p}`, v)};`));
    each(vectors, (v) => lines.push(`    a${p}${v} = ${madd(`b${v}`, `w${v}`, `a${p}${v}`)};`));
  });
  each(slots, (p) => lines.push(`    x${p} += step;`));
  lines.push(`    tap += ${weightStep};`, `    move += 4;`, `  } while (move < lastMove);`);
  lines.push(...epilogue(slots, vectors).slice(0, -1));
  lines.push(`  table += ${slots * 8};`, `  } while (--tiles);`, `}`);
  return lines.join("\n");
}

/** Blocks: half a block of channels, or a whole one. */
const onBlocks = {
  load: (x, v) => `v128.load(${x}, ${v * 16})`,
  weight: (v) => `v128.load(tap, ${v * 16})`,
  bias: (v) => `v128.load(bias, ${v * 16})`,
  weightStep: 32,
};

/** Planes with a stride of 2: every second pixel of 8. */
const onEvenPixels = {
  weight: () => `v128.load32_splat(tap)`,
  bias: () => `v128.load32_splat(bias)`,
  weightStep: 4,
  load: (x) => `v128.shuffle<f32>(v128.load(${x}), v128.load(${x}, 16), 0, 2, 4, 6)`,
};

/** Adds the residual where there is one, applies the lower bound (0 for ReLU, else -Infinity) and stores. */
function epilogue(pixels, vectors) {
  const lines = [`  const lo = f32x4.splat(d.lowerBound);`];
  each(pixels, (p) => lines.push(`  const o${p} = <usize>load<u32>(table, ${p * 8 + 4});`));
  const second = vectors === 4 ? ` + d.outBlockStride` : "";
  lines.push(`  if (residual) {`);
  each(pixels, (p) => {
    lines.push(`    const r${p} = residual + o${p};`);
    if (second) lines.push(`    const s${p} = r${p}${second};`);
    each(vectors, (v) => {
      const at = v < 2 ? `r${p}, ${v * 16}` : `s${p}, ${(v - 2) * 16}`;
      lines.push(`    a${p}${v} = f32x4.add(a${p}${v}, v128.load(${at}));`);
    });
  });
  lines.push(`  }`);
  each(pixels, (p) => {
    lines.push(`  const q${p} = out + o${p};`);
    if (second) lines.push(`  const t${p} = q${p}${second};`);
    each(vectors, (v) => {
      const at = v < 2 ? [`q${p}`, v * 16] : [`t${p}`, (v - 2) * 16];
      lines.push(`  v128.store(${at[0]}, f32x4.pmax(a${p}${v}, lo), ${at[1]});`);
    });
  });
  lines.push(`}`);
  return lines;
}

/** A function that picks the tile for a number of pixels at run time; `more` are parameters that only its family has. */
function dispatch(name, most, tile, more) {
  const args = `d, ${more.map((one) => `${one}, `).join("")}table, x, w, bias, out, residual`;
  const typed = more.map((one) => `${one}: i32, `).join("");
  const lines = [
    `export function ${name}(pixels: i32, d: Conv, ${typed}table: usize, x: usize, w: usize, bias: usize, out: usize, residual: usize): void {`,
    `  switch (pixels) {`,
  ];
  for (let p = most; p > 1; p--) lines.push(`    case ${p}: ${tile(p)}(${args}); break;`);
  lines.push(`    default: ${tile(1)}(${args}); break;`, `  }`, `}`);
  return lines.join("\n");
}

/** In the place of a tile that the baseline build has not; its driver never asks for it. */
function absent(name, more) {
  const typed = more.map((one) => `${one}: i32, `).join("");
  return `export function ${name}(pixels: i32, d: Conv, ${typed}table: usize, x: usize, w: usize, bias: usize, out: usize, residual: usize): void { unreachable(); }`;
}

function each(count, visit) {
  for (let i = 0; i < count; i++) visit(i);
}

/** The whole source file for one build. */
export function tileSource(relaxed) {
  const madd = relaxed
    ? (a, b, c) => `f32x4.relaxed_madd(${a}, ${b}, ${c})`
    : (a, b, c) => `f32x4.add(f32x4.mul(${a}, ${b}), ${c})`;
  const parts = [`import { Conv } from "./records";`];
  const family = (name, most, tile, make, more = []) => {
    for (let p = 1; p <= most; p++) parts.push(make(p));
    parts.push(dispatch(name, most, tile, more));
  };
  const depthwise = (name, tile, vectors, shape) =>
    family(name, 6, tile, (p) => depthwiseTile(tile(p), p, vectors, shape, madd), ["tiles"]);
  family(
    "f32_conv8",
    4,
    (p) => `f32_conv_${p}x8`,
    (p) => convTile(p, 8, 1, madd),
  );
  // Neighbouring pixels, and every second one, of 8 channels; every second one of 3.
  for (const gap of [32, 64, 24]) parts.push(convTile(4, 8, 1, madd, gap));
  for (const run of runs) parts.push(productTile(4, 8, 1, madd, run));
  parts.push(productDispatch(8, 4));
  depthwise("f32_depthwise4", (p) => `f32_depthwise_${p}x4`, 1, onBlocks);
  depthwise("f32_depthwise_even4", (p) => `f32_depthwise_even_${p}x4`, 1, onEvenPixels);
  if (relaxed) {
    family(
      "f32_conv16",
      6,
      (p) => `f32_conv_${p}x16`,
      (p) => convTile(p, 16, 2, madd),
    );
    for (const run of runs) parts.push(productTile(6, 16, 2, madd, run));
    parts.push(productDispatch(16, 6));
    depthwise("f32_depthwise8", (p) => `f32_depthwise_${p}x8`, 2, onBlocks);
  } else {
    parts.push(absent("f32_conv16", []));
    parts.push(
      `export function f32_product16(run: i32, groups: i32, x: usize, weight: usize, panel: usize, out: usize, outBlockStride: usize): void { unreachable(); }`,
    );
    parts.push(absent("f32_depthwise8", ["tiles"]));
  }
  return `${parts.join("\n\n")}\n`;
}
