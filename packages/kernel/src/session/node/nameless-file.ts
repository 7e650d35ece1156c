import { randomUUID } from "node:crypto";
import { openSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A file that only two processes know, with two words in it, both 0: what one writes there the other reads
 * without waiting, also while its event loop stands still.
 */
export function openNameless(): number {
  const path = join(tmpdir(), `convfuse-${randomUUID()}`);
  const file = openSync(path, "wx+", 0o600);
  writeSync(file, new Uint32Array(2), 0, 8, 0);
  unlinkSync(path);
  return file;
}
