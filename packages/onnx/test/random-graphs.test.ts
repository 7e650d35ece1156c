import { describe, expect, test } from "vitest";
import { fusedFile } from "./fused.js";
import { randomGraph } from "./random-graph.js";
import { distance, runOnnx } from "./run-onnx.js";

const count = Number(process.env.CONVFUSE_ONNX_GRAPHS ?? 200);
const first = 100_000 * Number(process.env.CONVFUSE_SEED ?? 1);
const together = 50;

describe("random networks give in onnxruntime what they gave before they were fused", () => {
  let fusedOnes = 0;
  const starts = Array.from({ length: Math.ceil(count / together) }, (_, i) => first + i * together);

  test.each(starts)("from seed %i on", async (start) => {
    for (let seed = start; seed < Math.min(start + together, first + count); seed++) {
      const { bytes, feeds, text, tolerance } = randomGraph(seed);
      const growth = seed % 2 === 0 ? "none" : "any";
      const { bytes: fused, report, proto } = fusedFile(bytes, { growth });
      const names = proto.graph?.node.map(({ name }) => name).filter((name) => name !== "") ?? [];
      expect(new Set(names).size, `names of nodes, seed ${seed}`).toBe(names.length);
      expect(report.putBack, `regions put back, seed ${seed}\n${text}`).toEqual([]);
      expect(report.after.convolutions, `convolutions, seed ${seed}\n${text}`).toBeLessThanOrEqual(
        report.before.convolutions,
      );
      expect(report.after.nodes, `nodes, seed ${seed}\n${text}`).toBeLessThanOrEqual(report.before.nodes);
      if (report.regions.length > 0) fusedOnes++;
      const again = fusedFile(fused, { growth, verify: false });
      expect(again.report.regions, `fused once more, seed ${seed}\n${text}`).toEqual([]);
      expect(Buffer.compare(again.bytes, fused), `bytes once more, seed ${seed}\n${text}`).toBe(0);
      const [before, after] = [await runOnnx(bytes, feeds), await runOnnx(fused, feeds)];
      expect(distance(before, after), `outputs, seed ${seed}\n${text}`).toBeLessThan(tolerance);
    }
  });

  test("many of them had something to fuse", () => {
    expect(fusedOnes).toBeGreaterThan(count / 3);
  });
});
