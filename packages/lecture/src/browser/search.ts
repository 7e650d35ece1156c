import MiniSearch from "minisearch";

/** A section of a lesson. */
export interface Place {
  /** Seen from the folder of the language's pages. */
  readonly url: string;
  readonly lesson: string;
  /** "" above a lesson's first heading. */
  readonly heading: string;
  readonly text: string;
  readonly code: string;
}

/** A place that has every word of the query, and a piece of its text with the words in it marked. */
export interface Found {
  readonly place: Place;
  readonly excerpt: readonly Piece[];
}

/** A piece of an excerpt; `hit`: it is what was searched for. */
export interface Piece {
  readonly text: string;
  readonly hit: boolean;
}

/** Characters of an excerpt before and after the first hit, up to the end of a word. */
const before = 60;
const after = 140;
/** Longer words than this one are cut: Chinese has no spaces. */
const longestWord = 24;

/** Prepares the search over places. Best first, at most `limit` of them. */
export function searchOver(places: readonly Place[]): (query: string, limit: number) => readonly Found[] {
  const index = new MiniSearch<Place & { readonly id: number }>({
    fields: ["lesson", "heading", "text", "code"],
    tokenize: (text) =>
      words(`${text} ${compounds(text).map(joined).join(" ")}`, pairsAndLast).flatMap((word) => [
        word,
        ...parts(word),
      ]),
    searchOptions: {
      tokenize: (query) => words(query, pairs),
      combineWith: "AND",
      prefix: true,
      fuzzy: (term) => (/^\w{5,}$/.test(term) ? 0.2 : false),
      boost: { lesson: 2, heading: 4, code: 0.5 },
    },
  });
  // Above its first heading a lesson has its title.
  index.addAll(places.map((place, id) => ({ ...place, heading: place.heading || place.lesson, id })));
  return (query, limit) => {
    const found = index.search(query);
    // Who writes "depth-wise" means what we write as one word.
    return (found.length > 0 ? found : index.search(joined(query))).slice(0, limit).map(({ id, terms }) => {
      const place = places[id as number] as Place;
      const inText = terms.map((term) => spelled(place.text.toLowerCase(), term));
      const isIn = (text: string): boolean => inText.some((term) => text.toLowerCase().includes(term));
      // Prose says more than code.
      const told = isIn(place.text) || !isIn(place.code) ? place.text : place.code;
      return { place, excerpt: excerpt(told, inText) };
    });
  };
}

/**
 * Words with hyphens in them. Each is searched as one word, too: "re-parameterization" is found by "reparam".
 */
function compounds(text: string): readonly string[] {
  return text.match(/\p{L}+(?:-\p{L}+)+/gu) ?? [];
}

/** What was found, as the text writes it: with the hyphens of a compound. */
function spelled(text: string, term: string): string {
  if (text.includes(term)) return term;
  return compounds(text).find((compound) => joined(compound) === term) ?? term;
}

function joined(text: string): string {
  return text.replaceAll(/(?<=\p{L})-(?=\p{L})/gu, "");
}

/** The words of a text; `cut` is for runs of Han characters. */
export function words(text: string, cut: (run: readonly string[]) => string[]): string[] {
  const runs = text.match(/\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{N}_])+/gu) ?? [];
  return runs.flatMap((run) => (/\p{Script=Han}/u.test(run) ? cut([...run]) : [run]));
}

/**
 * Chinese has no spaces, and programs do not agree on where its words end: each two neighbouring characters
 * are a word, so that what is searched for is found wherever it stands.
 */
export function pairs(run: readonly string[]): string[] {
  return run.length < 2 ? [...run] : run.slice(1).map((character, i) => `${run[i]}${character}`);
}

/** In what is searched, the last character is a word, too: then each single one begins a word. */
export function pairsAndLast(run: readonly string[]): string[] {
  return run.length < 2 ? [...run] : [...pairs(run), run.at(-1) as string];
}

/** Of a name in code the words that it is made of: `verifyFusion` is found by `fusion`, too. */
function parts(word: string): string[] {
  const found = word.match(/\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})|\p{N}+/gu) ?? [];
  return found.length > 1 ? found : [];
}

function excerpt(text: string, terms: readonly string[]): Piece[] {
  const low = text.toLowerCase();
  const places = terms.map((term) => low.indexOf(term)).filter((at) => at >= 0);
  // None, where the words are in the titles.
  const first = places.length === 0 ? 0 : Math.min(...places);
  const from = wordEnd(text, first - before);
  const to = wordEnd(text, from + before + after);
  const pieces = marked(text.slice(from, to), terms);
  if (from > 0) pieces.unshift({ text: "… ", hit: false });
  if (to < text.length) pieces.push({ text: " …", hit: false });
  return pieces;
}

/** The place itself, or the end of the word that it is in. */
function wordEnd(text: string, at: number): number {
  if (at <= 0) return 0;
  if (at >= text.length) return text.length;
  // From the letter before the place on, so that a place between two words is an end.
  const rest = /^[^\s\p{Script=Han}]*/u.exec(text.slice(at - 1, at + longestWord))?.[0].length ?? 0;
  return rest > longestWord || rest === 0 ? at : at - 1 + rest;
}

/** The text in pieces that are hits or are not. Hits that overlap, as pairs of characters do, are one. */
function marked(text: string, terms: readonly string[]): Piece[] {
  const low = text.toLowerCase();
  const hits = new Array<boolean>(text.length).fill(false);
  for (const term of terms) {
    for (let at = low.indexOf(term); at >= 0; at = low.indexOf(term, at + 1))
      hits.fill(true, at, at + term.length);
  }
  const pieces: Piece[] = [];
  let from = 0;
  for (let to = 1; to <= text.length; to++) {
    if (to < text.length && hits[to] === hits[from]) continue;
    pieces.push({ text: text.slice(from, to), hit: hits[from] === true });
    from = to;
  }
  return pieces;
}
