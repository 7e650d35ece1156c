// For `node --import`: the last line of stderr is the most memory that the process had at once, in KiB. On Linux what the system says of a
// process that ended includes the memory of the one that started it, up to the moment at which it became another program.
import { existsSync, readFileSync } from "node:fs";

const status = "/proc/self/status";

process.on("exit", () => {
  const own = existsSync(status) ? /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(status, "utf8"))?.[1] : undefined;
  process.stderr.write(`${own ?? process.resourceUsage().maxRSS}\n`);
});
