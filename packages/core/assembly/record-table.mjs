// The records that the TypeScript side writes into memory and the AssemblyScript side reads: said here once. build.mjs makes both sides of it,
// `./records` for the code in this folder and src/engines/wasm/machine/records.generated.ts, so that they cannot disagree.
import { createHash } from "node:crypto";

/** @typedef {readonly [name: string, type: "usize" | "i32" | "f32", comment?: string]} Field each takes 32 bits */

/** @type {Readonly<Record<string, { readonly about: string, readonly fields: readonly Field[] }>>} */
export const records = {
  Conv: {
    about: "A convolution on channel blocks, or one of Winograd's products: see conv.ts.",
    fields: [
      ["x", "usize"],
      ["w", "usize"],
      ["bias", "usize"],
      ["out", "usize"],
      ["residual", "usize", "Added to the result; laid out as `out`. 0: none."],
      ["lowerBound", "f32", "Results below it are raised to it: 0 for ReLU, else -Infinity."],
      ["table", "usize", "Per output pixel: byte offset of its first input, byte offset of its output."],
      ["pixels", "i32"],
      [
        "segments",
        "usize",
        "What to add to the input's address after each run (depthwise: after each tap), in bytes.",
      ],
      ["segmentCount", "i32"],
      ["run", "i32", "Products in a run: steps of 4 bytes in x. Not for depthwise."],
      ["outBlockStride", "usize", "Bytes from a block of 8 output channels to the next."],
      ["blocks", "i32", "Blocks of 8 output channels in a group."],
      ["groups", "i32"],
      ["xGroupStride", "usize"],
      ["wGroupStride", "usize"],
      ["biasGroupStride", "usize"],
      ["outGroupStride", "usize"],
      ["batch", "i32"],
      ["xImageStride", "usize"],
      ["outImageStride", "usize"],
      ["wBlockStride", "usize", "Bytes of weights for 8 output channels."],
      ["chunkPixels", "i32", "Pixels in a unit of work, and how many such chunks there are."],
      ["chunks", "i32"],
      ["wide", "i32", "1: tiles of 16 channels, in pairs that V8 can make 256 bits wide."],
      [
        "gap",
        "i32",
        "Bytes between the inputs of neighbouring pixels, which is the least between any two; 0: there are no neighbours.",
      ],
      [
        "together",
        "i32",
        "Transformed tiles that lie together, see WinogradInput; 0: these are no transformed tiles.",
      ],
    ],
  },
  Rows: {
    about: "A depthwise convolution with strides of 1 on planes: see depthwise.ts.",
    fields: [
      ["x", "usize"],
      ["height", "i32", "Of the input, which has no border."],
      ["rowBytes", "usize"],
      ["padTop", "i32", "Rows of padding above, and bytes of it to the left and to the right."],
      ["leftBytes", "usize"],
      ["rightBytes", "usize"],
      [
        "bandRows",
        "i32",
        "Output rows whose input, with its padding, is put together in the thread's own memory.",
      ],
      ["w", "usize", "[plane][column][row]."],
      ["kernelHeight", "i32"],
      ["kernelWidth", "i32"],
      [
        "rowDilation",
        "i32",
        "Input rows from one of the kernel's rows to the next, and bytes from one of its columns to the next.",
      ],
      ["tapBytes", "usize"],
      ["bias", "usize"],
      ["out", "usize"],
      ["residual", "usize", "Added to the result; laid out as `out`. 0: none."],
      ["lowerBound", "f32", "Results below it are raised to it: 0 for ReLU, else -Infinity."],
      ["outImageStride", "usize"],
      ["outPlaneStride", "usize"],
      ["outRowStride", "usize"],
      ["outHeight", "i32"],
      ["outWidth", "i32"],
      ["planes", "i32"],
      ["wide", "i32", "1: slots of 8 pixels, in pairs that V8 can make 256 bits wide; else 4."],
    ],
  },
  Layout: {
    about: "Between planes [image][channel][height][width] and channel blocks with a border: see layout.ts.",
    fields: [
      ["planes", "usize"],
      ["blocks", "usize"],
      ["groupChannels", "i32", "Channels in a group, and how many of them share a block."],
      ["blockChannels", "i32"],
      ["blocksPerGroup", "i32", "Blocks in a group, over all groups: batch x groups x blocksPerGroup units."],
      ["groups", "i32"],
      ["batch", "i32"],
      ["height", "i32"],
      ["width", "i32"],
      ["planeStride", "usize", "Bytes between the planes of a channel."],
      [
        "blockStride",
        "usize",
        "Bytes between blocks, and between rows in a block; `blocks` points at the first pixel inside the border.",
      ],
      ["rowStride", "usize"],
      ["top", "i32", "Pixels of border around each block, filled with zeros, and the bytes of a pixel."],
      ["bottom", "i32"],
      ["left", "i32"],
      ["right", "i32"],
      ["pixelBytes", "i32"],
      [
        "spoiled",
        "usize",
        "Where blocks become planes: write 1 here if a value is not finite. 0: do not look.",
      ],
    ],
  },
  Window: {
    about: "Windows of a pooling on channel blocks: see window.ts.",
    fields: [
      ["x", "usize", "The first pixel inside the border."],
      [
        "xBatchStride",
        "usize",
        "Bytes from one entry of the batch to the next, between their images, blocks and rows.",
      ],
      ["xImageStride", "usize"],
      ["xBlockStride", "usize"],
      ["xRowStride", "usize"],
      ["out", "usize", "The first pixel inside the border."],
      ["outImageStride", "usize"],
      ["outBlockStride", "usize"],
      ["outRowStride", "usize"],
      ["blocks", "i32", "Blocks of 8 channels."],
      ["outDepth", "i32"],
      ["outHeight", "i32"],
      ["outWidth", "i32"],
      [
        "table",
        "usize",
        "For every output along depth, then rows, then columns: its first pixel, how many, their distance, what a mean divides by.",
      ],
      ["mean", "i32", "1: the mean; 0: the maximum."],
    ],
  },
  WinogradInput: {
    about:
      "Tiles of Winograd's input: see winograd.ts. The table has four numbers a tile: input offset, output offset, rows, columns.",
    fields: [
      ["x", "usize"],
      ["xBlockStride", "usize"],
      ["rowStride", "usize"],
      ["blocks", "i32", "Blocks of 8 input channels."],
      ["out", "usize"],
      [
        "together",
        "i32",
        "Transformed tiles are interleaved: [group][channel / run][tile][run], `together` tiles to a group.",
      ],
      ["run", "i32", "Neighbouring channels of one tile."],
      ["groupStride", "usize", "Bytes from tiles that lie together to the next ones."],
      ["positionStride", "usize"],
      ["table", "usize"],
      ["tiles", "i32"],
      ["size", "i32", "Output pixels of a tile on each axis: 2 or 4."],
      ["wide", "i32"],
    ],
  },
  StridedInput: {
    about:
      "Tiles of 4x4 outputs of a convolution with a stride of 2: see winograd.ts. The table is the same.",
    fields: [
      ["x", "usize"],
      ["xBlockStride", "usize"],
      ["rowStride", "usize"],
      ["blocks", "i32", "Blocks of 8 input channels."],
      [
        "shared",
        "usize",
        "The 16 positions with 4 products, the 8 with 2, the one with 1: their start, and the bytes from one to the next.",
      ],
      ["sharedStride", "usize"],
      ["edge", "usize"],
      ["edgeStride", "usize"],
      ["corner", "usize"],
      ["phase", "usize", "Bytes from a product's channels to the next product's."],
      ["together", "i32", "As for WinogradInput; `groupStride` is that of the corner."],
      ["run", "i32"],
      ["groupStride", "usize"],
      ["table", "usize"],
      ["tiles", "i32"],
      ["wide", "i32"],
    ],
  },
  WinogradOutput: {
    about: "Tiles of Winograd's output: see winograd.ts.",
    fields: [
      ["x", "usize"],
      ["xBlockStride", "usize"],
      ["positionStride", "usize"],
      ["out", "usize"],
      ["outBlockStride", "usize"],
      ["rowStride", "usize"],
      ["bias", "usize"],
      ["residual", "usize"],
      ["lowerBound", "f32"],
      ["table", "usize"],
      ["tiles", "i32"],
      ["size", "i32"],
      ["stride", "i32", "Of the convolution: 1, or 2 where `size` is 4."],
      ["wide", "i32"],
      ["spoiled", "usize", "Where to write 1 if a result is not finite."],
    ],
  },
};

/** What a step of a program does: its kind, and the record that says on which data. A kind's number is its place in this list. */
/** @type {readonly (readonly [kind: string, record: string])[]} */
export const kinds = [
  ["block", "Layout"],
  ["plane", "Layout"],
  ["conv", "Conv"],
  ["depthwise", "Conv"],
  ["winogradInput", "WinogradInput"],
  ["winogradOutput", "WinogradOutput"],
  ["border", "Layout"],
  ["depthwiseEven", "Conv"],
  ["stridedInput", "StridedInput"],
  ["depthwiseRows", "Rows"],
  ["window", "Window"],
];

/** The kinds that `runUnit` of this source does not run: a step of such a kind would end the program when it is met. */
export function casesMissing(source, list = kinds) {
  return list.map(([kind]) => `Kind.${upper(kind)}`).filter((kind) => !source.includes(`case ${kind}:`));
}

/** A number that another table has not: a module and the code that calls it know by it that they were made together. */
export function fingerprint(table = records, list = kinds) {
  const names = Object.entries(table).map(([name, { fields }]) => [
    name,
    fields.map(([field, type]) => [field, type]),
  ]);
  return createHash("sha256")
    .update(JSON.stringify([names, list]))
    .digest()
    .readInt32LE();
}

/** The classes and kinds as AssemblyScript. */
export function recordSource() {
  const classes = Object.entries(records).map(([name, { about, fields }]) => {
    const lines = fields.map(([field, type]) => `  ${field}: ${type};`);
    return `/** ${about} */\n@unmanaged\nexport class ${name} {\n${lines.join("\n")}\n}`;
  });
  const names = kinds.map(([kind]) => `  ${upper(kind)},`);
  return [
    ...classes,
    `export enum Kind {\n${names.join("\n")}\n}`,
    `export const fingerprint: i32 = ${fingerprint()};`,
  ].join("\n\n");
}

/** The same as TypeScript: a type for each record and for each step, and the order in which fields are written. */
export function recordTypes() {
  const types = Object.entries(records).map(([name, { about, fields }]) => {
    const lines = fields.map(([field, , comment]) =>
      [...(comment ? [`  /** ${comment} */`] : []), `  readonly ${field}: number;`].join("\n"),
    );
    return `/** ${about} */\nexport type ${name}Record = {\n${lines.join("\n")}\n};`;
  });
  const steps = kinds.map(
    ([kind, record]) => `  | { readonly kind: "${kind}"; readonly record: ${record}Record }`,
  );
  const orders = Object.entries(records).map(([name, { fields }]) => {
    const list = fields.map(([field, type]) => `["${field}", ${type === "f32"}]`).join(", ");
    return `const ${lower(name)}: Order = [${list}];`;
  });
  const rows = kinds.map(
    ([kind, record], number) => `  ${kind}: { number: ${number}, order: ${lower(record)} },`,
  );
  return [
    "// Made by assembly/build.mjs from assembly/record-table.mjs.",
    ...types,
    `/** What a step does, and on which data. */\nexport type StepRecord =\n${steps.join("\n")};`,
    "/** Fields in the order in which they lie in memory, 32 bits each; true: a float. */",
    "export type Order = readonly (readonly [name: string, float: boolean])[];",
    ...orders,
    "/** The number of each kind, and its record's order. */",
    `export const kinds: Readonly<Record<StepRecord["kind"], { readonly number: number; readonly order: Order }>> = {\n${rows.join("\n")}\n};`,
    "/** The table's, which the module has too. */",
    `export const fingerprint = ${fingerprint()};`,
    "/** The bytes of the longest record. */",
    `export const recordBytes = ${4 * Math.max(...Object.values(records).map(({ fields }) => fields.length))};`,
    "",
  ].join("\n");
}

function upper(name) {
  return name[0].toUpperCase() + name.slice(1);
}

function lower(name) {
  return name[0].toLowerCase() + name.slice(1);
}
