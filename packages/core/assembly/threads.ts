// Several threads run the same program: each takes the next units of a step that nobody has taken, and goes
// on when all are done. Which thread computes a unit changes nothing in its result.

/** Bytes of a step: kind, record, units, units taken, units done. */
const STEP: usize = 20;

/**
 * Words at `control`: number of the job, program, steps, helpers inside (CLOSED: none may enter), 1 after a
 * failure, all threads.
 */
const PROGRAM: usize = 4;
const STEPS: usize = 8;
const INSIDE: usize = 12;
const FAILED: usize = 16;
const THREADS: usize = 20;
const CLOSED: i32 = -1;

/**
 * Rounds of looking before a thread sleeps: some 40 microseconds. To be woken takes about as long, and most
 * steps' threads end closer together than that.
 */
const SPINS: i32 = 20000;

/** Says whether to give up waiting; called now and then by the thread that started the job. */
declare function givesUp(): i32;

/** What a unit of work is; set by index.ts, which knows all kinds. */
type Unit = (kind: i32, record: usize, unit: i32) => void;

/** Starts a job: helpers may enter from now on. */
export function open(control: usize, program: usize, steps: i32): void {
  for (let s = 0; s < steps; s++) {
    const step = program + s * STEP;
    atomic.store<i32>(step + 12, 0);
    atomic.store<i32>(step + 16, 0);
  }
  store<usize>(control + PROGRAM, program);
  store<i32>(control + STEPS, steps);
  atomic.store<i32>(control + FAILED, 0);
  atomic.store<i32>(control + INSIDE, 0);
  atomic.add<i32>(control, 1);
  atomic.notify(control, -1);
}

/** Ends a job: returns once every helper has left. False: one did not. */
export function close(control: usize): bool {
  let round = 0;
  while (atomic.cmpxchg<i32>(control + INSIDE, 0, CLOSED) !== 0) {
    if (++round > SPINS && givesUp()) return false;
  }
  return true;
}

/** Looks for a while whether there is a new job. */
export function look(control: usize, seen: i32): void {
  for (let round = 0; round < SPINS; round++) if (atomic.load<i32>(control) !== seen) return;
}

/** A helper enters the job, if it is still open. */
export function enter(control: usize): bool {
  let inside = atomic.load<i32>(control + INSIDE);
  while (inside >= 0) {
    const before = atomic.cmpxchg<i32>(control + INSIDE, inside, inside + 1);
    if (before === inside) return true;
    inside = before;
  }
  return false;
}

export function leave(control: usize): void {
  atomic.sub<i32>(control + INSIDE, 1);
}

/**
 * Works on the job's steps. A browser's page must not sleep (`maySleep`); only the thread that started the
 * job (`first`) gives up.
 */
export function share(control: usize, first: bool, maySleep: bool, unit: Unit): bool {
  const program = load<usize>(control + PROGRAM);
  const steps = load<i32>(control + STEPS);
  const shares = 2 * load<i32>(control + THREADS);
  for (let s = 0; s < steps; s++) {
    const step = program + s * STEP;
    const kind = load<i32>(step);
    const record = load<usize>(step, 4);
    const units = load<i32>(step, 8);
    for (;;) {
      const first = atomic.load<i32>(step + 12);
      if (first >= units) break;
      // Neighbouring units share data, and taking them costs time: many at first, single ones at the end, so
      // that all end together.
      const count = max(1, (units - first) / shares);
      if (atomic.cmpxchg<i32>(step + 12, first, first + count) !== first) continue;
      for (let u = first; u < first + count; u++) unit(kind, record, u);
      if (atomic.add<i32>(step + 16, count) + count === units) atomic.notify(step + 16, -1);
    }
    for (let round = 0; ; round++) {
      const done = atomic.load<i32>(step + 16);
      if (done >= units) break;
      if (atomic.load<i32>(control + FAILED)) return false;
      if (round < SPINS) continue;
      if (first && givesUp()) {
        atomic.store<i32>(control + FAILED, 1);
        return false;
      }
      if (maySleep) atomic.wait<i32>(step + 16, done, 1000000);
      round = 0;
    }
  }
  return true;
}
