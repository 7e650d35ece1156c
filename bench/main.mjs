// npm run bench -- --help
import { spawn } from "node:child_process";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compare, plot, summary, table } from "./report.mjs";

const usage = `npm run bench -- [options]                          times ours against every peer that is there
npm run bench -- compare BEFORE.json AFTER.json   compares two runs

--filter PATTERN   only workloads whose name fits the regular expression ("elementwise": tensors and their sums, against plain loops)
--threads 1,2      numbers of threads; by default 1, and 2 where there are two cores
--quick            five layers, one thread, under a minute
--json FILE        all figures
--plot FILE        a picture of the ratios (SVG)`;
const { values, positionals } = options();

if (values.help) console.log(usage);
else if (positionals[0] === "compare") {
  const [before, after] = positionals.slice(1).map((file) => JSON.parse(readFileSync(file, "utf8")).results);
  console.log(compare(before, after));
} else {
  const results = [];
  for (const mode of modes()) {
    console.log(
      `\n# ${mode.threads} thread${mode.threads > 1 ? "s" : ""}, V8's flags ${mode.flags ? "on" : "off"}`,
    );
    const found = await measure(mode);
    if (found.length > 0) console.log(table(found));
    results.push(...found);
  }
  console.log(`\n# geometric means of how much faster ours is\n${summary(results)}`);
  const { node, v8 } = process.versions;
  const report = {
    node,
    v8,
    platform: `${process.platform} ${process.arch}`,
    date: new Date().toISOString(),
    results,
  };
  if (values.json) write(values.json, `${JSON.stringify(report, undefined, 1)}\n`);
  if (values.plot) write(values.plot, plot(results));
}

function options() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        help: { type: "boolean", default: false },
        quick: { type: "boolean", default: false },
        filter: { type: "string", default: "" },
        threads: { type: "string" },
        json: { type: "string" },
        plot: { type: "string" },
      },
    });
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}

/** One and two threads, with and without flags; --quick: one thread with flags. */
function modes() {
  const asked = values.threads?.split(",").map(Number);
  const threads = asked ?? (values.quick || availableParallelism() < 2 ? [1] : [1, 2]);
  const flags = values.quick ? [true] : [false, true];
  return threads.flatMap((count) => flags.map((on) => ({ threads: count, flags: on })));
}

/** Results of one mode, from a process of its own: V8's flags hold for a whole process. */
async function measure(mode) {
  const timing = values.quick
    ? { pairs: 30, warmup: 400, sample: 1 }
    : { pairs: 40, warmup: 1000, sample: 4 };
  // Helpers that have gone to sleep come late to the first call of a sample: they should be late once in many calls.
  if (mode.threads > 1) Object.assign(timing, { pairs: 30, sample: values.quick ? 20 : 30 });
  const request = JSON.stringify({ ...mode, filter: values.filter, quick: values.quick, timing });
  const script = fileURLToPath(new URL("run.mjs", import.meta.url));
  const child = spawn(process.execPath, [script, request], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.on("close", resolve));
  const results = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith("{")) continue;
    results.push(JSON.parse(line));
    process.stderr.write(".");
  }
  process.stderr.write("\n");
  const status = await ended;
  if (status !== 0) throw new Error(`the measuring process ended with status ${status}`);
  return results;
}

function write(file, text) {
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
}
