// Writes the AssemblyScript of the register tiles. They are written out here, not left to inlining, because their speed
// depends on the order of the instructions: V8 keeps the order it is given, and vectorises to 256 bits only pairs of
// neighbouring 128-bit operations inside one basic block.

/** Which tiles each build holds: [pixels, channels], the largest number of pixels first. */
export const narrow = { channels: 8, pixels: 4, unroll: 1 };
export const wide = { channels: 16, pixels: 6, unroll: 2 };

/**
 * A tile of `pixels` x `channels` outputs: out[p][o] = bias[o] + sum over k of x[p][k] w[k][o].
 * A table holds the byte offset of each pixel's input and output, so that a tile may run across rows and images' borders.
 */
function convTile(pixels, channels, unroll, madd) {
  const vectors = channels / 4;
  const lines = [
    `export function f32_conv_${pixels}x${channels}(d: Conv, table: usize, x: usize, w: usize, bias: usize, out: usize, residual: usize): void {`,
    `  let segment = d.segments;`,
    `  const lastSegment = segment + (<usize>d.segmentCount << 2);`,
    `  const run = d.run << ${channels === 16 ? 6 : 5};`,
  ];
  each(pixels, (p) => lines.push(`  let x${p} = x + load<u32>(table, ${p * 8});`));
  each(pixels, (p) => each(vectors, (v) => lines.push(`  let a${p}${v} = v128.load(bias, ${v * 16});`)));
  each(vectors, (v) => lines.push(`  let w${v}: v128;`));
  lines.push(`  let b: v128;`, `  do {`, `    const end = w + run;`);
  const step = (u, indent) => {
    each(vectors, (v) => lines.push(`${indent}w${v} = v128.load(w, ${(u * vectors + v) * 16});`));
    each(pixels, (p) => {
      lines.push(`${indent}b = v128.load32_splat(x${p}, ${u * 4});`);
      each(vectors, (v) => lines.push(`${indent}a${p}${v} = ${madd("b", `w${v}`, `a${p}${v}`)};`));
    });
  };
  const advance = (n, indent) => {
    each(pixels, (p) => lines.push(`${indent}x${p} += ${n * 4};`));
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
  each(pixels, (p) => lines.push(`    x${p} += skip;`));
  lines.push(`    segment += 4;`, `  } while (segment < lastSegment);`);
  lines.push(...epilogue(pixels, vectors));
  return lines.join("\n");
}

/** The same for a depthwise convolution: pixels x 8 channels, out[p][c] = bias[c] + sum over taps of x[p + tap][c] w[tap][c]. */
function depthwiseTile(pixels, madd) {
  const lines = [
    `export function f32_depthwise_${pixels}x8(d: Conv, table: usize, x: usize, w: usize, bias: usize, out: usize, residual: usize): void {`,
    `  let segment = d.segments;`,
    `  const lastSegment = segment + (<usize>d.segmentCount << 2);`,
    `  const run = d.run << 5;`,
    `  const tap = d.tapStride;`,
  ];
  each(pixels, (p) => lines.push(`  let x${p} = x + load<u32>(table, ${p * 8});`));
  each(pixels, (p) => each(2, (v) => lines.push(`  let a${p}${v} = v128.load(bias, ${v * 16});`)));
  lines.push(
    `  let w0: v128, w1: v128, b0: v128, b1: v128;`,
    `  do {`,
    `    const end = w + run;`,
    `    do {`,
  );
  each(2, (v) => lines.push(`      w${v} = v128.load(w, ${v * 16});`));
  each(pixels, (p) => {
    each(2, (v) => lines.push(`      b${v} = v128.load(x${p}, ${v * 16});`));
    each(2, (v) => lines.push(`      a${p}${v} = ${madd(`b${v}`, `w${v}`, `a${p}${v}`)};`));
  });
  each(pixels, (p) => lines.push(`      x${p} += tap;`));
  lines.push(`      w += 32;`, `    } while (w < end);`, `    const skip = load<u32>(segment);`);
  each(pixels, (p) => lines.push(`    x${p} += skip;`));
  lines.push(`    segment += 4;`, `  } while (segment < lastSegment);`);
  lines.push(...epilogue(pixels, 2));
  return lines.join("\n");
}

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

/** A function that picks the tile for a number of pixels at run time. */
function dispatch(name, pixels, suffix) {
  const args = "d, table, x, w, bias, out, residual";
  const lines = [
    `export function ${name}${suffix}(pixels: i32, d: Conv, table: usize, x: usize, w: usize, bias: usize, out: usize, residual: usize): void {`,
    `  switch (pixels) {`,
  ];
  for (let p = pixels; p > 1; p--) lines.push(`    case ${p}: ${name}_${p}x${suffix}(${args}); break;`);
  lines.push(`    default: ${name}_1x${suffix}(${args}); break;`, `  }`, `}`);
  return lines.join("\n");
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
  for (let p = 1; p <= 4; p++) parts.push(convTile(p, 8, 1, madd), depthwiseTile(p, madd));
  parts.push(dispatch("f32_conv", 4, 8), dispatch("f32_depthwise", 4, 8));
  if (relaxed) {
    for (let p = 1; p <= 6; p++) parts.push(convTile(p, 16, 2, madd));
    parts.push(dispatch("f32_conv", 6, 16));
  } else {
    // The baseline build has no wide tiles; its driver never asks for them.
    parts.push(
      `export function f32_conv16(pixels: i32, d: Conv, table: usize, x: usize, w: usize, bias: usize, out: usize, residual: usize): void { unreachable(); }`,
    );
  }
  return `${parts.join("\n\n")}\n`;
}
