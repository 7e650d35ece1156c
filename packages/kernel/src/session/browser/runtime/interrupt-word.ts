/** How a page tells its worker which run to end, while that keeps messages from coming in. */
export type InterruptSource =
  /** A number in memory that both share. */
  | { readonly kind: "memory"; readonly word: Int32Array }
  /** Blobs that the page takes back: each is asked for until it is gone. */
  | { readonly kind: "blob"; readonly url: string };

/** How often a blob may be asked for, in milliseconds: each takes about one. */
const patience = 80;

let word: Int32Array | undefined;
let url: string | undefined;
let known = 0;
let asked = 0;
let sequence = 0;

export function setInterruptSource(source: InterruptSource): void {
  if (source.kind === "memory") word = source.word;
  // A page that was opened from a file shares no blobs with its worker either.
  else url = isThere(source.url) ? source.url : undefined;
}

/** Notes the run that a message names, or the one that began: a blob that is gone means that one. */
export function noteInterrupt(run: number): void {
  known = Math.max(known, run);
}

export function noteRun(run: number): void {
  sequence = Math.max(sequence, run);
}

/** The last of the runs that the page wants to end. */
export function interruptedRun(): number {
  if (word) return Math.max(known, Atomics.load(word, 0));
  const now = performance.now();
  if (url !== undefined && now - asked > patience) {
    if (!isThere(url)) {
      url = undefined;
      known = Math.max(known, sequence);
    }
    asked = performance.now();
  }
  return known;
}

function isThere(blob: string): boolean {
  const request = new XMLHttpRequest();
  try {
    request.open("GET", blob, false);
    request.send();
    return true;
  } catch {
    return false;
  }
}

/** A worker ends with its page. */
export function endIfOrphaned(): void {}
