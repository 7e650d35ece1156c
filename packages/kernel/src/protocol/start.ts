import { userInfo } from "node:os";
import { join } from "node:path";
import { env, platform, ppid } from "node:process";
import { jupyterDataFolder } from "./data-folder.js";
import { Kernel } from "./kernel.js";
import { Log } from "./log.js";
import type { SessionFactory } from "./session-events.js";
import { ConnectionFileError, readConnection } from "./wire/connection.js";
import { bindSockets } from "./wire/sockets.js";

function username(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user can lack a name.
    return "kernel";
  }
}

/** A kernel whose Jupyter server was killed has nobody left to stop it. */
function onOrphaned(stop: () => void): void {
  if (platform === "win32" || env.JPY_PARENT_PID !== String(ppid)) return;
  setInterval(() => {
    if (process.ppid !== ppid) stop();
  }, 1000).unref();
}

/** Runs a kernel until it is told to stop, and returns the exit code of its process. */
export async function startKernel(
  connectionFile: string,
  { createSession, keepsHistory }: { readonly createSession: SessionFactory; readonly keepsHistory: boolean },
): Promise<number> {
  const log = new Log();
  let kernel: Kernel | null = null;
  // A mistake in the kernel itself must not cost the user a session full of results.
  process.on("uncaughtException", (error) => log.warn("internal error", error));
  process.on("unhandledRejection", (error) => log.warn("internal error", error));
  process.on("SIGINT", () => kernel?.interrupt());
  const asked = new Promise<0>((resolve) => {
    process.on("SIGTERM", () => resolve(0));
    process.on("SIGHUP", () => resolve(0));
    onOrphaned(() => resolve(0));
  });
  let exitCode: number;
  try {
    const connection = await readConnection(connectionFile);
    kernel = new Kernel({
      connection,
      createSession,
      cwd: process.cwd(),
      historyFolder: keepsHistory ? join(jupyterDataFolder(), "convfuse", "history") : null,
      username: username(),
      log,
    });
    kernel.listen(await bindSockets(connection));
    exitCode = await Promise.race([kernel.ended, asked]);
  } catch (error) {
    log.warn("the kernel does not start", error instanceof ConnectionFileError ? error.message : error);
    exitCode = 1;
  }
  await kernel?.close();
  return exitCode;
}
