import type { LayerProfile } from "../../layer-profile.js";
import type { LoweredNode } from "../../lowered.js";
import type { Item } from "./schedule.js";

/** The profile of an item that took `milliseconds`. */
export function profileOf(item: Item, milliseconds: number): LayerProfile {
  const timed = { milliseconds, gflops: 0 };
  if (item.kind === "call") {
    const bytes = [...item.inputs, item.out].reduce((sum, buffer) => sum + buffer.bytes, 0);
    return { ...named(item.node), kernel: "layer by layer", ...timed, bytes };
  }
  if (item.kind !== "kernels") {
    const bytes = item.x.bytes + item.out.bytes;
    if (item.kind === "window")
      return { ...named(item.node), kernel: `f32_${item.node.reduce}_pool simd`, ...timed, bytes };
    const label = item.kind === "toBlocks" ? "planes to blocks" : "blocks to planes";
    return { path: "", label, kernel: "f32_layout simd", ...timed, bytes };
  }
  const operations = item.calls.reduce((sum, { algorithm: { geometry: g } }) => {
    const outputs = g.batch * g.outChannels * g.outHeight * g.outWidth;
    return sum + (2 * outputs * g.inChannels * g.kernelHeight * g.kernelWidth) / g.groups;
  }, 0);
  // What several calls read counts once.
  const read = new Set(item.calls.flatMap(({ x, residual }) => [x, ...(residual ? [residual] : [])]));
  read.delete(item.out);
  const weights = new Set(item.calls.map(({ weight }) => weight));
  const bytes = [...read, ...weights, item.out].reduce((sum, one) => sum + one.bytes, 0);
  return {
    ...named(item.node),
    kernel: item.calls[0]?.algorithm.name ?? "",
    milliseconds,
    gflops: milliseconds > 0 ? operations / milliseconds / 1e6 : 0,
    bytes,
  };
}

function named({ path, label }: LoweredNode): { path: string; label: string } {
  return { path, label };
}
