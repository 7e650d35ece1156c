/** The clock, in milliseconds. A cell may put something else in its place, so it is taken before any runs. */
export const now: () => number = performance.now.bind(performance);
