import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randn, writeNpy, writeNpz, writeSafetensors } from "@convfuse/core";
import { DataType, fuseOnnx, readOnnx, writeOnnx } from "@convfuse/onnx";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { floats, modelBytes, node as operation, port } from "../../onnx/test/build-model.js";
import { randomNumbers } from "../../onnx/test/run-onnx.js";
import { bin, convfuse, convfuseIn, example, node } from "./command.js";

let folder: string;
let model: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "convfuse-cli-"));
  model = join(folder, "model.onnx");
  copyFileSync(example, model);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const list = (): readonly string[] => readdirSync(folder).sort();

describe("convfuse fuse", () => {
  test("writes the fused network beside its input, and says what it did", async () => {
    const { status, stdout, stderr } = await convfuse("fuse", model);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(list()).toEqual(["model.fused.onnx", "model.onnx"]);
    expect(stdout).toMatch(/convolutions\s+10\s+5/);
    expect(stdout).toMatch(/norms\s+13\s+0/);
    expect(stdout).toContain(`written: ${join(folder, "model.fused.onnx")}`);
    expect(readFileSync(model).equals(readFileSync(example))).toBe(true);
    const again = await convfuse("inspect", join(folder, "model.fused.onnx"));
    expect(again.stdout).toMatch(/^Nothing to fuse/);
  });

  test("prints what README says", async () => {
    mkdirSync(join(folder, "examples"));
    copyFileSync(example, join(folder, "examples/branches.onnx"));
    const { stdout } = await convfuseIn(folder, "fuse", "examples/branches.onnx");
    const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
    expect(readme).toContain(`\`\`\`text\n${stdout}\`\`\``);
  });

  test("writes the report as JSON", async () => {
    const json = join(folder, "report.json");
    expect((await convfuse("fuse", model, "-o", join(folder, "out.onnx"), "--json", json)).status).toBe(0);
    const report = JSON.parse(readFileSync(json, "utf8"));
    expect([report.before.convolutions, report.after.convolutions]).toEqual([10, 5]);
    expect(report.regions).toHaveLength(5);
  });

  test("leaves what it is asked to leave", async () => {
    const { regions } = JSON.parse(await reportOf());
    const [first] = regions as { readonly nodes: readonly string[] }[];
    const kept = JSON.parse(await reportOf("--keep", first?.nodes[0] as string));
    expect(kept.after.convolutions).toBeGreaterThan(5);
    const only = JSON.parse(await reportOf("--only", first?.nodes[0] as string));
    expect(only.after.convolutions).toBeGreaterThan(kept.after.convolutions);
  });

  async function reportOf(...args: readonly string[]): Promise<string> {
    const json = join(folder, "report.json");
    const { status, stderr } = await convfuse("fuse", model, "--json", json, ...args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return readFileSync(json, "utf8");
  }

  test("writes over its input only when asked", async () => {
    const refused = await convfuse("fuse", model, "-o", model);
    expect(refused).toEqual({
      status: 1,
      stdout: "",
      stderr: `convfuse: ${model}: this is the input; --in-place writes over it\n`,
    });
    symlinkSync(model, join(folder, "link.onnx"));
    expect((await convfuse("fuse", model, "-o", join(folder, "link.onnx"))).status).toBe(1);
    expect(readFileSync(model).equals(readFileSync(example))).toBe(true);
    expect(await convfuse("fuse", model, "--in-place")).toMatchObject({ status: 0, stderr: "" });
    expect(statSync(model).size).toBeLessThan(statSync(example).size);
    expect(list()).toEqual(["link.onnx", "model.onnx"]);
  });

  test("writes nothing over what it reads, and no two files to one place", async () => {
    const { chunks, external } = outside("model.bin");
    writeFileSync(model, chunks);
    writeFileSync(join(folder, "model.bin"), external);
    const [out, bin] = [join(folder, "out.onnx"), join(folder, "model.bin")];
    symlinkSync(model, join(folder, "link.onnx"));
    for (const [args, words] of [
      [["-o", out, "--json", model], `${model}: the input is read from there`],
      [["-o", out, "--json", bin], `${bin}: the input is read from there`],
      [["-o", bin], `${bin}: the input is read from there`],
      [["-o", out, "--json", out], `${out}: two outputs would be written there`],
      [["-o", out, "--json", `${out}.data`], `${out}.data: two outputs would be written there`],
      [["-o", join(folder, "none", "out.onnx")], `there is no folder ${join(folder, "none")}`],
      [["-o", join(bin, "out.onnx")], `there is no folder ${bin}`],
    ] as const) {
      const { status, stdout, stderr } = await convfuse("fuse", model, ...args);
      expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
      expect(stderr).toContain(words);
    }
    const link = join(folder, "link.onnx");
    expect((await convfuse("fuse", link, "--in-place")).stderr).toContain("which will not be replaced");
    expect(list()).toEqual(["link.onnx", "model.bin", "model.onnx"]);
    expect(readFileSync(model).equals(chunks)).toBe(true);
    expect(readFileSync(bin).equals(external)).toBe(true);
  });

  test.each([
    ["--keep", "/stem/none", '--keep must name nodes or values of the network; got keep="/stem/none"'],
    ["--only", "none", '--only must name nodes or values of the network; got only="none"'],
    ["--keep", "", '--keep must name nodes or values of the network; got keep=""'],
    ["--shape", "none=1,3,8,8", "--shape must name inputs of the network"],
    ["--shape", "image=1,3,8", "--shape must fit what the file says of its inputs"],
    ["--shape", "image=1,4,8,8", "--shape must fit what the file says of its inputs"],
  ])("says that a name or shape does not fit the file: %s %s", async (option, value, words) => {
    const { status, stderr } = await convfuse("fuse", model, option, value);
    expect(status).toBe(1);
    expect(stderr).toContain(words);
    expect(list()).toEqual(["model.onnx"]);
  });

  test("leaves no file behind where it fails, and keeps the one that was there", async () => {
    const out = join(folder, "out.onnx");
    writeFileSync(out, "before");
    const bytes = readFileSync(model);
    writeFileSync(model, bytes.subarray(0, bytes.length - 1000));
    const { status, stdout, stderr } = await convfuse("fuse", model, "-o", out);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^convfuse: .*model\.onnx: .*\n$/);
    expect(list()).toEqual(["model.onnx", "out.onnx"]);
    expect(readFileSync(out, "utf8")).toBe("before");
  });

  test.each([
    ["a file that is not there", () => join(folder, "none.onnx"), "no such file"],
    ["a folder", () => folder, "a folder, where a file is wanted"],
    ["a device, which may never end", () => "/dev/zero", "a device, where a file is wanted"],
    ["a place below a file", () => join(example, "in.onnx"), "a file, where its folder should be"],
    [
      "a checkpoint",
      () => {
        writeFileSync(join(folder, "weights.pth"), "PK tensors");
        return join(folder, "weights.pth");
      },
      "no ONNX file; a checkpoint holds tensors and no network, which has to be exported (torch.onnx.export)",
    ],
    [
      "a file that is empty",
      () => {
        writeFileSync(model, "");
        return model;
      },
      "an empty file, and no ONNX file",
    ],
    [
      "what Git has in place of a large file",
      () => {
        writeFileSync(model, "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 12345\n");
        return model;
      },
      "not the model, but Git LFS's note of where it is: `git lfs pull` gets it",
    ],
  ])("says in one line what is wrong: %s", async (_, input, reason) => {
    expect(await convfuse("fuse", input())).toEqual({
      status: 1,
      stdout: "",
      stderr: `convfuse: ${input()}: ${reason}\n`,
    });
  });

  test("says so in one line where a name has several, or would command a terminal", async () => {
    expect(await convfuse("fuse", join(folder, "a\nb\u001b[2J.onnx"))).toEqual({
      status: 1,
      stdout: "",
      stderr: `convfuse: ${join(folder, "a\\u000ab\\u001b[2J.onnx")}: no such file\n`,
    });
  });

  test.skipIf(process.platform === "win32")("ends well where nobody reads what it says", async () => {
    const out = join(folder, "out.onnx");
    const child = spawn(process.execPath, [bin, "fuse", model, "-o", out], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.destroy();
    const errors: Buffer[] = [];
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    const [status] = await once(child, "close");
    expect({ status, stderr: Buffer.concat(errors).toString() }).toEqual({ status: 0, stderr: "" });
    expect(list()).toEqual(["model.onnx", "out.onnx"]);
  });

  test.runIf(existsSync("/dev/full"))("fails where what it says cannot be written", async () => {
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, [bin, "inspect", model], { stdio: ["ignore", full, "pipe"] });
    closeSync(full);
    const errors: Buffer[] = [];
    child.stderr?.on("data", (chunk: Buffer) => errors.push(chunk));
    const [status] = await once(child, "close");
    expect(status).toBe(1);
    expect(Buffer.concat(errors).toString()).toMatch(/^convfuse: what it says cannot be written: .*\n$/);
  });

  test("does not replace what is no file", async () => {
    mkdirSync(join(folder, "out"));
    const { status, stderr } = await convfuse("fuse", model, "-o", join(folder, "out"));
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `convfuse: ${join(folder, "out")}: there is something else than a file, which will not be replaced\n`,
    });
  });

  test.each([
    ["edited", "model.onnx", "edit"],
    ["cut off", "model.onnx", "truncate"],
    ["replaced", "model.onnx", "replace"],
    ["edited", "model.bin", "edit"],
    ["cut off", "model.bin", "truncate"],
  ])("ends where a file is %s while it is read, and writes nothing: %s", async (_, name, change) => {
    const { chunks, external } = outside("model.bin");
    writeFileSync(model, chunks);
    writeFileSync(join(folder, "model.bin"), external);
    const hook = new URL("change-while-read.mjs", import.meta.url).href;
    const changed = join(folder, name);
    const { status, stdout, stderr } = await node(["--import", hook, bin, "fuse", model], {
      CHANGE: change,
      CHANGED: changed,
    });
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: "",
      stderr: `convfuse: ${changed}: was changed while it was read\n`,
    });
    expect(list()).toEqual(["model.bin", "model.onnx"]);
  });

  test.runIf(process.platform === "linux")("takes what is no file on a disk as it comes", async () => {
    const script = `"${process.execPath}" "${bin}" inspect /dev/stdin < "${model}" && cat "${model}" | "${process.execPath}" "${bin}" inspect /dev/stdin`;
    const child = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "inherit"] });
    const out: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    expect(await once(child, "close")).toEqual([0, null]);
    expect(
      Buffer.concat(out)
        .toString()
        .match(/^It still has its branches/gm),
    ).toHaveLength(2);
  });

  test("reads tensors of a file beside the model, and writes a file of its own", async () => {
    const { chunks, external } = outside("model.bin");
    writeFileSync(model, chunks);
    writeFileSync(join(folder, "model.bin"), external);
    const to = join(folder, "to");
    mkdirSync(to);
    expect((await convfuse("fuse", model, "-o", join(to, "out.onnx"))).status).toBe(0);
    expect(readdirSync(to).sort()).toEqual(["out.onnx", "out.onnx.data"]);
    expect((await convfuse("verify", example, join(to, "out.onnx"))).status).toBe(0);
  });

  test("reads nothing outside of the model's folder, not through a link either", async () => {
    const { chunks, external } = outside("model.bin");
    const inside = join(folder, "inside");
    mkdirSync(inside);
    writeFileSync(join(folder, "model.bin"), external);
    writeFileSync(join(inside, "model.onnx"), chunks);
    symlinkSync(join(folder, "model.bin"), join(inside, "model.bin"));
    const { status, stderr } = await convfuse("fuse", join(inside, "model.onnx"));
    expect(status).toBe(1);
    expect(stderr).toBe(
      'convfuse: model.bin: the model asks for "model.bin", which is outside of its folder\n',
    );
    expect(readdirSync(inside).sort()).toEqual(["model.bin", "model.onnx"]);
  });

  test("names the file of the tensors where it cannot be read", async () => {
    writeFileSync(model, outside("model.bin").chunks);
    mkdirSync(join(folder, "model.bin"));
    const { status, stderr } = await convfuse("fuse", model);
    expect(status).toBe(1);
    expect(stderr).toBe(
      `convfuse: ${join(folder, "model.bin")}: a folder, where a file is wanted; the model keeps tensors in it\n`,
    );
  });

  /** The example, its last block fused, with the new tensors in another file. */
  function outside(name: string): { readonly chunks: Buffer; readonly external: Buffer } {
    const { model } = fuseOnnx(readOnnx(readFileSync(example)), { only: ["/4"] });
    const written = writeOnnx(model, { externalData: name });
    return { chunks: Buffer.concat([...written]), external: Buffer.concat([...(written.external ?? [])]) };
  }
});

describe("convfuse inspect", () => {
  test("says whether a network still has its branches, and writes nothing", async () => {
    const { status, stdout } = await convfuse("inspect", model);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^It still has its branches: in 5 places, each of which can be computed by fewer operations \(/,
    );
    expect(list()).toEqual(["model.onnx"]);
  });

  test.each([
    ["safetensors", () => writeSafetensors(new Map([["conv.weight", randn([2, 3, 1, 1])]]))],
    ["npz", () => writeNpz(new Map([["conv.weight", randn([2, 3, 1, 1])]]))],
  ])("lists the tensors of a .%s", async (ending, write) => {
    const path = join(folder, `checkpoint.${ending}`);
    writeFileSync(path, write());
    const { status, stdout } = await convfuse("inspect", path);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: "conv.weight  [2, 3, 1, 1]  float32\n1 tensor, 6 numbers\n",
    });
  });

  test("lists the array of a .npy", async () => {
    const path = join(folder, "one.npy");
    writeFileSync(path, writeNpy(randn([4])));
    expect((await convfuse("inspect", path)).stdout).toBe("array  [4]  float32\n1 tensor, 4 numbers\n");
  });
});

describe("convfuse verify and time", () => {
  test("verify finds a fused network equal but for rounding, and another one different", async () => {
    await convfuse("fuse", model);
    const fused = join(folder, "model.fused.onnx");
    const same = await convfuse("verify", model, fused);
    expect(same.status).toBe(0);
    expect(same.stdout).toContain("image [1, 3, 64, 64]\n  equal but for rounding");
    expect(same.stdout).toContain("image [2, 3, 96, 96]\n  equal but for rounding");
    // Some weights in the middle of the file become 785: each of their bytes is 0x44, so that it matters not where a number begins.
    const bytes = readFileSync(fused);
    bytes.fill(0x44, bytes.length / 2, bytes.length / 2 + 64);
    writeFileSync(fused, bytes);
    const other = await convfuse("verify", model, fused, "--shape", "image=1,3,40,56");
    expect(other.status).toBe(1);
    expect(other.stdout).toMatch(
      /^image \[1, 3, 40, 56\]\n {2}DIFFERENT: .* of the largest output \("scores"\)/,
    );
  });

  test("verify judges weights in float16 by the rounding of float16", async () => {
    const random = randomNumbers(7);
    const weights = (name: string, size: number) =>
      floats(
        name,
        [4, 3, size, size],
        Array.from({ length: 12 * size * size }, () => random() - 0.5),
        DataType.float16,
      );
    const half = (name: string, channels: number) => port(name, ["n", channels, "h", "w"], DataType.float16);
    writeFileSync(
      model,
      modelBytes({
        node: [
          operation("Conv", ["x", "w"], "a", { pads: [1n, 1n, 1n, 1n] }),
          operation("Conv", ["x", "v"], "b"),
          operation("Add", ["a", "b"], "y"),
        ],
        initializer: [weights("w", 3), weights("v", 1)],
        input: [half("x", 3)],
        output: [half("y", 4)],
      }),
    );
    await convfuse("fuse", model);
    const { status, stdout } = await convfuse("verify", model, join(folder, "model.fused.onnx"));
    expect(status).toBe(0);
    expect(stdout).toMatch(/^x \[1, 3, 64, 64\]\n {2}equal but for rounding of float16: \d\.\de-4/);
  });

  test("verify names an input that is not there", async () => {
    const { status, stderr } = await convfuse("verify", model, model, "--shape", "x=1,3,8,8");
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'convfuse: the network has no input "x": its inputs are image\n',
    });
  });

  test("verify and time name the file of arrays, and what one of the networks does not have", async () => {
    const arrays = join(folder, "arrays.npz");
    writeFileSync(arrays, "PK no archive");
    const { stderr } = await convfuse("verify", model, model, "--inputs", arrays);
    expect(stderr).toMatch(/^convfuse: [^\n]*arrays\.npz: npz: [^\n]*\n$/);
    const bytes = readFileSync(model).toString("latin1");
    const other = join(folder, "other.onnx");
    for (const [name, instead, words] of [
      ["image", "imaga", 'has no input "image", as the other file has: its inputs are imaga'],
      ["scores", "scorez", 'has no output "scores", as the other file has: its outputs are scorez'],
    ] as const) {
      writeFileSync(other, Buffer.from(bytes.replaceAll(name, instead), "latin1"));
      for (const command of ["verify", "time"]) {
        const { status, stderr } = await convfuse(command, model, other);
        expect({ status, stderr }).toEqual({ status: 1, stderr: `convfuse: ${other}: ${words}\n` });
      }
    }
  });

  test.each(["1,3,0,0", "1,4,8,8"])("verify says in one line that nothing runs on %s", async (sizes) => {
    const { status, stderr } = await convfuse("verify", model, model, "--shape", `image=${sizes}`);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^convfuse: [^\n]*: onnxruntime cannot run it on image \[[^\n\\]*\n$/);
  });

  test("time says how much faster the second one is, with its interval and a control", async () => {
    const { status, stdout } = await convfuse(
      "time",
      model,
      model,
      "--pairs",
      "5",
      "--shape",
      "image=1,3,32,32",
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /the second is [\d.]+ \(95 % interval [\d.]+ to [\d.]+\) times as fast as the first/,
    );
    expect(stdout).toMatch(/the first against itself: [\d.]+/);
  });
});

describe("usage", () => {
  test.each([
    [["fuse"], "missing required argument 'in'"],
    [["fuse", "a", "b"], "too many arguments"],
    [["fuse", "a", "--outptu", "x"], "unknown option '--outptu'\n(Did you mean --output?)"],
    [
      ["fuse", "a", "--in-place", "-o", "b"],
      "option '--in-place' cannot be used with option '-o, --output <out>'",
    ],
    [["fuse", "a", "--growth", "some"], "argument 'some' is invalid. Allowed choices are none, any."],
    [["fsue", "a"], "unknown command 'fsue'\n(Did you mean fuse?)"],
    [["fuse", "a", "--shape", "x"], "argument 'x' is invalid. It must be NAME=1,3,224,224."],
    [["fuse", "a", "--shape", "x=1,,3"], "argument 'x=1,,3' is invalid. It must be NAME=1,3,224,224."],
    [["time", "a", "b", "--pairs", "0"], "It must be a whole number, 1 or more."],
  ])("%j is wrong usage: exit code 2", async (args, words) => {
    const { status, stdout, stderr } = await convfuse(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^convfuse: /);
    expect(stderr).toContain(words);
  });

  test.each([[[]], [["fuse"]], [["inspect"]], [["verify"]], [["time"]]])(
    "%j --help shows examples",
    async (args) => {
      const { status, stdout } = await convfuse(...args, "--help");
      expect(status).toBe(0);
      expect(stdout).toMatch(/Examples:\n {2}convfuse /);
      for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    },
  );
});
