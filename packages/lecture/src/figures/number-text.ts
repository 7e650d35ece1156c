/** A number as the figures write it: with a proper minus, and no more digits than it needs. */
export function numberText(value: number): string {
  const rounded = Number(value.toFixed(4));
  return rounded < 0 ? `−${-rounded}` : String(Math.abs(rounded));
}

/** The same as a factor in a sum. */
export function factorText(value: number): string {
  return value < 0 ? `(${numberText(value)})` : numberText(value);
}
