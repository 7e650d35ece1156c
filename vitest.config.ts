import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { buildEngine } from "./packages/core/assembly/build.mjs";

// The sources import the compiled WebAssembly module.
await buildEngine();

const packages = readdirSync(new URL("packages/", import.meta.url));

/** The suites that take longest, in the order in which they start: one that keeps the cores busy beside those that wait for kernels and browsers. */
const longest = [
  "test/jupyter/lecture",
  "test/jupyter/protocol",
  "test/jupyter/lifecycle",
  "test/notebooks/outputs",
  "test/jupyter/faults",
  "test/browser/site",
  "test/jupyter/language",
  "test/browser/jupyterlab",
  "test/browser/jupyterlite",
  "test/jupyter/clients",
  "test/class/wheel",
  "test/class/nbgrader",
  "test/packaging/packaging",
  "test/jupyter/kernel-test",
].map((name) => fileURLToPath(new URL(`${name}.test.ts`, import.meta.url)));

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const first = longest.flatMap((path) => sorted.filter(({ moduleId }) => moduleId === path));
    return [...first, ...sorted.filter((file) => !first.includes(file))];
  }
}

export default defineConfig({
  resolve: {
    // Tests run the TypeScript sources, so that a failing test points at the line that was written.
    alias: [
      // The entry for pages, before the package that its name begins with.
      {
        find: "@convfuse/kernel/browser",
        replacement: fileURLToPath(
          new URL("packages/kernel/src/session/browser/connect-session.ts", import.meta.url),
        ),
      },
      ...packages.map((name) => ({
        find: `@convfuse/${name}`,
        replacement: fileURLToPath(new URL(`packages/${name}/src/index.ts`, import.meta.url)),
      })),
      {
        find: /^#host\/(.*)\.js$/,
        replacement: fileURLToPath(new URL("packages/kernel/src/session/node/$1.ts", import.meta.url)),
      },
    ],
  },
  test: {
    include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    globalSetup: ["test/support/build-kernel.ts", "test/support/site-folder.ts"],
    // Against what hangs, on machines that may be many times slower than a quiet one.
    testTimeout: 120_000,
    // A suite that waits for a kernel leaves its core to another one.
    maxWorkers: availableParallelism() + 1,
    // Tests that run side by side each start a kernel or a browser; the machines have two cores.
    maxConcurrency: 2,
    sequence: { sequencer: LongestFirst },
  },
});
