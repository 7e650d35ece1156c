import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { platform } from "node:process";
import { jupyterDataFolder } from "../protocol/data-folder.js";

/**
 * Where a kernelspec goes: for this user, below a folder of one's own, or into the Python that runs Jupyter.
 */
export type Target =
  | { readonly kind: "user" }
  | { readonly kind: "prefix"; readonly prefix: string }
  | { readonly kind: "sys-prefix" };

/** An install, uninstall or doctor command that cannot do what it was asked. */
export class InstallError extends Error {
  override readonly name = "InstallError";
}

function sysPrefix(): string {
  const candidates = platform === "win32" ? ["python", "py"] : ["python3", "python"];
  for (const python of candidates) {
    try {
      return execFileSync(python, ["-c", "import sys; print(sys.prefix)"], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }).trim();
    } catch {
      // The next one.
    }
  }
  throw new InstallError(
    "--sys-prefix: no Python on the PATH; activate its environment, or give --prefix DIR",
  );
}

function kernelsFolder(target: Target): string {
  if (target.kind === "user") return join(jupyterDataFolder(), "kernels");
  const prefix = target.kind === "prefix" ? resolve(target.prefix) : sysPrefix();
  return join(prefix, "share", "jupyter", "kernels");
}

/** @throws InstallError where Jupyter would not accept the name, or the target cannot be found */
export function specFolder(target: Target, name: string): string {
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(name)) {
    throw new InstallError(
      `--name: a kernel name has small letters, digits, ".", "_" and "-"; got ${JSON.stringify(name)}`,
    );
  }
  return join(kernelsFolder(target), name);
}
