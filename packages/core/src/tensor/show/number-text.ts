/**
 * Numbers as C and Python print them. JavaScript's `toFixed` and `toExponential` round a tie away from zero,
 * C and Python round it to the even digit: 0.03125 with four decimals is 0.0312, not 0.0313. Both here take
 * float32 values.
 */

/** `%.{decimals}f` for a float32 below 1e9: `0.0312`, `-0.0000`, `inf`, `nan`. */
export function fixedText(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return nonFiniteText(value);
  const magnitude = Math.abs(value);
  // A float32 times 10^4 is exact in float64, so a tie is a tie here too, and its lower neighbour of even
  // digits is the one to print.
  const scale = 10 ** decimals;
  const low = Math.floor(magnitude * scale);
  const isTieToBelow = magnitude * scale - low === 0.5 && low % 2 === 0;
  return `${sign(value)}${(isTieToBelow ? low / scale : magnitude).toFixed(decimals)}`;
}

/** `%.{decimals}e` for a float32: `1.2500e-05`, `inf`, `nan`. */
export function exponentText(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return nonFiniteText(value);
  const text = evenExponential(Math.abs(value), decimals);
  // JavaScript writes e+5 where C writes e+05.
  const power = text.length - 1;
  const isShort = text[power - 1] === "+" || text[power - 1] === "-";
  return `${sign(value)}${isShort ? `${text.slice(0, power)}0${text[power]}` : text}`;
}

/** `toExponential` with ties to the even digit. */
function evenExponential(magnitude: number, decimals: number): string {
  // Only what has a 5 behind the last digit can be a tie.
  const one = magnitude.toExponential(decimals + 1);
  if (one[decimals + 2] !== "5") return magnitude.toExponential(decimals);
  // A tie has so few digits that 40 show it whole.
  const [digits, power] = magnitude.toExponential(40).split("e") as [string, string];
  const kept = digits.slice(0, 2 + decimals);
  const isTie = /^50*$/.test(digits.slice(2 + decimals));
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
