// Writes the AssemblyScript of Winograd's transforms: Lavin and Gray, arXiv 1509.09308, on 8 channels at a time.
// F(4,3) takes the points 0, 1, -1, infinity, 1/2 and -2, whose rounding error is smaller than that of 0, +-1, +-2. The first four are those of
// F(2,3): a tile at the image's edge may be F(2,3) on an axis, with the weights of F(4,3).
// Written out for the reason that tiles.mjs gives: `vectors` is 2 where neighbouring pairs become 256 bits wide, else 1.

const add = (a, b) => `f32x4.add(${a}, ${b})`;
const sub = (a, b) => `f32x4.sub(${a}, ${b})`;

/** The one-dimensional transforms; each turns a list of names into statements and a list of results. */
function transforms(madd) {
  const times = (a, constant, c) => madd(a, `f32x4.splat(${constant})`, c);
  return {
    2: {
      /** B^T d for 0, 1, -1, infinity. */
      input: (d, name) => [
        [name(0), sub(d[0], d[2])],
        [name(1), add(d[1], d[2])],
        [name(2), sub(d[2], d[1])],
        [name(3), sub(d[1], d[3])],
      ],
      /** A^T m. */
      output: (m, name) => [
        [name(0), add(add(m[0], m[1]), m[2])],
        [name(1), sub(sub(m[1], m[2]), m[3])],
      ],
    },
    4: {
      input: (d, name) => [
        ["t", sub(d[4], d[2])],
        ["s", sub(d[3], d[1])],
        [name(0), times("s", 1.5, add(sub(d[0], d[2]), "t"))],
        [name(1), times(add(d[2], d[3]), 1.5, add("t", "s"))],
        [name(2), times(sub(d[3], d[2]), 1.5, sub("t", "s"))],
        [name(3), times("t", 1.5, sub(sub(d[5], d[3]), "s"))],
        [name(4), times("s", 2, "t")],
        [name(5), times("s", -0.5, "t")],
      ],
      output: (m, name) => [
        ["t", add(m[1], m[2])],
        ["s", sub(m[1], m[2])],
        [name(0), add(add(m[0], "t"), add(m[4], m[5]))],
        [name(1), times(m[5], -2, times(m[4], 0.5, "s"))],
        [name(2), times(m[5], 4, times(m[4], 0.25, "t"))],
        [name(3), add(times(m[5], -8, times(m[4], 0.125, "s")), m[3])],
      ],
    },
  };
}

/** A^T of F(2,3) for products with the weights of F(4,3), which are 2/3 as large at 1, and -2/3 as large at -1. */
function borrowedOutput(madd) {
  const times = (a, constant, c) => madd(a, `f32x4.splat(${constant})`, c);
  return (m, name) => [
    [name(0), times(sub(m[1], m[2]), 1.5, m[0])],
    [name(1), times(add(m[1], m[2]), 1.5, `f32x4.neg(${m[3]})`)],
  ];
}

/**
 * A stride of 2 splits the input into even and odd pixels: 4 outputs are F(4,2) of 5 even pixels with the outer taps, plus F(4,1) of the 4
 * odd pixels between with the middle tap. Both take the points 0, 1, -1/2 and -2, at which their products add up; infinity is F(4,2)'s alone. Of
 * the points with cheap transforms these have the smallest rounding error.
 */
function stridedTransforms(madd) {
  const times = (a, constant, c) => madd(a, `f32x4.splat(${constant})`, c);
  const finite = (d, name) => [
    ["s", add(d[1], d[2])],
    ["t", add("s", d[3])],
    [name(0), times(sub(d[2], d[1]), 1.5, sub(d[3], d[0]))],
    [name(1), times(d[2], 1.5, "t")],
    [name(2), times(d[1], -3, "t")],
    [name(3), times("s", -0.5, d[3])],
  ];
  return {
    /** 9 pixels become 5 even and 4 odd values. */
    input: (d, name) => [
      ...finite([d[0], d[2], d[4], d[6]], name),
      [name(4), times(sub(d[6], d[4]), 1.5, sub(d[8], d[2]))],
      ...finite([d[1], d[3], d[5], d[7]], (i) => name(5 + i)),
    ],
    output: (m, name) => [
      [name(0), add(add(m[0], m[1]), add(m[2], m[3]))],
      [name(1), times(m[3], -2, times(m[2], -0.5, m[1]))],
      [name(2), times(m[3], 4, times(m[2], 0.25, m[1]))],
      [name(3), times(m[3], -8, times(m[2], -0.125, add(m[1], m[4])))],
    ],
  };
}

/** Emits a transform for each vector, the vectors' statements interleaved. */
function emit(lines, indent, vectors, make) {
  const perVector = [...Array(vectors)].map((_, v) => make(v));
  perVector[0].forEach((_, i) => {
    perVector.forEach((statements, v) => {
      const [name, value] = statements[i];
      lines.push(
        `${indent}${/^[ts]$/.test(name) ? `${name}${v}` : name} = ${value.replace(/\b([ts])\b/g, `$1${v}`)};`,
      );
    });
  });
}

function locals(n, vectors) {
  const names = [];
  for (let v = 0; v < vectors; v++) {
    names.push(`t${v}: v128`, `s${v}: v128`);
    for (let i = 0; i < n; i++) names.push(`d${i}${v}: v128`, `r${i}${v}: v128`);
  }
  return `  let ${names.join(", ")};`;
}

/**
 * V = B^T d B of one tile of `rows` x `columns` outputs. Positions lie `stride` apart: row by row those of the first four columns, from `out`; then
 * row by row those of the other two, from `own`.
 */
function inputTransform(rows, columns, vectors, madd) {
  const [high, wide] = [rows + 2, columns + 2];
  const all = transforms(madd);
  const lines = [
    `export function f32_winograd_input_${rows}x${columns}_${vectors}(x: usize, rowStride: usize, out: usize, own: usize, stride: usize, scratch: usize): void {`,
    locals(Math.max(high, wide), vectors),
    `  let row = scratch;`,
    `  const end = scratch + ${high * wide * 32};`,
    `  do {`,
  ];
  const apply = (count, at, step, transform) => {
    for (let i = 0; i < count; i++)
      for (let v = 0; v < vectors; v++) lines.push(`    d${i}${v} = v128.load(${at}, ${i * step + v * 16});`);
    const ds = (v) => [...Array(count)].map((_, i) => `d${i}${v}`);
    emit(lines, "    ", vectors, (v) => transform(ds(v), (i) => `r${i}${v}`));
  };
  apply(wide, "x", 32, all[columns].input);
  for (let i = 0; i < wide; i++)
    for (let v = 0; v < vectors; v++) lines.push(`    v128.store(row, r${i}${v}, ${i * 32 + v * 16});`);
  lines.push(`    row += ${wide * 32};`, `    x += rowStride;`, `  } while (row < end);`);
  lines.push(`  let column = scratch;`, `  let lastColumn = scratch + 128;`);
  const parts = [
    ["out", 4],
    ["own", 2],
  ];
  for (const [base, width] of parts.slice(0, columns / 2)) {
    lines.push(`  do {`);
    apply(high, "column", wide * 32, all[rows].input);
    for (let i = 0; i < high; i++) {
      lines.push(`    const o${i} = ${i ? `o${i - 1} + stride * ${width}` : base};`);
      for (let v = 0; v < vectors; v++) lines.push(`    v128.store(o${i}, r${i}${v}, ${v * 16});`);
    }
    lines.push(`    ${base} += stride;`, `    column += 32;`, `  } while (column < lastColumn);`);
    if (base === "out" && columns === 4) lines.push(`  lastColumn += 64;`);
  }
  lines.push(`}`);
  return lines.join("\n");
}

/** Y = A^T M A of one tile into scratch, `rows` x `columns` pixels; the products lie as `inputTransform` puts their inputs. */
function outputTransform(name, rows, columns, vectors, outputs) {
  const [high, wide] = [rows + 2, columns + 2];
  const lines = [
    `export function ${name}_${vectors}(from: usize, own: usize, stride: usize, scratch: usize): void {`,
    locals(Math.max(high, wide), vectors),
    `  let row = scratch;`,
    `  const end = scratch + ${high * columns * 32};`,
    `  do {`,
  ];
  const apply = (count, load, transform) => {
    for (let i = 0; i < count; i++)
      for (let v = 0; v < vectors; v++) lines.push(`    d${i}${v} = ${load(i, v * 16)};`);
    const ds = (v) => [...Array(count)].map((_, i) => `d${i}${v}`);
    emit(lines, "    ", vectors, (v) => transform(ds(v), (i) => `r${i}${v}`));
  };
  const store = (count, at, step) => {
    for (let i = 0; i < count; i++)
      for (let v = 0; v < vectors; v++) lines.push(`    v128.store(${at}, r${i}${v}, ${i * step + v * 16});`);
  };
  for (let i = 0; i < wide; i++) {
    const before = i === 4 ? "own" : `m${i - 1} + stride`;
    lines.push(`    const m${i} = ${i ? before : "from"};`);
  }
  apply(wide, (i, offset) => `v128.load(m${i}, ${offset})`, outputs[columns]);
  store(columns, "row", 32);
  lines.push(`    row += ${columns * 32};`, `    from += stride * 4;`);
  if (columns === 4) lines.push(`    own += stride * 2;`);
  lines.push(`  } while (row < end);`);
  lines.push(`  let column = scratch;`, `  const lastColumn = scratch + ${columns * 32};`, `  do {`);
  apply(high, (i, offset) => `v128.load(column, ${i * columns * 32 + offset})`, outputs[rows]);
  store(rows, "column", columns * 32);
  lines.push(`    column += 32;`, `  } while (column < lastColumn);`, `}`);
  return lines.join("\n");
}

/**
 * 9x9 pixels at x become the inputs of 25 positions: 16 that even and odd rows and columns share (4 products each, `phase` bytes apart), 4 of
 * infinity's row and 4 of its column (2 each), and its corner.
 */
function stridedInputTransform(vectors, madd) {
  const { input } = stridedTransforms(madd);
  const nine = [...Array(9).keys()];
  const lines = [
    `export function f32_winograd4_strided_input_${vectors}(x: usize, rowStride: usize, shared: usize, sharedStride: usize, edge: usize, edgeStride: usize, corner: usize, phase: usize, scratch: usize): void {`,
    locals(9, vectors),
    `  let row = scratch;`,
    `  const end = scratch + ${9 * 9 * 32};`,
    `  do {`,
  ];
  const load = (at, step, indent) => {
    for (const i of nine)
      for (let v = 0; v < vectors; v++)
        lines.push(`${indent}d${i}${v} = v128.load(${at}, ${i * step + v * 16});`);
    const ds = (v) => nine.map((i) => `d${i}${v}`);
    emit(lines, indent, vectors, (v) => input(ds(v), (i) => `r${i}${v}`));
  };
  const store = (i, at, indent) => {
    for (let v = 0; v < vectors; v++) lines.push(`${indent}v128.store(${at}, r${i}${v}, ${v * 16});`);
  };
  load("x", 32, "    ");
  for (const i of nine) store(i, `row + ${i * 32}`, "    ");
  lines.push(`    row += ${9 * 32};`, `    x += rowStride;`, `  } while (row < end);`);
  // The columns of infinity come last among the even ones.
  lines.push(
    `  let column = scratch;`,
    `  for (let odd = 0; odd < 2; odd++) {`,
    `    let to = shared;`,
    `    let last = edge;`,
    `    const lastColumn = column + 128;`,
    `    do {`,
  );
  load("column", 9 * 32, "      ");
  for (let i = 0; i < 4; i++) {
    store(i, `to + ${i * 4} * sharedStride`, "      ");
    store(5 + i, `to + ${i * 4} * sharedStride + 2 * phase`, "      ");
  }
  store(4, "last", "      ");
  lines.push(
    `      to += sharedStride;`,
    `      last += edgeStride;`,
    `      column += 32;`,
    `    } while (column < lastColumn);`,
    `    shared += phase;`,
    `    edge += phase;`,
    `    column += 32;`,
    `  }`,
    `  column = scratch + 128;`,
    `  edge += 4 * edgeStride - 2 * phase;`,
  );
  load("column", 9 * 32, "  ");
  for (let i = 0; i < 4; i++) {
    store(i, `edge + ${i} * edgeStride`, "  ");
    store(5 + i, `edge + ${i} * edgeStride + phase`, "  ");
  }
  store(4, "corner", "  ");
  lines.push(`}`);
  return lines.join("\n");
}

/** The 25 positions' products become 4x4 pixels in scratch; infinity's column lies behind the five rows of four. */
function stridedOutputTransform(vectors, madd) {
  const { output } = stridedTransforms(madd);
  const lines = [
    `export function f32_winograd4_strided_output_${vectors}(from: usize, stride: usize, scratch: usize): void {`,
    locals(5, vectors),
    `  let last = from + 20 * stride;`,
    `  let row = scratch;`,
    `  const end = scratch + ${5 * 4 * 32};`,
    `  do {`,
  ];
  const transform = (addresses, indent) => {
    addresses.forEach((at, i) => {
      for (let v = 0; v < vectors; v++) lines.push(`${indent}d${i}${v} = v128.load(${at} + ${v * 16});`);
    });
    emit(lines, indent, vectors, (v) =>
      output(
        addresses.map((_, i) => `d${i}${v}`),
        (i) => `r${i}${v}`,
      ),
    );
  };
  const store = (at, step) => {
    for (let i = 0; i < 4; i++)
      for (let v = 0; v < vectors; v++) lines.push(`    v128.store(${at}, r${i}${v}, ${i * step + v * 16});`);
  };
  transform([...[0, 1, 2, 3].map((i) => `from + ${i} * stride`), "last"], "    ");
  store("row", 32);
  lines.push(`    row += 128;`, `    from += 4 * stride;`, `    last += stride;`, `  } while (row < end);`);
  lines.push(`  let column = scratch;`, `  const lastColumn = scratch + 128;`, `  do {`);
  transform(
    [0, 1, 2, 3, 4].map((i) => `column + ${i * 128}`),
    "    ",
  );
  store("column", 128);
  lines.push(`    column += 32;`, `  } while (column < lastColumn);`, `}`);
  return lines.join("\n");
}

/** The whole source file for one build. */
export function transformSource(relaxed) {
  const madd = relaxed
    ? (a, b, c) => `f32x4.relaxed_madd(${a}, ${b}, ${c})`
    : (a, b, c) => `f32x4.add(f32x4.mul(${a}, ${b}), ${c})`;
  const parts = [];
  const all = transforms(madd);
  const mixed = { 2: borrowedOutput(madd), 4: all[4].output };
  for (const vectors of [1, 2]) {
    for (const rows of [2, 4]) {
      for (const columns of [2, 4]) {
        parts.push(inputTransform(rows, columns, vectors, madd));
        parts.push(outputTransform(`f32_winograd4_output_${rows}x${columns}`, rows, columns, vectors, mixed));
      }
    }
    parts.push(outputTransform("f32_winograd2_output", 2, 2, vectors, { 2: all[2].output }));
  }
  for (const vectors of [1, 2])
    parts.push(stridedInputTransform(vectors, madd), stridedOutputTransform(vectors, madd));
  return `${parts.join("\n\n")}\n`;
}
