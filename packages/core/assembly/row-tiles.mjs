// Writes the AssemblyScript of the tiles of depthwise convolutions on planes: like tiles.mjs, but over several rows of outputs, so that one
// loaded vector of inputs serves all rows whose kernels reach it.

/** The most rows of a tile by its number of slots, measured: of ten sums or more, V8 keeps some in memory. */
export const mostRows = { 1: 4, 2: 4, 3: 3, 4: 2 };

/**
 * `tiles` tiles, one below the other, of `rows` rows with `slots` slots of 4 x `vectors` neighbouring pixels; the last slot lies `last` bytes
 * from the first, as it may overlap the one before. The tile's first input row is number `above` of `height`: those outside are zeros, and
 * left out. Weights lie column by column.
 */
function rowTile(rows, slots, vectors, madd) {
  const lines = [
    `export function f32_depthwise_rows_${rows}x${slots}x${vectors * 4}(d: Rows, tiles: i32, x: usize, last: usize, w: usize, bias: usize, out: usize, residual: usize, above: i32, height: i32, rowStep: usize, outStep: usize): void {`,
    `  const kernel = d.kernelHeight;`,
    `  const column = <usize>(kernel << 2);`,
    `  const tap = d.tapBytes;`,
    `  const taps = d.kernelWidth * tap;`,
    `  const lo = f32x4.splat(d.lowerBound);`,
    `  do {`,
    `    const from = max(0, -above);`,
    `    const to = min(kernel + ${rows - 1}, height - above);`,
    `    let i: i32, p: usize, l: usize, q: usize, end: usize;`,
  ];
  const isLast = (s) => s > 0 && s === slots - 1;
  const offset = (s, v) => (isLast(s) ? v : s * vectors + v) * 16;
  const sums = (visit) => {
    for (let r = 0; r < rows; r++)
      for (let s = 0; s < slots; s++) for (let v = 0; v < vectors; v++) visit(`a${r}${s}${v}`, r, s, v);
  };
  sums((a) => lines.push(`    let ${a} = v128.load32_splat(bias);`));
  /** Input row i, which rows `first` to `end - 1` of the tile read. */
  const row = (first, end, indent) => {
    lines.push(`${indent}p = x + i * rowStep;`, `${indent}end = p + taps;`);
    if (slots > 1) lines.push(`${indent}l = p + last;`);
    lines.push(`${indent}q = w + ((i - ${end - 1}) << 2);`, `${indent}do {`);
    for (let r = first; r < end; r++)
      for (let v = 0; v < vectors; v++)
        lines.push(`${indent}  const w${r}${v} = v128.load32_splat(q, ${(end - 1 - r) * 4});`);
    for (let s = 0; s < slots; s++) {
      for (let v = 0; v < vectors; v++) {
        lines.push(`${indent}  const x${s}${v} = v128.load(${isLast(s) ? "l" : "p"}, ${offset(s, v)});`);
      }
      for (let r = first; r < end; r++)
        for (let v = 0; v < vectors; v++)
          lines.push(`${indent}  a${r}${s}${v} = ${madd(`x${s}${v}`, `w${r}${v}`, `a${r}${s}${v}`)};`);
    }
    lines.push(`${indent}  p += tap;`, `${indent}  q += column;`);
    if (slots > 1) lines.push(`${indent}  l += tap;`);
    lines.push(`${indent}} while (p < end);`);
  };
  for (let r = 0; r < rows - 1; r++) {
    lines.push(`    if (from <= ${r} && to > ${r}) {`, `      i = ${r};`);
    row(0, r + 1, "      ");
    lines.push(`    }`);
  }
  const inner = rows > 1 ? [`max(from, ${rows - 1})`, `min(to, kernel)`] : ["from", "to"];
  lines.push(`    const mostly = ${inner[1]};`, `    for (i = ${inner[0]}; i < mostly; i++) {`);
  row(0, rows, "      ");
  lines.push(`    }`);
  for (let r = 1; r < rows; r++) {
    lines.push(`    i = kernel + ${r - 1};`, `    if (from <= i && i < to) {`);
    row(r, rows, "      ");
    lines.push(`    }`);
  }
  // Addresses have names: V8 pairs only what is plainly beside each other.
  const addresses = (base, indent) => {
    for (let r = 0; r < rows; r++) {
      lines.push(`${indent}const ${base}${r} = ${r ? `${base}${r - 1} + outStep` : base};`);
      if (slots > 1) lines.push(`${indent}const ${base}${r}l = ${base}${r} + last;`);
    }
    return (r, s) => `${base}${r}${isLast(s) ? "l" : ""}`;
  };
  lines.push(`    if (residual) {`);
  const added = addresses("residual", "      ");
  sums((a, r, s, v) =>
    lines.push(`      ${a} = f32x4.add(${a}, v128.load(${added(r, s)}, ${offset(s, v)}));`),
  );
  lines.push(`      residual = residual${rows - 1} + outStep;`, `    }`);
  const stored = addresses("out", "    ");
  sums((a, r, s, v) => lines.push(`    v128.store(${stored(r, s)}, f32x4.pmax(${a}, lo), ${offset(s, v)});`));
  lines.push(
    `    out = out${rows - 1} + outStep;`,
    `    x += ${rows} * rowStep;`,
    `    above += ${rows};`,
    `  } while (--tiles);`,
    `}`,
  );
  return lines.join("\n");
}

const rollingParameters =
  "d: Rows, column: i32, lastColumn: i32, rows: i32, x: usize, w: usize, bias: usize, out: usize, residual: usize, above: i32, height: i32, rowStep: usize, outStep: usize";

/**
 * A kernel of 3x3 stays in registers and goes down strips of 4 x `vectors` columns, from byte `column` of a row to `lastColumn`: each input row
 * is the last of one output row, the middle of the next and the first of the one after. `edge`: "first" or "last", where nothing lies before
 * or behind the strip, though its first or its last tap reads it.
 */
function rolling(vectors, edge, madd) {
  const each = (visit) => [...Array(vectors).keys()].map(visit);
  const name = `f32_depthwise_3x3_${edge ? `${edge}_` : ""}${vectors * 4}`;
  const lines = [`export function ${name}(${rollingParameters}): void {`];
  // With a mask there is no register left for the lower bound.
  const spared = edge !== undefined && vectors === 1;
  const lo = spared ? `v128.load32_splat(changetype<usize>(d), offsetof<Rows>("lowerBound"))` : "lo";
  if (!spared) lines.push(`  const lo = f32x4.splat(d.lowerBound);`);
  for (const v of each((v) => v)) {
    for (let j = 0; j < 3; j++)
      for (let i = 0; i < 3; i++)
        lines.push(`  const w${i}${j}${v} = v128.load32_splat(w, ${(j * 3 + i) * 4});`);
  }
  const at = edge === "first" ? 0 : 40 - vectors * 16;
  if (edge) each((v) => lines.push(`  const m${v} = v128.load(masks, ${at + v * 16});`));
  const fresh = (name, indent) => each((v) => lines.push(`${indent}${name}${v} = v128.load32_splat(bias);`));
  const products = () => {
    for (let j = 0; j < 3; j++) {
      const load = (v) => `v128.load(p, ${j * 4 + v * 16})`;
      const masked = j === { first: 0, last: 2 }[edge];
      each((v) => lines.push(`      const x${j}${v} = ${masked ? `v128.and(${load(v)}, m${v})` : load(v)};`));
      ["c", "b", "a"].forEach((sum, i) => {
        each((v) => lines.push(`      ${sum}${v} = ${madd(`x${j}${v}`, `w${i}${j}${v}`, `${sum}${v}`)};`));
      });
    }
    lines.push(`      p += rowStep;`);
  };
  const finish = (indent) => {
    lines.push(`${indent}if (residual) {`);
    each((v) => lines.push(`${indent}  a${v} = f32x4.add(a${v}, v128.load(added, ${v * 16}));`));
    lines.push(`${indent}  added += outStep;`, `${indent}}`);
    each((v) => lines.push(`${indent}v128.store(to, f32x4.pmax(a${v}, ${lo}), ${v * 16});`));
    lines.push(`${indent}to += outStep;`);
  };
  const turn = () => {
    each((v) => lines.push(`      a${v} = b${v};`));
    each((v) => lines.push(`      b${v} = c${v};`));
    fresh("c", "      ");
  };
  lines.push(
    `  const from = min(rows + 2, max(0, -above));`,
    `  const end = max(from, min(rows + 2, height - above));`,
    `  for (;;) {`,
    `    let p = x + column + from * rowStep;`,
    `    let to = out + column;`,
    `    let added = residual + column;`,
  );
  for (const sum of "abc") {
    each((v) => lines.push(`    let ${sum}${v}: v128;`));
    fresh(sum, "    ");
  }
  // Output row i - 2 is finished by input row i. Rows of padding above, and then those before the first output row is whole.
  lines.push(`    let i = 0;`, `    for (; i < from; i++) {`, `      if (i < 2) continue;`);
  finish("      ");
  fresh("a", "      ");
  lines.push(`    }`, `    for (; i < min(2, end); i++) {`);
  products();
  turn();
  lines.push(`    }`, `    for (; i < end; i++) {`);
  products();
  finish("      ");
  turn();
  lines.push(`    }`, `    for (; i < rows + 2; i++) {`, `      if (i >= 2) {`);
  finish("        ");
  lines.push(`      }`);
  turn();
  lines.push(
    `    }`,
    `    if (column === lastColumn) break;`,
    `    column = min(column + ${vectors * 16}, lastColumn);`,
    `  }`,
    `}`,
  );
  return lines.join("\n");
}

/** The whole source file for one build. */
export function rowTileSource(relaxed) {
  const madd = relaxed
    ? (a, b, c) => `f32x4.relaxed_madd(${a}, ${b}, ${c})`
    : (a, b, c) => `f32x4.add(f32x4.mul(${a}, ${b}), ${c})`;
  const parts = [
    `import { Rows } from "./records";`,
    `import { masks } from "./scratch";`,
    `export const MOST_SLOTS: i32 = ${Object.keys(mostRows).length};`,
    `export function mostRows(slots: i32): i32 { return ${Object.entries(mostRows)
      .map(([slots, most]) => `slots === ${slots} ? ${most} : `)
      .join("")}0; }`,
  ];
  const typed =
    "d: Rows, tiles: i32, x: usize, last: usize, w: usize, bias: usize, out: usize, residual: usize, above: i32, height: i32, rowStep: usize, outStep: usize";
  const names = typed.replaceAll(/: \w+/g, "");
  for (const vectors of [1, 2]) {
    for (const edge of [undefined, "first", "last"]) {
      const source = rolling(vectors, edge, madd);
      parts.push(vectors === 1 || relaxed ? source : `${source.split("\n")[0]} unreachable(); }`);
    }
    const name = `f32_depthwise_rows${vectors * 4}`;
    const lines = [`export function ${name}(rows: i32, slots: i32, ${typed}): void {`];
    if (vectors === 2 && !relaxed) lines.push(`  unreachable();`);
    else {
      lines.push(`  switch ((slots << 3) | rows) {`);
      for (const [slots, most] of Object.entries(mostRows)) {
        for (let rows = 1; rows <= most; rows++) {
          parts.push(rowTile(rows, Number(slots), vectors, madd));
          const tile = `f32_depthwise_rows_${rows}x${slots}x${vectors * 4}`;
          lines.push(`    case ${(slots << 3) | rows}: ${tile}(${names}); break;`);
        }
      }
      lines.push(`    default: unreachable();`, `  }`);
    }
    parts.push([...lines, `}`].join("\n"));
  }
  return `${parts.join("\n\n")}\n`;
}
