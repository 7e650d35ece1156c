import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";

/** Whether a shell would find a program under this name or path, from this folder. */
export function isProgram(name: string, folder: string): boolean {
  if (name.startsWith("~/")) return isExecutable(join(homedir(), name.slice(2)));
  if (name.includes("/")) return isExecutable(isAbsolute(name) ? name : join(folder, name));
  return (process.env.PATH ?? "").split(delimiter).some((place) => isExecutable(join(place, name)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
