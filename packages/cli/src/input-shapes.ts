import { Failure } from "./failure.js";

/** Reads `NAME=1,3,224,224`, again and again. */
export function shapesOf(texts: readonly string[]): ReadonlyMap<string, readonly number[]> {
  return new Map(
    texts.map((text) => {
      const at = text.lastIndexOf("=");
      const shape = text
        .slice(at + 1)
        .split(/[,x]/)
        .map(Number);
      if (at < 1 || shape.some((size) => !Number.isSafeInteger(size) || size < 0)) {
        throw new Failure(`--shape must be NAME=1,3,224,224: ${text}`);
      }
      return [text.slice(0, at), shape] as const;
    }),
  );
}
