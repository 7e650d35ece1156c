/** Shapes of inputs, by name. */
export type InputShapes = ReadonlyMap<string, readonly number[]>;

/** Reads `NAME=1,3,224,224`; undefined: that is not what the text says. */
export function inputShape(text: string): readonly [name: string, shape: readonly number[]] | undefined {
  const at = text.lastIndexOf("=");
  const sizes = text.slice(at + 1).split(/[,x]/);
  const isShape = at > 0 && sizes.every((size) => /^\d+$/.test(size) && Number.isSafeInteger(Number(size)));
  return isShape ? [text.slice(0, at), sizes.map(Number)] : undefined;
}
