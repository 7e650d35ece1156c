import { readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Types for Node that a project brings itself. */
export interface NodeTypes {
  /** The folder that they are found from. */
  readonly from: string;
  readonly version: string;
}

/**
 * The types for Node that a notebook in this folder sees; undefined where they are the kernel's, or the same
 * version of them.
 */
export function nodeTypes(cwd: string): NodeTypes | undefined {
  const require = createRequire(
    fileURLToPath(new URL("../../../dist/session/node/node-types.js", import.meta.url)),
  );
  const own = versionIn(dirname(require.resolve("@types/node/package.json")));
  for (let from = cwd; ; from = dirname(from)) {
    const version = versionIn(join(from, "node_modules/@types/node"));
    if (version !== undefined) return version === own ? undefined : { from: realpathSync(from), version };
    if (from === dirname(from)) return undefined;
  }
}

function versionIn(folder: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      version?: unknown;
    };
    return typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}
