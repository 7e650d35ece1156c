import { fileURLToPath } from "node:url";

import type { KernelFiles } from "../../checker/program/project.js";
import { kernelSide } from "../beside-kernel.js";

/** The files of the kernel as it is built. */
export function kernelFiles(): KernelFiles {
  const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  return {
    side: kernelSide(path("kernel-files.js")),
    anchor: path("../../checker/program/project.js"),
    jupyterTypes: path("../../runtime/api/jupyter.js"),
    tslabTypes: path("../../runtime/api/tslab.d.ts"),
  };
}
