import { strToU8, unzipSync, zipSync } from "fflate";
import ndarray from "ndarray";
import { expect, test } from "vitest";
import {
  ArgumentError,
  FormatError,
  findStateDict,
  readNpy,
  readNpz,
  readPth,
  readSafetensors,
  type StateArray,
  writeNpy,
} from "../../src/index.js";
import { joinBytes } from "../../src/io/binary/encode.js";
import { Dice } from "../fuse/random-tree.js";
import { file, npyFiles } from "./checkpoint-files.js";
import { type FileCase, otherFiles } from "./other-files.js";

const count = 5_000;

/** Files of others, those of one format and not of another. */
const others = (reader: FileCase["reader"], legacy = false): readonly Uint8Array[] =>
  otherFiles
    .filter((one) => one.reader === reader && one.name.startsWith("legacy") === legacy)
    .map(({ bytes }) => bytes);

/** Everything that is done with a checkpoint: what is found in it must be harmless, too. */
function readAndSearch(bytes: Uint8Array): readonly StateArray[] {
  const file = readPth(bytes);
  try {
    return [...file.values(), ...findStateDict(file).values()];
  } catch (error) {
    if (error instanceof ArgumentError) return [...file.values()];
    throw error;
  }
}

const formats: readonly {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  readonly read: (bytes: Uint8Array) => Iterable<StateArray>;
  /** Archives whose entries are mutated, too. */
  readonly archives?: readonly Uint8Array[];
}[] = [
  {
    name: "safetensors",
    seeds: [file("safetensors"), ...others("safetensors")],
    read: (bytes) => readSafetensors(bytes).values(),
  },
  { name: "npy", seeds: [...npyFiles.values(), file("npyFortran")], read: (bytes) => [readNpy(bytes)] },
  {
    name: "npz",
    seeds: [file("npz"), file("npzCompressed"), file("npzZeros"), ...others("npz")],
    read: (bytes) => readNpz(bytes).values(),
    archives: [file("npz"), file("npzCompressed"), ...others("npz")],
  },
  {
    name: "pth",
    seeds: [file("pth"), file("module"), file("nested"), file("views")],
    read: readAndSearch,
    archives: [file("pth"), file("module"), file("nested"), file("views")],
  },
  {
    name: "pth, of modules and other objects",
    seeds: others("pth"),
    read: readAndSearch,
    archives: others("pth"),
  },
  { name: "pth, older than PyTorch 1.6", seeds: [file("old"), ...others("pth", true)], read: readAndSearch },
];

/** Files of a few hundred kilobytes, half of their numbers in half precision, which grows when it is read, and half of those compressed. */
function largeFiles(): Readonly<Record<string, Uint8Array>> {
  const dice = new Dice(3);
  const noise = Uint8Array.from({ length: 120_000 }, () => dice.roll(256));
  const half = joinBytes([npyHeader("{'descr': '<f2', 'fortran_order': False, 'shape': (60000,), }"), noise]);
  const float = writeNpy(ndarray(new Float32Array(noise.buffer), [30_000]));
  const header = JSON.stringify({
    half: { dtype: "F16", shape: [60_000], data_offsets: [0, 120_000] },
    float: { dtype: "F32", shape: [30_000], data_offsets: [120_000, 240_000] },
  });
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  const pickle = (type: string, key: string): string =>
    `X\u0001\0\0\0${key}ctorch._utils\n_rebuild_tensor_v2\n((X\u0007\0\0\0storagectorch\n${type}Storage\nX\u0001\0\0\0${key}X\u0003\0\0\0cpuM\u0030\u0075tQK\0(M\u0030\u0075t(K\u0001tNNtR`;
  return {
    npy: half,
    safetensors: joinBytes([length, strToU8(header), noise, noise]),
    npz: zipSync({ "half.npy": half, "float.npy": [float, { level: 0 }] }),
    pth: zipSync(
      {
        "a/data.pkl": strToU8(`}(${pickle("Half", "0")}${pickle("Float", "1")}u.`),
        "a/data/0": noise,
        "a/data/1": noise,
      },
      { level: 0 },
    ),
  };
}

function npyHeader(dictionary: string): Uint8Array {
  const header = strToU8(dictionary);
  return Uint8Array.of(0x93, ...strToU8("NUMPY"), 1, 0, header.length & 255, header.length >> 8, ...header);
}

/**
 * Bytes changed, cut off, repeated, or replaced by numbers that mean trouble.
 * @param nearEnds only in the first and last so many bytes, where a large file says what it holds
 */
function mutated(source: Uint8Array, dice: Dice, nearEnds = source.length): Uint8Array {
  let bytes: Uint8Array = Uint8Array.from(source);
  for (let times = 1 + dice.roll(4); times > 0 && bytes.length > 0; times--) {
    const place = dice.roll(Math.min(nearEnds, bytes.length));
    const at = nearEnds < bytes.length && dice.roll(2) === 0 ? bytes.length - 1 - place : place;
    switch (dice.roll(6)) {
      case 0:
        bytes[at] = dice.roll(256);
        break;
      case 1:
        bytes[at] = (bytes[at] as number) ^ (1 << dice.roll(8));
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3: {
        const end = Math.min(at + 1 + dice.roll(16), bytes.length);
        bytes = joinBytes([bytes.slice(0, end), bytes.slice(at)]);
        break;
      }
      case 4:
        bytes.fill(dice.of([0, 0x7f, 0xff, 0x5d, 0x28]), at, at + 1 + dice.roll(8));
        break;
      default:
        bytes.copyWithin(at, dice.roll(bytes.length), dice.roll(bytes.length));
    }
  }
  return bytes;
}

/** An archive with one of its entries mutated, and the checksum that fits: what is behind the archive's own checks has to hold as well. */
function mutatedInside(archive: Uint8Array, dice: Dice): Uint8Array {
  const entries = Object.entries(unzipSync(archive));
  const chosen = dice.roll(entries.length);
  const files = entries.map(([name, data], i) => [name, i === chosen ? mutated(data, dice) : data] as const);
  return zipSync(Object.fromEntries(files), { level: 0 });
}

test.each(formats)(
  `${count} mutated $name files: read, or refused by a FormatError, within the file's size times four`,
  ({ seeds, read, archives = [] }) => {
    let refused = 0;
    for (let seed = 0; seed < count; seed++) {
      const dice = new Dice(seed);
      const inside = archives.length > 0 && seed % 2 === 0;
      const bytes = inside ? mutatedInside(dice.of(archives), dice) : mutated(dice.of(seeds), dice);
      try {
        const buffers = new Map([...read(bytes)].map((array) => [array.data.buffer, array.data.byteLength]));
        const allocated = [...buffers.values()].reduce((sum, size) => sum + size, 0);
        expect(allocated, `seed ${seed}`).toBeLessThanOrEqual(4 * bytes.length);
      } catch (error) {
        if (!(error instanceof FormatError)) throw new Error(`seed ${seed}`, { cause: error });
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(count / 10);
  },
  120_000,
);

/** What a process takes for arrays beside a file's: readers of text, views, and the test itself. */
const besides = 16_384;

/** How much more memory arrays take after a file has been read or refused; while its arrays are in use, nothing can have been given back. */
function allocated(bytes: Uint8Array, read: (bytes: Uint8Array) => Iterable<StateArray>): number {
  const before = process.memoryUsage().arrayBuffers;
  let arrays: StateArray[] = [];
  try {
    arrays = [...read(bytes)];
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
  const after = process.memoryUsage().arrayBuffers;
  return arrays.length >= 0 ? after - before : 0;
}

test.each(formats.filter(({ name }) => name in largeFiles()))(
  "100 mutated $name files of 240 kB: all that is allocated is within the file's size times four",
  ({ name, read }) => {
    const source = largeFiles()[name] as Uint8Array;
    // A measure that sees nothing would prove nothing. What others leave behind may be collected in the middle of one reading, not of all.
    const seen = Array.from({ length: 8 }, () => allocated(source, read));
    expect(Math.max(...seen)).toBeGreaterThan(source.length / 2);
    for (let seed = 0; seed < 100; seed++) {
      const bytes = mutated(source, new Dice(seed), 600);
      expect(allocated(bytes, read), `seed ${seed}`).toBeLessThanOrEqual(4 * bytes.length + besides);
    }
  },
);

test("tensors that all lie in the same bytes are refused before any is copied", () => {
  const entry = { dtype: "U8", shape: [100_000], data_offsets: [0, 100_000] };
  const header = strToU8(
    JSON.stringify(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [i, entry]))),
  );
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  const bytes = joinBytes([length, header, new Uint8Array(100_000)]);
  expect(() => readSafetensors(bytes)).toThrow("safetensors: two tensors overlap");
  expect(allocated(bytes, (file) => readSafetensors(file).values())).toBeLessThan(besides);
});
