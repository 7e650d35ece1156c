import type { Blocked } from "../algorithms/blocked.js";
import type { LayoutRecord, Step } from "../machine/records.js";
import { type Buffer, imagesOf } from "./buffers.js";

/**
 * The steps between planes, [batch, channels, depth, ...], and blocks, whose images are [batch, depth]: with
 * depth, one for each image.
 * @param spoiled where to note a value that is not finite; 0: nowhere
 */
export function layoutSteps(
  kind: "block" | "plane",
  planes: Buffer,
  blocks: Buffer,
  spoiled: number,
): Step[] {
  const layout = blocks.layout();
  const { depth, images } = imagesOf(blocks.value);
  const record = layoutRecord(layout, planes.at, blocks.at, spoiled);
  const units = layout.groups * layout.blocks;
  if (depth === 1) return [{ kind, record, units: images * units }];
  const channels = layout.groups * layout.channels;
  return Array.from({ length: images }, (_, image) => {
    const plane = Math.floor(image / depth) * channels * depth + (image % depth);
    const own: LayoutRecord = {
      ...record,
      batch: 1,
      planes: record.planes + plane * record.planeStride,
      blocks: record.blocks + image * layout.imageStride,
      planeStride: depth * record.planeStride,
    };
    return { kind, record: own, units };
  });
}

/** The step that fills a buffer's border with zeros, if it has one. */
export function borderSteps(blocks: Buffer): Step[] {
  const { border, at } = blocks;
  if (border.top + border.bottom + border.left + border.right === 0) return [];
  const layout = blocks.layout();
  const units = layout.batch * layout.groups * layout.blocks;
  return [{ kind: "border", record: layoutRecord(layout, 0, at), units }];
}

/**
 * The record for a change between planes and blocks; `spoiled` is where to note a value that is not finite.
 */
export function layoutRecord(b: Blocked, planes: number, blocks: number, spoiled = 0): LayoutRecord {
  return {
    planes,
    blocks: blocks + b.origin,
    groupChannels: b.channels,
    blockChannels: b.lanes,
    blocksPerGroup: b.blocks,
    groups: b.groups,
    batch: b.batch,
    height: b.height,
    width: b.width,
    planeStride: b.height * b.width * 4,
    blockStride: b.blockStride,
    rowStride: b.rowStride,
    top: b.top,
    bottom: b.bottom,
    left: b.left,
    right: b.right,
    pixelBytes: b.pixelBytes,
    spoiled,
  };
}
