type Token =
  | { readonly kind: "any" | "many" }
  | {
      readonly kind: "set";
      readonly negated: boolean;
      readonly ranges: readonly (readonly [string, string])[];
    };

function parseSet(pattern: readonly string[], start: number): { token: Token; next: number } | null {
  let at = start + 1;
  const negated = pattern[at] === "^" || pattern[at] === "!";
  if (negated) at += 1;
  const ranges: [string, string][] = [];
  for (let first = true; first || pattern[at] !== "]"; first = false) {
    const from = pattern[at];
    // A bracket that nothing closes stands for itself.
    if (from === undefined) return null;
    const to = pattern[at + 2];
    if (pattern[at + 1] === "-" && to !== undefined && to !== "]") {
      ranges.push([from, to]);
      at += 3;
    } else {
      ranges.push([from, from]);
      at += 1;
    }
  }
  return { token: { kind: "set", negated, ranges }, next: at + 1 };
}

function parse(pattern: readonly string[]): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < pattern.length) {
    const character = pattern[at] ?? "";
    const set = character === "[" ? parseSet(pattern, at) : null;
    if (set) {
      tokens.push(set.token);
      at = set.next;
      continue;
    }
    if (character === "*") tokens.push({ kind: "many" });
    else if (character === "?") tokens.push({ kind: "any" });
    else tokens.push({ kind: "set", negated: false, ranges: [[character, character]] });
    at += 1;
  }
  return tokens;
}

function accepts(token: Token, character: string): boolean {
  if (token.kind !== "set") return true;
  return token.negated !== token.ranges.some(([from, to]) => from <= character && character <= to);
}

/**
 * Whether a whole text matches a glob of `*`, `?` and `[sets]`, as SQLite's GLOB does, which IPython searches
 * its history with. Takes at most pattern times text steps: a regular expression could be made to take for
 * ever.
 */
export function globMatcher(pattern: string): (text: string) => boolean {
  const tokens = parse([...pattern]);
  return (text) => {
    const characters = [...text];
    let token = 0;
    let at = 0;
    let lastMany = -1;
    let resumeAt = 0;
    while (at < characters.length) {
      const current = tokens[token];
      if (current?.kind === "many") {
        lastMany = token;
        resumeAt = at;
        token += 1;
      } else if (current && accepts(current, characters[at] ?? "")) {
        token += 1;
        at += 1;
      } else if (lastMany >= 0) {
        // Let the last star take one character more, and go on behind it.
        token = lastMany + 1;
        resumeAt += 1;
        at = resumeAt;
      } else return false;
    }
    return tokens.slice(token).every(({ kind }) => kind === "many");
  };
}
