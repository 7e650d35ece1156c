/** The lecture's parts in order. */
export type Part = "convolution" | "fusing" | "reasons" | "networks" | "reference";

/** The number of each part's first lesson; what has no number is for looking things up. */
const beginnings: readonly (readonly [from: number, part: Part])[] = [
  [1, "convolution"],
  [7, "fusing"],
  [16, "reasons"],
  [17, "networks"],
];

/** Lessons by the part that they belong to, both in order; parts without a lesson are left out. */
export function inParts<Lesson extends { readonly name: string }>(
  lessons: readonly Lesson[],
): readonly { readonly part: Part; readonly lessons: readonly Lesson[] }[] {
  const parts = new Map<Part, Lesson[]>();
  for (const lesson of lessons) {
    const part = partOf(lesson.name);
    parts.set(part, [...(parts.get(part) ?? []), lesson]);
  }
  return [...parts].map(([part, own]) => ({ part, lessons: own }));
}

function partOf(name: string): Part {
  const number = Number(/^\d+/.exec(name)?.[0] ?? Number.NaN);
  return beginnings.findLast(([from]) => number >= from)?.[1] ?? "reference";
}
