import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { assertBuilt } from "../../../test/support/built.js";

/** The command as it is installed; built before. */
export const bin: string = fileURLToPath(new URL("../bin/convfuse.js", import.meta.url));

assertBuilt(fileURLToPath(new URL("../dist/bundle/main.js", import.meta.url)), ["core", "onnx", "cli"]);

/** The network that the repository ships to try the command on. */
export const example: string = fileURLToPath(new URL("../../../examples/branches.onnx", import.meta.url));

/** What a run of the command gave. */
export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command as a person does. */
export function convfuse(...args: readonly string[]): Promise<Ran> {
  return convfuseIn(".", ...args);
}

/** The same in some folder. */
export function convfuseIn(cwd: string, ...args: readonly string[]): Promise<Ran> {
  return node([bin, ...args], {}, cwd);
}

/** Runs Node with arguments and more variables. */
export async function node(
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
  cwd = ".",
): Promise<Ran> {
  const env = { ...process.env, ...variables };
  const child = spawn(process.execPath, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const out: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  const [status] = (await once(child, "close")) as [number];
  return { status, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(errors).toString() };
}
