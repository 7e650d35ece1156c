import type { OnnxReport } from "@convfuse/onnx";
import type { Command } from "commander";
import { checkpointFormat, inFile, readWhole, withModel } from "../model-file.js";
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
  const format = checkpointFormat(input);
  if (format === undefined) {
    const report = withModel(input, (file) => {
      const found = fused(file, values, false).report;
      file.inputs.settle();
      return found;
    });
    process.stdout.write(`${verdict(report.regions)}\n\n${String(report)}\n`);
    return true;
  }
  // What reads checkpoints is loaded for them alone: it would take longer than a small network's whole
  // fusing.
  const { tensorsIn } = await import("../checkpoint.js");
  process.stdout.write(`${inFile(input, () => tensorsIn(format, readWhole(input)))}\n`);
  return true;
}

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
