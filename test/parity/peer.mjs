import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * A Python process that runs PyTorch. A frame, either way: a little-endian uint32, so many bytes of JSON, and a float32 payload.
 * To the peer: `{ cases, bytes }` and the values of every case's tensors; back: `{ version, results, bytes }` and the values.
 */
export class Peer {
  #process;
  #buffered = [];
  #length = 0;
  #waiting = null;

  /** @param {string} python an interpreter that has torch */
  constructor(python) {
    this.#process = spawn(python, [fileURLToPath(new URL("peer.py", import.meta.url))], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#process.stdout.on("data", (chunk) => {
      this.#buffered.push(chunk);
      this.#length += chunk.length;
      this.#deliver();
    });
    const stop = (reason) => this.#waiting?.reject(new Error(`the PyTorch peer ${reason}`));
    this.#process.on("error", (error) => stop(`did not start: ${error.message}`));
    this.#process.on("exit", (code) => stop(`ended with exit code ${code}`));
  }

  /**
   * Runs a batch.
   * @param {readonly object[]} cases their JSON; NaN and infinities may stand among the options
   * @param {readonly Float32Array[]} tensors the values of all cases' tensors, in order
   * @returns {Promise<{ version: string, results: object[], values: Float32Array }>}
   */
  run(cases, tensors) {
    const body = Buffer.concat(tensors.map((t) => Buffer.from(t.buffer, t.byteOffset, t.byteLength)));
    const head = Buffer.from(pythonJson({ cases, bytes: body.length }));
    const size = Buffer.alloc(4);
    size.writeUInt32LE(head.length);
    this.#process.stdin.write(Buffer.concat([size, head, body]));
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  close() {
    this.#process.stdin.end();
  }

  #deliver() {
    if (this.#length < 4) return;
    const all = this.#buffered.length === 1 ? this.#buffered[0] : Buffer.concat(this.#buffered);
    this.#buffered = [all];
    const headLength = all.readUInt32LE(0);
    if (all.length < 4 + headLength) return;
    const head = JSON.parse(all.toString("utf8", 4, 4 + headLength));
    const end = 4 + headLength + head.bytes;
    if (all.length < end) return;
    const values = new Float32Array(new Uint8Array(all.subarray(4 + headLength, end)).buffer);
    this.#buffered = [];
    this.#length = 0;
    const { resolve } = this.#waiting;
    this.#waiting = null;
    resolve({ version: head.version, results: head.results, values });
  }
}

/** JSON as Python reads it: with NaN and Infinity as numbers. */
function pythonJson(value) {
  const marked = JSON.stringify(value, (_key, inner) =>
    typeof inner === "number" && !Number.isFinite(inner) ? `@${inner}` : inner,
  );
  return marked.replaceAll(/"@(NaN|-?Infinity)"/g, "$1");
}
