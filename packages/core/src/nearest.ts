/**
 * The name that somebody probably meant, such as paddingMode for padding_mode: the one that takes the fewest
 * letters to change, where case and underscores do not count. Undefined where none is near.
 */
export function nearest(given: string, names: readonly string[]): string | undefined {
  const plainGiven = plain(given);
  let best: { readonly name: string; readonly changes: number } | undefined;
  for (const name of names) {
    const plainName = plain(name);
    const changes = changesBetween(plainGiven, plainName);
    // A word with another before or behind it, such as dilation_rate, is near too.
    const shorter = Math.min(plainGiven.length, plainName.length);
    const contains = shorter > 2 && (plainGiven.includes(plainName) || plainName.includes(plainGiven));
    const isNear = contains || changes <= Math.max(1, Math.floor(shorter / 3));
    if (isNear && (best === undefined || changes < best.changes)) best = { name, changes };
  }
  return best?.name;
}

function plain(name: string): string {
  return name.replace(/[^\p{L}\p{N}]/gu, "").toLowerCase();
}

/** Levenshtein's distance: how many letters have to be put in, left out or replaced. */
function changesBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
