/** A piece of memory that is needed from the step `from` to the step `to`, both included. */
export interface Piece {
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
}

const alignment = 64;

/**
 * Offsets in one arena so that pieces that are needed at the same time do not overlap: the largest first,
 * each as low as it fits.
 * @returns the offsets in the order of the pieces, and the arena's size
 */
export function arrange(pieces: readonly Piece[]): { offsets: number[]; bytes: number } {
  const offsets = new Array<number>(pieces.length).fill(0);
  const order = [...pieces.keys()].sort((a, b) => size(pieces, b) - size(pieces, a));
  const placed: number[] = [];
  let bytes = 0;
  for (const index of order) {
    const piece = pieces[index] as Piece;
    const busy = placed
      .filter((other) => overlaps(pieces[other] as Piece, piece))
      .map((other) => ({
        start: offsets[other] as number,
        end: (offsets[other] as number) + size(pieces, other),
      }))
      .sort((a, b) => a.start - b.start);
    let at = 0;
    for (const { start, end } of busy) {
      if (at + size(pieces, index) <= start) break;
      at = Math.max(at, end);
    }
    offsets[index] = at;
    placed.push(index);
    bytes = Math.max(bytes, at + size(pieces, index));
  }
  return { offsets, bytes };
}

function size(pieces: readonly Piece[], index: number): number {
  return Math.ceil((pieces[index] as Piece).bytes / alignment) * alignment;
}

function overlaps(a: Piece, b: Piece): boolean {
  return a.from <= b.to && b.from <= a.to;
}
