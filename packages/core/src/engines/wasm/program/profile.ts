import type { LayerProfile } from "../../layer-profile.js";
import type { Item } from "./schedule.js";

/** The profile of an item that took so long. */
export function profileOf(item: Item, milliseconds: number): LayerProfile {
  if (item.do === "call") {
    const bytes = [...item.inputs, item.out].reduce((sum, buffer) => sum + buffer.bytes, 0);
    return { ...named(item.node), kernel: "layer by layer", milliseconds, gflops: 0, bytes };
  }
  if (item.do !== "kernels") {
    const label = item.do === "block" ? "planes to blocks" : "blocks to planes";
    const bytes = item.x.bytes + item.out.bytes;
    return { path: "", label, kernel: "f32_layout simd", milliseconds, gflops: 0, bytes };
  }
  const operations = item.calls.reduce((sum, { layer: { geometry: g } }) => {
    const outputs = g.batch * g.outChannels * g.outHeight * g.outWidth;
    return sum + (2 * outputs * g.inChannels * g.kernelHeight * g.kernelWidth) / g.groups;
  }, 0);
  const read = item.calls.reduce(
    (sum, call) => sum + call.x.bytes + (call.residual?.bytes ?? 0) + call.layer.weightFloats * 4,
    0,
  );
  return {
    ...named(item.node),
    kernel: item.calls[0]?.layer.name ?? "",
    milliseconds,
    gflops: milliseconds > 0 ? operations / milliseconds / 1e6 : 0,
    bytes: read + item.out.bytes,
  };
}

function named(node: { path: string; op: string; label?: string }): { path: string; label: string } {
  return { path: node.path, label: node.label ?? "Concat" };
}
