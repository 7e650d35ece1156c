import { expect, test } from "vitest";
import { FormatError, readNpy, readNpz, readPth, readSafetensors, type StateArray } from "../../src/index.js";
import { Dice } from "../fuse/random-tree.js";
import { file, npyFiles } from "./checkpoint-files.js";

const count = 5_000;

const formats: readonly {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  readonly read: (bytes: Uint8Array) => Iterable<StateArray>;
}[] = [
  { name: "safetensors", seeds: [file("safetensors")], read: (bytes) => readSafetensors(bytes).values() },
  { name: "npy", seeds: [...npyFiles.values(), file("npyFortran")], read: (bytes) => [readNpy(bytes)] },
  { name: "npz", seeds: [file("npz"), file("npzCompressed")], read: (bytes) => readNpz(bytes).values() },
  {
    name: "pth",
    seeds: [file("pth"), file("module"), file("nested"), file("views")],
    read: (bytes) => readPth(bytes).values(),
  },
];

/** Bytes changed, cut off, repeated, or replaced by numbers that mean trouble. */
function mutated(source: Uint8Array, dice: Dice): Uint8Array {
  let bytes = source.slice();
  for (let times = 1 + dice.roll(4); times > 0 && bytes.length > 0; times--) {
    const at = dice.roll(bytes.length);
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
        bytes = Uint8Array.of(...bytes.slice(0, end), ...bytes.slice(at));
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

test.each(formats)(
  `${count} mutated $name files: read, or refused by a FormatError, within the file's size times four`,
  ({ seeds, read }) => {
    let refused = 0;
    for (let seed = 0; seed < count; seed++) {
      const dice = new Dice(seed);
      const bytes = mutated(dice.of(seeds), dice);
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
