import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/**
 * A process of a group: its number, for how long it has run, in seconds, and a word that changes with the
 * program that it runs.
 */
interface Member {
  readonly pid: number;
  readonly age: number;
  readonly program: string;
}

/** Ends what is left in a process group; whoever was started `detached` is in another one. */
export function endGroup(leader: number): void {
  if (process.platform === "win32") return;
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // Nobody is left.
  }
}

/**
 * Interrupts what a process has started within these seconds, but not the process itself: as Ctrl-C in a
 * terminal does. Those in `done` have been told; those that are told now are added to them. A process that
 * has become another program has not been told: a shell that starts its last command in its own place, or
 * has only just started, loses a signal that comes before that.
 */
export function interruptChildren(leader: number, seconds: number, done: Set<string>): void {
  if (process.platform === "win32") return;
  for (const { pid, age, program } of membersOf(leader)) {
    const told = `${pid} ${program}`;
    if (pid === leader || age > seconds + clockStep || done.has(told)) continue;
    done.add(told);
    try {
      process.kill(pid, "SIGINT");
    } catch {
      // It has ended by itself.
    }
  }
}

function membersOf(leader: number): readonly Member[] {
  try {
    return process.platform === "linux" ? fromProc(leader) : fromPs(leader);
  } catch {
    return [];
  }
}

/** Of one second, in what Linux counts a process's start in. */
const ticksPerSecond = 100;
/** By how much an age may be too long, in seconds: its two ends are rounded down. */
const clockStep = 1 / ticksPerSecond;

function fromProc(leader: number): readonly Member[] {
  const uptime = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      // The name, which may hold anything, stands in parentheses; from the third field on there are numbers.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (Number(fields[2]) !== leader) return [];
      // Where the stack begins is drawn anew for each program; who may not see it reads 0.
      return [
        { pid: Number(name), age: uptime - Number(fields[19]) / ticksPerSecond, program: fields[25] ?? "" },
      ];
    } catch {
      return [];
    }
  });
}

function fromPs(leader: number): readonly Member[] {
  const columns = "pid=,pgid=,etime=,comm=";
  const text = execFileSync("ps", ["-A", "-o", columns], { encoding: "utf8", timeout: 1000 });
  return text.split("\n").flatMap((line) => {
    const [pid, group, elapsed = "", ...program] = line.trim().split(/\s+/);
    if (Number(group) !== leader) return [];
    const [days, clock] = elapsed.includes("-") ? elapsed.split("-") : ["0", elapsed];
    const seconds = (clock ?? "").split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
    return [{ pid: Number(pid), age: Number(days) * 86_400 + seconds, program: program.join(" ") }];
  });
}
