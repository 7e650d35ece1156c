/**
 * Numbers as C and Python print them. JavaScript's `toFixed` and `toExponential` round a tie away from zero, C and Python
 * round it to the even digit: 0.03125 with four decimals is 0.0312, not 0.0313. Both here take float32 values.
 */

/** `%.{decimals}f` for a float32 below 1e9: `0.0312`, `-0.0000`, `inf`, `nan`. */
export function fixedText(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return nonFiniteText(value);
  const scale = 10 ** decimals;
  // A float32 times 10^4 is exact in float64, so a tie is a tie here too.
  const scaled = Math.abs(value) * scale;
  const low = Math.floor(scaled);
  const fraction = scaled - low;
  const digits = fraction > 0.5 || (fraction === 0.5 && low % 2 === 1) ? low + 1 : low;
  const whole = Math.floor(digits / scale);
  const tail = decimals === 0 ? "" : `.${String(digits % scale).padStart(decimals, "0")}`;
  return `${sign(value)}${whole}${tail}`;
}

/** `%.{decimals}e` for a float32: `1.2500e-05`, `inf`, `nan`. */
export function exponentText(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return nonFiniteText(value);
  const magnitude = Math.abs(value);
  const [mantissa, power] = evenExponential(magnitude, decimals).split("e") as [string, string];
  return `${sign(value)}${mantissa}e${power[0]}${power.slice(1).padStart(2, "0")}`;
}

/** `toExponential` with ties to the even digit. */
function evenExponential(magnitude: number, decimals: number): string {
  // Digits that name a number are as few as can be, and those of a tie end with the one that is to be rounded.
  const [digits] = magnitude.toExponential().split("e") as [string];
  if (digits.length !== decimals + 3 || !digits.endsWith("5")) return magnitude.toExponential(decimals);
  // A tie has so few digits that 40 show it whole.
  const [exact, power] = magnitude.toExponential(40).split("e") as [string, string];
  const kept = exact.slice(0, 2 + decimals);
  const isTie = /^50*$/.test(exact.slice(2 + decimals));
  const isEven = Number(kept.at(-1)) % 2 === 0;
  return isTie && isEven ? `${kept}e${power}` : magnitude.toExponential(decimals);
}

function sign(value: number): string {
  return value < 0 || Object.is(value, -0) ? "-" : "";
}

function nonFiniteText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  return value > 0 ? "inf" : "-inf";
}
