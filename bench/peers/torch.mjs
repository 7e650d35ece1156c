import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { BatchNorm2d, Linear } from "@convfuse/core";

/** PyTorch in its own process, eager and in inference mode; undefined where no Python with it was named. */
export async function pyTorch(threads, python = process.env.CONVFUSE_TORCH_PYTHON) {
  if (!python) return undefined;
  const child = spawn(python, [fileURLToPath(new URL("torch_peer.py", import.meta.url))], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (command) => {
    child.stdin.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error("PyTorch's process ended");
    return JSON.parse(value);
  };
  const { version } = await ask({ do: "start", threads });
  const folder = mkdtempSync(join(tmpdir(), "convfuse-bench-"));
  return {
    name: `PyTorch ${version.split("+")[0]}`,
    async prepare({ module, x }) {
      const tensors = { parts: [], length: 0 };
      const tree = describe(module, tensors);
      const file = (name, values) => {
        writeFileSync(
          join(folder, name),
          new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
        );
        return join(folder, name);
      };
      const weights = new Float32Array(tensors.length);
      for (const [start, values] of tensors.parts) weights.set(values, start);
      const output = join(folder, "y");
      const command = {
        module: tree,
        weights: file("w", weights),
        x: file("x", x.data),
        shape: x.shape,
        output,
      };
      await ask({ do: "prepare", ...command });
      return {
        /** Times itself, so that talking to the process does not count. */
        time: async (calls) => (await ask({ do: "time", calls })).seconds * 1000,
        async output() {
          const bytes = readFileSync(output);
          return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
        },
        close() {},
      };
    },
    close() {
      child.stdin.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The module tree as torch_peer.py reads it; tensors by their place in one file. */
function describe(module, all) {
  const kind = module.constructor.name;
  const children = [...module.children().values()].map((child) => describe(child, all));
  const tensors = {};
  for (const [name, tensor] of [...module.ownParameters(), ...module.ownBuffers()]) {
    tensors[name] = [all.length, tensor.shape];
    all.parts.push([all.length, tensor.data]);
    all.length += tensor.data.length;
  }
  if (module.op?.kind === "conv") {
    const { axes, groups, transposed } = module.op;
    const options = {
      stride: axes.map(({ stride, upsampling }) => stride * upsampling),
      padding: transposed ? module.settings.padding : axes.map(({ before }) => before),
      dilation: axes.map(({ dilation }) => dilation),
      groups,
      bias: module.bias !== undefined,
      ...(transposed && { output_padding: module.settings.outputPadding }),
    };
    return { kind, args: [module.inChannels, module.outChannels, module.kernelSize], options, tensors };
  }
  if (module instanceof BatchNorm2d) return { kind, args: [module.numFeatures, module.eps], tensors };
  if (module instanceof Linear) return { kind, args: [module.inFeatures, module.outFeatures], tensors };
  return { kind, children };
}
