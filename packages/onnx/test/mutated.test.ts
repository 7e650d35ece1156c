import { ConvfuseError } from "@convfuse/core";
import { describe, expect, test } from "vitest";
import { fuseOnnx, readOnnx, writeOnnx } from "../src/index.js";
import { randomGraph } from "./random-graph.js";
import { randomNumbers } from "./run-onnx.js";

const count = Number(process.env.CONVFUSE_ONNX_MUTATED ?? 1000);
const seed = Number(process.env.CONVFUSE_SEED ?? 1);

/** Changes some bytes, takes some away, or puts some twice. */
function mutated(bytes: Uint8Array, random: () => number): Uint8Array {
  const at = (): number => Math.floor(random() * bytes.length);
  const out = Uint8Array.from(bytes);
  switch (Math.floor(random() * 5)) {
    case 0:
      return out.subarray(0, at());
    case 1: {
      const [from, to] = [at(), at()].sort((a, b) => a - b) as [number, number];
      return Uint8Array.from([...out.subarray(0, from), ...out.subarray(to)]);
    }
    case 2: {
      const [from, to] = [at(), at()].sort((a, b) => a - b) as [number, number];
      return Uint8Array.from([...out.subarray(0, to), ...out.subarray(from)]);
    }
    case 3:
      for (let i = 0; i < 1 + random() * 8; i++) out[at()] = Math.floor(random() * 256);
      return out;
    default:
      // A varint that says as much as it can: lengths, sizes, versions.
      out.fill(0xff, at(), at());
      return out;
  }
}

describe("files that are no files any more", () => {
  const together = 250;
  const starts = Array.from({ length: Math.ceil(count / together) }, (_, i) => i * together);

  test.each(starts)("are refused or fused, and nothing else happens, from %i on", (start) => {
    const random = randomNumbers(seed * 104729 + start);
    for (let i = start; i < Math.min(start + together, count); i++) {
      const { bytes } = randomGraph(1 + Math.floor(random() * 500));
      const file = mutated(bytes, random);
      try {
        const { model } = fuseOnnx(readOnnx(file));
        const written = [...writeOnnx(model)].reduce((sum, { length }) => sum + length, 0);
        expect(written).toBe(writeOnnx(model).length);
      } catch (error) {
        if (!(error instanceof ConvfuseError)) throw new Error(`file ${i}`, { cause: error });
      }
    }
  });
});
