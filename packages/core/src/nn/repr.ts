/** A tuple as Python prints it: `(3, 3)`, `(3,)`. */
export function tuple(values: readonly (number | string)[]): string {
  return values.length === 1 ? `(${values[0]},)` : `(${values.join(", ")})`;
}

/** A number as it is, or a tuple. */
export function numberOrTuple(value: number | readonly number[]): string {
  return typeof value === "number" ? String(value) : tuple(value);
}

/** A boolean as Python prints it. */
export function pythonBoolean(value: boolean): string {
  return value ? "True" : "False";
}

/** A float as Python prints it: `1e-05`, `0.1`, `1.0`. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const [mantissa, power] = value.toExponential().split("e") as [string, string];
  if (Number(power) < -4 || Number(power) >= 16) {
    const digits = power.slice(1).padStart(2, "0");
    return `${mantissa}e${power[0]}${digits}`;
  }
  if (Object.is(value, -0)) return "-0.0";
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
