// What a user of core pays before computing anything: the engine's code and module, gzipped, and the time that importing the published
// file takes; and what a page with onnx and core loads. Run after `npm run build`; fails beyond the limits.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const mostBytes = 120 * 1024;
const mostMilliseconds = 50;
const engine = new URL("../packages/core/dist/engines/wasm/", import.meta.url);

const sources = new URL("../packages/core/src/engines/wasm/", import.meta.url);
// A build leaves what former sources made.
const files = readdirSync(engine, { recursive: true }).filter(
  (name) => name.endsWith(".js") && existsSync(new URL(name.replace(/js$/, "ts"), sources)),
);
const bytes = files.reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, engine))).length, 0);
console.log(`WebAssembly engine: ${(bytes / 1024).toFixed(1)} KiB gzipped of at most ${mostBytes / 1024}`);

// The best of several processes: what another process did to the disk or the cores is not core's.
const core = new URL("../packages/core/", import.meta.url);
execFileSync(process.execPath, ["bundle.mjs"], { cwd: core });
const entry = new URL("dist/core.js", core).href;
const code = `const start = performance.now(); await import(${JSON.stringify(entry)}); console.log(performance.now() - start);`;
const times = Array.from({ length: 15 }, () =>
  Number(execFileSync(process.execPath, ["--input-type=module", "--eval", code], { encoding: "utf8" })),
);
const best = Math.min(...times);
console.log(`importing core: ${best.toFixed(1)} ms of at most ${mostMilliseconds}`);

const mostInPage = 160 * 1024;
const onnx = new URL("../packages/onnx/", import.meta.url);
const inPage = Number(execFileSync(process.execPath, ["bundled-size.mjs"], { cwd: onnx, encoding: "utf8" }));
console.log(
  `onnx with core in a page: ${(inPage / 1024).toFixed(1)} KiB gzipped of at most ${mostInPage / 1024}`,
);

if (bytes > mostBytes || best > mostMilliseconds || inPage > mostInPage) process.exitCode = 1;
