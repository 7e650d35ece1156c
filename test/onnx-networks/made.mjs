// The ONNX files of published architectures, written once and kept: `export.py` makes them.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { env } from "node:process";
import { fileURLToPath } from "node:url";
import { pythonOf } from "../../scripts/venv.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const cache = fileURLToPath(new URL("../../.cache/onnx-networks/", import.meta.url));

/** The interpreter with the frameworks. */
export function networksPython() {
  const python = pythonOf("networks");
  if (python !== null) return python;
  throw new Error(
    "no frameworks: run `node scripts/venv.mjs networks`, or set CONVFUSE_NETWORKS_PYTHON to a Python that has them",
  );
}

/**
 * The folder of the files, made where it is not there yet.
 * @param say gets a line for each network that has been written
 */
export async function madeNetworks(say) {
  const folder = `${cache}${fingerprint()}/`;
  if (existsSync(folder)) return folder;
  const python = networksPython();
  const list = spawn(python, ["export.py", "--list"], { cwd: here, stdio: ["ignore", "pipe", "inherit"] });
  const names = (await text(list)).trim().split("\n");
  const partial = `${cache}partial/`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  // A process a core, each taking the next network: some take a second, some take a minute.
  const waiting = [...names];
  const worker = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const settings = { ...env, YOLO_CONFIG_DIR: partial, OMP_NUM_THREADS: "1" };
      const one = spawn(python, ["export.py", partial, name], {
        cwd: here,
        env: settings,
        stdio: ["ignore", "ignore", "pipe"],
      });
      const errors = text(one, one.stderr);
      const [status] = await once(one, "close");
      if (status !== 0) throw new Error(`export.py ${name}: exit code ${status}\n${await errors}`);
      say(`written: ${name} (${names.length - waiting.length} of ${names.length} begun)`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  for (const old of readdirSync(cache).filter((name) => name !== "partial"))
    rmSync(`${cache}${old}`, { recursive: true, force: true });
  renameSync(partial, folder);
  return folder;
}

/** Files made by other sources are not the same files. */
function fingerprint() {
  const hash = createHash("sha256");
  for (const name of ["shim.py", "networks.py", "export.py", "requirements.txt"])
    hash.update(readFileSync(`${here}${name}`));
  return hash.digest("hex").slice(0, 16);
}

async function text(child, stream = child.stdout) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
