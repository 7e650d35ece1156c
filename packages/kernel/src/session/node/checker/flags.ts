/**
 * How Node is started for the checker; a start-up snapshot serves only the flags that it was made with. V8
 * would let the space for new objects grow to 48 MiB, which a checker fills without being any faster. Giving
 * the tables of a snapshot new hash seeds takes a tenth of a second, and guards against input from strangers,
 * of which a checker has none. Threads beside the checker's own compile what it has run for a while: the four
 * that Node starts take its processor away on a machine with two.
 */
export const checkerFlags: readonly string[] = [
  "--no-warnings",
  "--max-semi-space-size=4",
  "--v8-pool-size=1",
  "--no-rehash-snapshot",
];
