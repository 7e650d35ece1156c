import { readNpy, readNpz, readPth, readSafetensors, type StateArray } from "@convfuse/core";
import type { OnnxReport } from "@convfuse/onnx";
import type { Command } from "commander";
import { inFile, readWhole, withModel } from "../model-file.js";
import type { Ends } from "./command.js";
import { type FusingValues, fused, withFusingOptions } from "./fuse.js";

/** `convfuse inspect IN` */
export function addInspect(program: Command, ends: Ends): void {
  const command = program
    .command("inspect")
    .summary("say whether a file still has branches, or what a checkpoint holds")
    .description(
      "For an ONNX file: what `convfuse fuse` would do, and whether the network still has its branches; nothing is written. " +
        "For a checkpoint (.pth, .pt, .bin, .ckpt, .safetensors, .npz, .npy): the tensors in it.",
    )
    .argument("<in>", "an ONNX file or a checkpoint");
  withFusingOptions(command).addHelpText(
    "after",
    `
Examples:
  convfuse inspect model.onnx
  convfuse inspect checkpoint.pth`,
  );
  command.action((input: string, values: FusingValues) => ends(async () => inspect(input, values)));
}

async function inspect(input: string, values: FusingValues): Promise<boolean> {
  const read = readers.find(([ending]) => ending.test(input))?.[1];
  if (read === undefined) {
    const report = withModel(input, (file) => {
      const found = fused(file, values, false).report;
      file.inputs.settle();
      return found;
    });
    process.stdout.write(`${verdict(report.regions)}\n\n${String(report)}\n`);
    return true;
  }
  process.stdout.write(`${inFile(input, () => tensorList(read(readWhole(input))))}\n`);
  return true;
}

const readers: readonly (readonly [
  ending: RegExp,
  read: (bytes: Uint8Array) => ReadonlyMap<string, StateArray>,
])[] = [
  [/\.(pth|pt|bin|ckpt)$/i, readPth],
  [/\.safetensors$/i, readSafetensors],
  [/\.npz$/i, readNpz],
  [/\.npy$/i, (bytes) => new Map([["array", readNpy(bytes)]])],
];

/** Whether the network still has its branches, in a sentence. */
function verdict(regions: OnnxReport["regions"]): string {
  if (regions.length === 0)
    return "Nothing to fuse: no branches, and no norm or scale that a convolution could take.";
  const places = (count: number): string => `${count} ${count === 1 ? "place" : "places"}`;
  const branched = regions.filter(({ joinsBranches }) => joinsBranches).length;
  const others = regions.length - branched;
  if (branched === 0)
    return `No branches, but norms, scales or sequences in ${places(others)} that can be computed by fewer operations (convfuse fuse does it).`;
  const rest = others === 0 ? "" : `, and norms, scales or sequences in ${places(others)}`;
  return `It still has its branches: in ${places(branched)}, each of which can be computed by fewer operations${rest} (convfuse fuse does it).`;
}

function tensorList(tensors: ReadonlyMap<string, StateArray>): string {
  const rows = [...tensors].map(([name, { data, shape }]) => ({
    name,
    shape: `[${shape.join(", ")}]`,
    type: data[Symbol.toStringTag]
      .replace(/Array$/, "")
      .replace(/^Big/, "")
      .toLowerCase(),
    size: shape.reduce((product, size) => product * size, 1),
  }));
  const widths = {
    name: widest(rows.map(({ name }) => name)),
    shape: widest(rows.map(({ shape }) => shape)),
  };
  const lines = rows.map(
    ({ name, shape, type }) => `${name.padEnd(widths.name)}  ${shape.padEnd(widths.shape)}  ${type}`,
  );
  const values = rows.reduce((sum, { size }) => sum + size, 0);
  return [...lines, `${rows.length} ${rows.length === 1 ? "tensor" : "tensors"}, ${values} numbers`].join(
    "\n",
  );
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}
