/** Shapes by name: of a module's tensors, or of a checkpoint's. */
export type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

export interface PrefixHint {
  readonly text: string;
  /** True: every name of the checkpoint begins with it. */
  readonly wraps: boolean;
}

/**
 * Says so where the checkpoint has the module's names behind a prefix: a wrapper such as DataParallel has put
 * `module.` before every name, or it holds several networks. Names count where the shapes are the same, too.
 * @param own the module's tensors
 * @param state the checkpoint's, under their full names
 * @param loaded how many fit as they are
 */
export function prefixHint(own: Shapes, state: Shapes, loaded: number): PrefixHint | undefined {
  const { prefixes, count } = bestPrefixes(own, state);
  const [first, second] = prefixes;
  if (first === undefined || count <= loaded) return undefined;
  const wraps = second === undefined && [...state.keys()].every((name) => name.startsWith(first));
  if (!wraps && 2 * count <= own.size) return undefined;
  const places = quoted(prefixes, " and behind ");
  const text = `${countOf(count, own.size, "")} there behind ${places}: give prefix: ${JSON.stringify(first)}`;
  return { text, wraps };
}

/** Says so where the checkpoint is one of a part of the module. */
export function childHint(own: Shapes, state: Shapes, loaded: number): string | undefined {
  const { prefixes, count } = bestPrefixes(state, own);
  if (count <= loaded || 2 * count <= state.size) return undefined;
  const paths = prefixes.map((prefix) => prefix.slice(0, -1));
  return `${countOf(count, state.size, " of the state")} in the child ${quoted(paths, " and in ")}: load it into that`;
}

/**
 * The prefixes behind which most of `names` are found in `state`, in their shapes; more than one where they
 * tie.
 */
function bestPrefixes(names: Shapes, state: Shapes): { prefixes: readonly string[]; count: number } {
  const counts = new Map<string, number>();
  for (const [full, { shape }] of state) {
    for (let at = full.indexOf(".") + 1; at > 0; at = full.indexOf(".", at) + 1) {
      const wanted = names.get(full.slice(at));
      if (wanted === undefined || String(wanted.shape) !== String(shape)) continue;
      const prefix = full.slice(0, at);
      counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
    }
  }
  const count = Math.max(0, ...counts.values());
  return { prefixes: [...counts].filter(([, n]) => n === count).map(([prefix]) => prefix), count };
}

function countOf(count: number, all: number, where: string): string {
  return count === all ? `every tensor${where} is` : `${count} of ${all} tensors${where} are`;
}

/** More places than these say nothing. */
const mostPlaces = 3;

function quoted(names: readonly string[], between: string): string {
  const shown = names.slice(0, mostPlaces).map((name) => JSON.stringify(name));
  return (names.length > mostPlaces ? [...shown, "others"] : shown).join(between);
}
