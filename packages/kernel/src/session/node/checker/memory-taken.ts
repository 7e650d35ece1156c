import { readFileSync } from "node:fs";

/** What a process takes, in bytes: by itself, and of files that processes of one program share. */
interface Taken {
  readonly own: number;
  readonly shared: number;
}

/** What a front door and a runtime take where nobody says it. */
const usual: Taken = { own: 20 * 2 ** 20, shared: 40 * 2 ** 20 };

/**
 * What this process and others of its kernel take together, in bytes, of which they share Node's code. Of
 * `runtime` no more is counted than one takes that has done nothing: the rest is the user's.
 */
export function memoryTaken(front: number, runtime: number | undefined): number {
  const rss = process.memoryUsage.rss();
  const here = taken(process.pid) ?? { own: Math.max(0, rss - usual.shared), shared: usual.shared };
  const others = [taken(front) ?? usual, atMost((runtime && taken(runtime)) || usual)];
  const all = [here, ...others];
  return all.reduce((sum, { own }) => sum + own, 0) + Math.max(...all.map(({ shared }) => shared));
}

function atMost({ own, shared }: Taken): Taken {
  return { own: Math.min(own, usual.own), shared };
}

/** As Linux tells it; undefined elsewhere. */
function taken(pid: number): Taken | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    const kilobytes = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1]);
    const own = kilobytes("Anonymous") * 1024;
    const all = kilobytes("Rss") * 1024;
    return Number.isNaN(own + all) ? undefined : { own, shared: all - own };
  } catch {
    return undefined;
  }
}
