import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { createSession } from "@convfuse/kernel";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { snapshotFile } from "../../src/session/node/snapshot.js";
import { scratchFolder } from "../scratch.js";

const folder = scratchFolder("snapshot");
beforeAll(() => {
  vi.stubEnv("XDG_CACHE_HOME", folder);
});
afterAll(() => {
  vi.unstubAllEnvs();
});

/** A snapshot for the present environment, which Node will refuse. */
function breakSnapshot(): string {
  const file = snapshotFile();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "no snapshot");
  return file;
}

async function aSessionWorks(): Promise<void> {
  const session = await createSession({ cwd: folder, onEvent: () => {} });
  try {
    const reply = await session.execute({ id: "cell", code: "const sum: number = 1 + 1", executionCount: 1 });
    expect(reply.status).toBe("ok");
  } finally {
    await session.shutdown();
  }
}

test("a start-up snapshot that is broken goes, and the session works without it", async () => {
  const file = breakSnapshot();
  await aSessionWorks();
  expect(existsSync(file)).toBe(false);
}, 60_000);

test("a start-up snapshot that was made with other options of Node stays for those who use them", async () => {
  const file = breakSnapshot();
  vi.stubEnv("NODE_OPTIONS", "--max-old-space-size=2048");
  await aSessionWorks();
  expect(existsSync(file)).toBe(true);
}, 60_000);
