// Fair times: warmed up, then interleaved samples of ours, a peer's, and ours again as the control.
import { setTimeout } from "node:timers/promises";
import { medianInterval } from "../packages/core/dist/index.js";

/** One side: `time(calls)` gives milliseconds for so many calls. */
export function timed(run) {
  return async (calls) => {
    const start = performance.now();
    for (let i = 0; i < calls; i++) {
      const result = run();
      // A peer's call may be asynchronous; waiting for what is not would only cost time.
      if (result instanceof Promise) await result;
    }
    return performance.now() - start;
  };
}

/** Warms up until a round is no faster than the one before; the calls that fill a sample. */
async function warmUp(time, { warmup, sample }) {
  const start = performance.now();
  let calls = 1;
  let best = Number.POSITIVE_INFINITY;
  for (let calm = 0; calm < 3 && performance.now() - start < warmup; ) {
    const each = (await time(calls)) / calls;
    calm = each < best * 0.98 ? 0 : calm + (performance.now() - start > warmup / 4 ? 1 : 0);
    best = Math.min(best, each);
    calls = Math.max(1, Math.ceil(sample / best));
  }
  return calls;
}

/** Milliseconds after which threads count as threads that never sleep. */
const longestWait = 2000;

/**
 * Waits for so many milliseconds, and on until this process computes nothing: threads look for more work for a while before they
 * sleep, and would take a core from the other side.
 */
async function quiet(pause) {
  const start = performance.now();
  for (;;) {
    const [before, then] = [process.cpuUsage(), performance.now()];
    await setTimeout(pause);
    const { user, system } = process.cpuUsage(before);
    const now = performance.now();
    if ((user + system) / 1e3 < 0.2 * (now - then) || now - start > longestWait) return;
  }
}

/** Times ours against a peer: the fastest milliseconds of each, and their ratio and the control with 95 % intervals. */
export async function duel(ours, peer, options) {
  const calls = { ours: await warmUp(ours, options), peer: await warmUp(peer, options) };
  const ratios = [];
  const controls = [];
  const best = { ours: Number.POSITIVE_INFINITY, peer: Number.POSITIVE_INFINITY };
  const sample = async (side, count) => {
    if (options.pause) await quiet(options.pause);
    return (await side(count)) / count;
  };
  for (let i = 0; i < options.pairs; i++) {
    const first = await sample(ours, calls.ours);
    const theirs = await sample(peer, calls.peer);
    const again = await sample(ours, calls.ours);
    // Which of the two samples is the pair's alternates, so that a trend favours nobody.
    ratios.push(theirs / (i % 2 ? first : again));
    controls.push(first / again);
    best.ours = Math.min(best.ours, first, again);
    best.peer = Math.min(best.peer, theirs);
  }
  return {
    ours: best.ours,
    peerTime: best.peer,
    ratio: medianInterval(ratios),
    control: medianInterval(controls),
  };
}
