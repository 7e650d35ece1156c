import { access, rm } from "node:fs/promises";
import { sep } from "node:path";
import { prepareSnapshot } from "../session/node/snapshot.js";
import { isOurs, kernelScript, readSpec, type StartOptions, writeSpec } from "./kernelspec.js";
import { InstallError, specFolder, type Target } from "./location.js";

/**
 * Installs the kernelspec, over one of our own where there is one, and prepares a fast start: for this user
 * in his cache, below a prefix for everybody who uses it. `say` is told what the user is to know.
 */
export async function install(
  target: Target,
  name: string,
  start: StartOptions,
  say: (text: string) => void,
): Promise<void> {
  const folder = specFolder(target, name);
  const there = await readSpec(folder);
  if (there !== null && !isOurs(there)) {
    throw new InstallError(`install: ${folder} holds another kernel; choose another --name`);
  }
  say("Preparing a fast start ...");
  const isShared = target.kind !== "user";
  const isFast = (await writeSpec(folder, start, isShared)) || (!isShared && (await prepareSnapshot()));
  if (!isFast) say("It cannot be prepared here: kernels start slower.");
  say(`Installed the kernel ${name} in ${folder}`);
  if (target.kind === "prefix")
    say(`A Jupyter outside ${target.prefix} finds it with JUPYTER_PATH=${target.prefix}/share/jupyter`);
  if (kernelScript.includes(`${sep}_npx${sep}`)) {
    say("It runs from npm's cache, and stops working when the cache is cleaned.");
    say("To keep it: npm install --global @convfuse/kernel && convfuse-kernel install");
  }
}

/** Removes a kernelspec of ours; returns what to tell the user. */
export async function uninstall(target: Target, name: string): Promise<string> {
  const folder = specFolder(target, name);
  try {
    await access(folder);
  } catch {
    throw new InstallError(`uninstall: there is no kernel ${name} in ${folder}`);
  }
  if (!isOurs(await readSpec(folder))) {
    throw new InstallError(`uninstall: ${folder} holds another kernel, which stays`);
  }
  await rm(folder, { recursive: true });
  return `Removed the kernel ${name} from ${folder}`;
}
