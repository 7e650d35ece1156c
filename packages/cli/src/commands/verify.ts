import type { Command } from "commander";
import { compareOutputs, worst } from "../compare-outputs.js";
import { shown } from "../failure.js";
import { withModel } from "../model-file.js";
import { isOrtFormat } from "../other-formats.js";
import { checkLike, load, runtime } from "../runtime.js";
import { type Ends, type InputValues, withInputOptions } from "./command.js";

/** Sizes that a network is run on where it leaves them free: the batch, and every other one. */
const freeSizes = [
  [1, 64],
  [2, 96],
] as const;

/**
 * Differences below this part of the largest output are rounding, and so is a few times what onnxruntime's
 * own optimiser changes. With weights in float16, whose rounding is 4.9e-4, a network's own is 2e-2.
 */
const roundingFloor = { float: 2e-5, float16: 2e-2 } as const;
const timesOptimiser = 8;

/** `convfuse verify A B` */
export function addVerify(program: Command, ends: Ends): void {
  const command = program
    .command("verify")
    .summary("run two files in onnxruntime on the same inputs, and compare")
    .description(
      "Runs both files in onnxruntime (npm install onnxruntime-node) on the same random inputs, as the files stand and with all of " +
        "onnxruntime's optimisations, and compares every output.",
    )
    .argument("<before>", "an ONNX file")
    .argument("<after>", "the file that should compute the same");
  withInputOptions(command).addHelpText(
    "after",
    `
Examples:
  convfuse verify model.onnx model.fused.onnx
  convfuse verify model.onnx model.fused.onnx --shape input=1,3,64,64`,
  );
  command.action((before: string, after: string, values: InputValues) =>
    ends(() => verify(before, after, values)),
  );
}

async function verify(before: string, after: string, values: InputValues): Promise<boolean> {
  const shapes = values.shape;
  const { feedsOf, givenArrays } = await import("../feeds.js");
  const given = givenArrays(values.inputs);
  const ort = await runtime("verify");
  const { threads } = values;
  const plain = await load(ort, before, { threads, given, optimised: false });
  const optimised = await load(ort, before, { threads, given, optimised: true });
  const fused = await load(ort, after, { threads, given, optimised: false });
  const fusedOptimised = await load(ort, after, { threads, given, optimised: true });
  const precision = precisionOf(before);
  checkLike(after, fused, plain);
  let ok = true;
  for (const [seed, free] of freeSizes.entries()) {
    const feeds = feedsOf(ort, plain.inputs, { free, shapes, given, seed });
    const expected = await plain.run(feeds);
    const own = worst(compareOutputs(expected, await optimised.run(feeds)));
    const both = [await fused.run(feeds), await fusedOptimised.run(feeds)];
    const ours = worst(both.flatMap((results) => compareOutputs(expected, results)));
    const fits = ours.relative <= Math.max(roundingFloor[precision], timesOptimiser * own.relative);
    ok &&= fits;
    const verdict =
      precision === "float" ? "equal but for rounding" : `equal but for rounding of ${precision}`;
    process.stdout.write(
      `${sizesOf(feeds)}\n` +
        `  ${fits ? verdict : "DIFFERENT"}: ${part(ours.relative)}${ours.output && ` ("${ours.output}")`}\n` +
        `  onnxruntime's own optimiser changes the first file by ${part(own.relative)}\n`,
    );
    if (isFixed(plain.inputs, [shapes, given])) break;
  }
  return ok;
}

/**
 * What a file's weights are rounded to. Of onnxruntime's own format nothing here says so: it is judged
 * strictly.
 */
function precisionOf(path: string): keyof typeof roundingFloor {
  if (isOrtFormat(path)) {
    process.stderr.write(
      `${shown(path)}: onnxruntime's own format, of which this command cannot tell the weights' type: judged as float32\n`,
    );
    return "float";
  }
  const types = withModel(path, ({ model }) => model.elementTypes);
  return types.includes("float16") ? "float16" : "float";
}

function part(relative: number): string {
  if (relative === 0) return "nothing";
  if (!Number.isFinite(relative)) return "another shape, or numbers that are not finite";
  return `${relative.toExponential(1)} of the largest output`;
}

/** Inputs with their shapes, as a person reads them. */
export function sizesOf(feeds: Readonly<Record<string, { readonly dims: readonly number[] }>>): string {
  return Object.entries(feeds)
    .map(([name, { dims }]) => `${name} [${dims.join(", ")}]`)
    .join(", ");
}

/** True if every size is given, so that another choice of free ones is the same. */
function isFixed(
  inputs: Awaited<ReturnType<typeof load>>["inputs"],
  said: readonly ReadonlyMap<string, unknown>[],
): boolean {
  return inputs.every(
    (input) =>
      said.some((names) => names.has(input.name)) ||
      (input.isTensor && input.shape.every((size) => typeof size === "number" && size >= 0)),
  );
}
