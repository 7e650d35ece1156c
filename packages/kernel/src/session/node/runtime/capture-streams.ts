import { StringDecoder } from "node:string_decoder";
import { ownerId } from "../../runtime/runs.js";
import { write } from "../../runtime/streams.js";

/** Leads `process.stdout` and `process.stderr`, and so `console`, to the cell that writes. */
export function captureStreams(): void {
  for (const name of ["stdout", "stderr"] as const) {
    const decoders = new Map<string, StringDecoder>();
    const decode = (parent: string, chunk: Uint8Array): string => {
      // A cell's bytes may be cut anywhere; another cell's must not get between them.
      let decoder = decoders.get(parent);
      if (!decoder) {
        decoders.clear();
        decoder = new StringDecoder("utf8");
        decoders.set(parent, decoder);
      }
      return decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    };
    const replacement = (
      chunk: string | Uint8Array,
      encoding?: BufferEncoding | ((error?: Error | null) => void),
      callback?: (error?: Error | null) => void,
    ): boolean => {
      const parent = ownerId();
      const text =
        typeof chunk !== "string"
          ? decode(parent, chunk)
          : typeof encoding === "string" && !/^utf-?8$/i.test(encoding)
            ? decode(parent, Buffer.from(chunk, encoding))
            : chunk;
      if (text !== "") write(parent, name, text);
      const done = typeof encoding === "function" ? encoding : callback;
      if (done) process.nextTick(done, null);
      return true;
    };
    process[name].write = replacement as typeof process.stdout.write;
  }
}
