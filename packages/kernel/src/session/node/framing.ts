import { deserialize, serialize } from "node:v8";

/** One value as the bytes that go over a pipe: a 32-bit length, then the structured clone. */
export function encodeFrame(value: unknown): Buffer {
  const body = serialize(value);
  const head = Buffer.alloc(4);
  head.writeUInt32LE(body.length);
  return Buffer.concat([head, body]);
}

/** Gives back the function that takes chunks as they come and calls `onFrame` once for every whole value. */
export function frameDecoder(onFrame: (value: unknown) => void): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let size = 0;
  return (chunk) => {
    parts.push(chunk);
    size += chunk.length;
    // Joining only when a whole frame is there keeps a 10 MB frame from being copied once per chunk.
    for (;;) {
      if (size < 4) return;
      if ((parts[0]?.length ?? 0) < 4) parts = [Buffer.concat(parts)];
      const length = parts[0]?.readUInt32LE(0) ?? 0;
      if (size < 4 + length) return;
      const joined = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
      const rest = joined.subarray(4 + length);
      parts = rest.length === 0 ? [] : [rest];
      size = rest.length;
      onFrame(deserialize(joined.subarray(4, 4 + length)));
    }
  };
}
