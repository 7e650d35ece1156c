/** Two sides of an equality in a formula, each a number that can be worked out. */
export interface Equality {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  /** How many digits behind the point have to agree: all, or as many as an approximation shows. */
  readonly digits: number;
}

/** The equalities between plain numbers in the formulas of a Markdown text: `$3\cdot4 + 1 = 13$`, `$50/49 \approx 1.02$`. */
export function arithmeticIn(markdown: string): readonly Equality[] {
  return chainsIn(markdown).flatMap(({ sides, signs }) =>
    sides.slice(1).flatMap((side, i) => {
      const [left, right] = [workedOut(sides[i] as string), workedOut(side)];
      if (left === undefined || right === undefined) return [];
      const sign = signs[i] as string;
      const exponent = Number(/10\^\{(-?\d+)\}/.exec(side)?.[1] ?? 0);
      const shown = (/\.(\d+)/.exec(side)?.[1]?.length ?? 0) - exponent;
      return [{ text: `${sides[i]}${sign}${side}`, left, right, digits: sign === "=" ? 9 : shown }];
    }),
  );
}

/** The values of all sides of such equalities, and of the numbers in them. */
export function resultsOf(markdown: string): ReadonlySet<number> {
  const results = new Set<number>();
  for (const { sides } of chainsIn(markdown)) {
    const values = sides.map(workedOut);
    // A side by itself is no evidence.
    if (values.filter((value) => value !== undefined).length < 2) continue;
    for (const side of sides)
      for (const number of side.replaceAll("\\,", "").match(/\d+(?:\.\d+)?/g) ?? [])
        results.add(Number(number));
  }
  return results;
}

function chainsIn(markdown: string) {
  const formulas = [...markdown.matchAll(/\$\$(.+?)\$\$|\$([^$\n]+)\$/gs)].map(
    ([, display, inline]) => (display ?? inline) as string,
  );
  return formulas
    .flatMap((formula) => formula.split(/(?<!\\),(?!\d)|\\\\|:|\\q?quad|;\\;/))
    .map((formula) => ({
      sides: formula.split(/=|\\approx/).map((side) => side.replace(/^[&\s]+|[\s.]+$/g, "")),
      signs: formula.match(/=|\\approx/g) ?? [],
    }))
    .filter(({ signs }) => signs.length > 0);
}

/** The value of an expression of numbers; undefined where there is anything else in it. */
function workedOut(tex: string): number | undefined {
  const plain = tex
    .replaceAll(/\\[,;]/g, "")
    .replaceAll(/\\[td]?frac\{([^{}]*)\}\{([^{}]*)\}/g, "(($1)/($2))")
    .replaceAll(/\\[td]?frac(\d)(\d)/g, "($1/$2)")
    .replaceAll(/\\cdot|\\times/g, "*")
    .replaceAll("\\lfloor", "floor(")
    .replaceAll("\\rfloor", ")")
    .replaceAll(/\^\{([^{}]*)\}/g, "^($1)")
    .replaceAll(/\\[Bb]ig[lr]?/g, "");
  const tokens = plain.match(/\d+(?:\.\d+)?|floor|[-+*/^()]|\S/g) ?? [];
  let at = 0;
  const next = (...wanted: readonly string[]): string | undefined =>
    wanted.includes(tokens[at] as string) ? tokens[at++] : undefined;

  function atom(): number {
    if (next("-")) return -atom();
    const rounds = next("floor");
    if (next("(")) {
      const inner = sum();
      if (!next(")")) throw new NotPlain();
      return rounds ? Math.floor(inner) : inner;
    }
    const token = tokens[at++] ?? "";
    if (!/^\d/.test(token)) throw new NotPlain();
    return Number(token);
  }
  function power(): number {
    const base = atom();
    return next("^") ? base ** atom() : base;
  }
  function product(): number {
    let value = power();
    for (let sign = next("*", "/"); sign; sign = next("*", "/"))
      value = sign === "*" ? value * power() : value / power();
    return value;
  }
  function sum(): number {
    let value = product();
    for (let sign = next("+", "-"); sign; sign = next("+", "-"))
      value += sign === "+" ? product() : -product();
    return value;
  }
  try {
    const value = sum();
    return at === tokens.length ? value : undefined;
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

class NotPlain extends Error {}
