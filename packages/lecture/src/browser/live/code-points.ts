/** The protocol counts code points, JavaScript counts halves of surrogate pairs. */
export function toCodePoints(text: string, offset: number): number {
  return [...text.slice(0, offset)].length;
}

/** The place in JavaScript's counting of one in code points. */
export function fromCodePoints(text: string, codePoints: number): number {
  let offset = 0;
  for (let count = 0; count < codePoints && offset < text.length; count++)
    offset += (text.codePointAt(offset) as number) > 0xffff ? 2 : 1;
  return offset;
}
