import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createSession } from "@convfuse/kernel";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { snapshotFile } from "../../src/session/snapshot.js";

const folder = mkdtempSync(join(tmpdir(), "convfuse-snapshot-"));
beforeAll(() => {
  vi.stubEnv("XDG_CACHE_HOME", folder);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test("a start-up snapshot that is broken goes, and the session works without it", async () => {
  const file = snapshotFile();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "no snapshot");
  const session = await createSession({ cwd: folder, onEvent: () => {} });
  try {
    const reply = await session.execute({ id: "cell", code: "const sum: number = 1 + 1", executionCount: 1 });
    expect(reply.status).toBe("ok");
    expect(existsSync(file)).toBe(false);
  } finally {
    await session.shutdown();
  }
}, 60_000);
