import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { buildEngine } from "./packages/core/assembly/build.mjs";

// The sources import the compiled WebAssembly module.
await buildEngine();

const packages = readdirSync(new URL("packages/", import.meta.url));

export default defineConfig({
  resolve: {
    // Tests run the TypeScript sources, so that a failing test points at the line that was written.
    alias: Object.fromEntries(
      packages.map((name) => [
        `@convfuse/${name}`,
        fileURLToPath(new URL(`packages/${name}/src/index.ts`, import.meta.url)),
      ]),
    ),
  },
  test: {
    include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 30_000,
    // Tests that run side by side each start a kernel or a browser; the machines have two cores.
    maxConcurrency: 2,
  },
});
