/**
 * How Node is started for the checker; a start-up snapshot serves only the flags that it was made with. V8
 * would let the space for new objects grow to 48 MiB, which a checker fills without being any faster. Giving
 * the tables of a snapshot new hash seeds takes a tenth of a second, and guards against input from strangers,
 * of which a checker has none.
 */
export const checkerFlags: readonly string[] = [
  "--no-warnings",
  "--max-semi-space-size=4",
  "--no-rehash-snapshot",
];
