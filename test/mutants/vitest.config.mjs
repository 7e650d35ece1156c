import { fileURLToPath } from "node:url";
import { defineConfig, mergeConfig } from "vitest/config";
import base from "../../vitest.config.ts";
import { mutate } from "./mutant.mjs";

/** @type {import("./mutant.mjs").Mutant | null} */
const mutant = JSON.parse(process.env.CONVFUSE_MUTANT ?? "null");

/** The workspace's own configuration, with one bug in one source file. */
export default mergeConfig(
  base,
  defineConfig({
    root: fileURLToPath(new URL("../..", import.meta.url)),
    plugins: [
      {
        name: "mutant",
        enforce: "pre",
        transform: (code, id) =>
          mutant !== null && id.split("?")[0].endsWith(`/${mutant.file}`) ? mutate(code, mutant) : undefined,
      },
    ],
  }),
);
