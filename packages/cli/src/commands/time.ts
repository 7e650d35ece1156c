import type { MedianInterval } from "@convfuse/core";
import type { Command } from "commander";
import { checkLike, load, runtime } from "../runtime.js";
import { type Ends, type InputValues, wholeNumber, withInputOptions } from "./command.js";
import { sizesOf } from "./verify.js";

/** Sizes of inputs that the network leaves free: what most image networks are measured at. */
const freeSizes = [1, 224] as const;

interface TimeValues extends InputValues {
  readonly pairs: number;
}

/** `convfuse time A B` */
export function addTime(program: Command, ends: Ends): void {
  const command = program
    .command("time")
    .summary("time two files in onnxruntime, in turns")
    .description(
      "Times both files in onnxruntime (npm install onnxruntime-node) with all its optimisations: warmed up, then in pairs of random " +
        "order, so that what slows the machine slows both. The ratio is the median over the pairs, with a 95 % interval, and beside it " +
        "the first file against itself: what noise alone makes.",
    )
    .argument("<before>", "an ONNX file")
    .argument("<after>", "the file that should be faster");
  withInputOptions(command)
    .option("--pairs <n>", "how many pairs are timed", wholeNumber(1), 41)
    .addHelpText(
      "after",
      `
Examples:
  convfuse time model.onnx model.fused.onnx
  convfuse time model.onnx model.fused.onnx --shape input=8,3,224,224`,
    );
  command.action((before: string, after: string, values: TimeValues) =>
    ends(() => time(before, after, values)),
  );
}

async function time(before: string, after: string, values: TimeValues): Promise<boolean> {
  const { pairs, threads } = values;
  const shapes = values.shape;
  const { compareTimesAsync } = await import("@convfuse/core");
  const { feedsOf, givenArrays } = await import("../feeds.js");
  const given = givenArrays(values.inputs);
  const ort = await runtime("time");
  const a = await load(ort, before, { optimised: true, threads, given });
  const b = await load(ort, after, { optimised: true, threads, given });
  checkLike(after, b, a);
  const feeds = feedsOf(ort, a.inputs, { free: freeSizes, shapes, given, seed: 0 });
  process.stderr.write(`timing ${pairs} pairs on ${sizesOf(feeds)}, threads: ${threads}\n`);
  const found = await compareTimesAsync({ a: () => a.run(feeds), b: () => b.run(feeds) }, { pairs });
  process.stdout.write(
    `${before}: ${found.medianA.toFixed(2)} ms\n` +
      `${after}: ${found.medianB.toFixed(2)} ms\n` +
      `the second is ${text(found.ratio)} times as fast as the first\n` +
      `the first against itself: ${text(found.control)}\n`,
  );
  return true;
}

function text({ median, low, high }: MedianInterval): string {
  return `${median.toFixed(2)} (95 % interval ${low.toFixed(2)} to ${high.toFixed(2)})`;
}
