import { homedir } from "node:os";
import { join } from "node:path";
import { env, platform } from "node:process";

/** The user's Jupyter data folder, as jupyter_core finds it (`jupyter --data-dir`). */
export function jupyterDataFolder(): string {
  if (env.JUPYTER_DATA_DIR) return env.JUPYTER_DATA_DIR;
  const home = homedir();
  // A variable that is set to nothing counts as one that is not set.
  if (platform === "win32") return join(env.APPDATA || join(home, "AppData", "Roaming"), "jupyter");
  if (platform === "darwin") return join(home, "Library", "Jupyter");
  return join(env.XDG_DATA_HOME || join(home, ".local", "share"), "jupyter");
}
