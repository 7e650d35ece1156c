// Writes the AssemblyScript of Winograd's transforms: Lavin and Gray, arXiv 1509.09308, on 8 channels at a time.
// F(4,3) takes the points 0, 1, -1, 1/2, -2 and infinity, whose rounding error is smaller than that of 0, +-1, +-2.
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
        [name(3), times("s", 2, "t")],
        [name(4), times("s", -0.5, "t")],
        [name(5), times("t", 1.5, sub(sub(d[5], d[3]), "s"))],
      ],
      output: (m, name) => [
        ["t", add(m[1], m[2])],
        ["s", sub(m[1], m[2])],
        [name(0), add(add(m[0], "t"), add(m[3], m[4]))],
        [name(1), times(m[4], -2, times(m[3], 0.5, "s"))],
        [name(2), times(m[4], 4, times(m[3], 0.25, "t"))],
        [name(3), add(times(m[4], -8, times(m[3], 0.125, "s")), m[5])],
      ],
    },
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

function inputTransform(m, vectors, madd) {
  const n = m + 2;
  const one = transforms(madd)[m].input;
  const ds = (v) => [...Array(n)].map((_, i) => `d${i}${v}`);
  const lines = [
    `/** V = B^T d B of one tile: ${n}x${n} pixels at x become position strides at out. */`,
    `export function f32_winograd${m}_input_${vectors}(x: usize, rowStride: usize, out: usize, stride: usize, scratch: usize): void {`,
    locals(n, vectors),
    `  let row = scratch;`,
    `  const end = scratch + ${n * n * 32};`,
    `  do {`,
  ];
  for (let i = 0; i < n; i++)
    for (let v = 0; v < vectors; v++) lines.push(`    d${i}${v} = v128.load(x, ${i * 32 + v * 16});`);
  emit(lines, "    ", vectors, (v) => one(ds(v), (i) => `r${i}${v}`));
  for (let i = 0; i < n; i++)
    for (let v = 0; v < vectors; v++) lines.push(`    v128.store(row, r${i}${v}, ${i * 32 + v * 16});`);
  lines.push(`    row += ${n * 32};`, `    x += rowStride;`, `  } while (row < end);`);
  lines.push(`  let column = scratch;`, `  const lastColumn = scratch + ${n * 32};`, `  do {`);
  for (let i = 0; i < n; i++)
    for (let v = 0; v < vectors; v++)
      lines.push(`    d${i}${v} = v128.load(column, ${i * n * 32 + v * 16});`);
  emit(lines, "    ", vectors, (v) => one(ds(v), (i) => `r${i}${v}`));
  for (let i = 0; i < n; i++) {
    lines.push(`    const o${i} = ${i ? `o${i - 1} + stride * ${n}` : "out"};`);
    for (let v = 0; v < vectors; v++) lines.push(`    v128.store(o${i}, r${i}${v}, ${v * 16});`);
  }
  lines.push(`    out += stride;`, `    column += 32;`, `  } while (column < lastColumn);`, `}`);
  return lines.join("\n");
}

function outputTransform(m, vectors, madd) {
  const n = m + 2;
  const one = transforms(madd)[m].output;
  const ds = (v) => [...Array(n)].map((_, i) => `d${i}${v}`);
  const lines = [
    `/** Y = A^T M A of one tile into scratch, ${m}x${m} pixels. */`,
    `export function f32_winograd${m}_output_${vectors}(from: usize, stride: usize, scratch: usize): void {`,
    locals(n, vectors),
    `  let row = scratch;`,
    `  const end = scratch + ${n * m * 32};`,
    `  do {`,
  ];
  for (let i = 0; i < n; i++) lines.push(`    const m${i} = ${i ? `m${i - 1} + stride` : "from"};`);
  for (let i = 0; i < n; i++)
    for (let v = 0; v < vectors; v++) lines.push(`    d${i}${v} = v128.load(m${i}, ${v * 16});`);
  emit(lines, "    ", vectors, (v) => one(ds(v), (i) => `r${i}${v}`));
  for (let i = 0; i < m; i++)
    for (let v = 0; v < vectors; v++) lines.push(`    v128.store(row, r${i}${v}, ${i * 32 + v * 16});`);
  lines.push(`    row += ${m * 32};`, `    from += stride * ${n};`, `  } while (row < end);`);
  lines.push(`  let column = scratch;`, `  const lastColumn = scratch + ${m * 32};`, `  do {`);
  for (let i = 0; i < n; i++)
    for (let v = 0; v < vectors; v++)
      lines.push(`    d${i}${v} = v128.load(column, ${i * m * 32 + v * 16});`);
  emit(lines, "    ", vectors, (v) => one(ds(v), (i) => `r${i}${v}`));
  for (let i = 0; i < m; i++)
    for (let v = 0; v < vectors; v++)
      lines.push(`    v128.store(column, r${i}${v}, ${i * m * 32 + v * 16});`);
  lines.push(`    column += 32;`, `  } while (column < lastColumn);`, `}`);
  return lines.join("\n");
}

/** The whole source file for one build. */
export function transformSource(relaxed) {
  const madd = relaxed
    ? (a, b, c) => `f32x4.relaxed_madd(${a}, ${b}, ${c})`
    : (a, b, c) => `f32x4.add(f32x4.mul(${a}, ${b}), ${c})`;
  const parts = [];
  for (const m of [2, 4])
    for (const vectors of [1, 2])
      parts.push(inputTransform(m, vectors, madd), outputTransform(m, vectors, madd));
  return `${parts.join("\n\n")}\n`;
}
