import { existsSync, lstatSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { ArgumentError } from "@convfuse/core";
import { type FusedOnnx, type FuseOnnxOptions, fuseOnnx, writeOnnx } from "@convfuse/onnx";
import { type Command, Option } from "commander";
import { Failure, shown } from "../failure.js";
import type { InputShapes } from "../input-shapes.js";
import { inFile, type ModelFile, withModel } from "../model-file.js";
import { Progress } from "../progress.js";
import { type Output, writeFiles } from "../write-file.js";
import { collect, type Ends, shapeOption } from "./command.js";

/** What both `fuse` and `inspect` take. */
export interface FusingValues {
  readonly only: readonly string[];
  readonly keep: readonly string[];
  readonly sizes: "every" | "given";
  readonly growth: "any" | "none";
  readonly shape: InputShapes;
}

interface FuseValues extends FusingValues {
  readonly output?: string;
  readonly inPlace?: true;
  readonly json?: string;
  readonly verify: boolean;
}

/** `convfuse fuse IN` */
export function addFuse(program: Command, ends: Ends): void {
  const command = program
    .command("fuse")
    .summary("write the same network with its branches fused out")
    .description(
      "Replaces what is exactly one convolution (parallel branches, norms, scales, sequences) by that convolution. " +
        "Every replaced part is proven by itself; what fails its proof stays as it was. Everything else in the file stays byte for byte.",
    )
    .argument("<in>", "an ONNX file")
    .option("-o, --output <out>", "the file to write (default: IN with .fused before .onnx)")
    .addOption(new Option("--in-place", "write over the input").conflicts("output"));
  withFusingOptions(command)
    .option("--json <file>", "write the report as JSON too")
    .option("--no-verify", "leave out the proof of each part")
    .addHelpText(
      "after",
      `
Examples:
  convfuse fuse model.onnx
  convfuse fuse model.onnx -o small.onnx --json report.json
  convfuse fuse model.onnx --keep /head   leaves the nodes of /head alone`,
    );
  command.action((input: string, values: FuseValues) =>
    ends(async () => {
      const output = outputOf(input, values);
      return withModel(input, (file) => fuse(file, output, values));
    }),
  );
}

export function withFusingOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--only <name>",
        "change only this node or tensor, or what lies below the name (again for more)",
      )
        .argParser(collect)
        .default([], "everything"),
    )
    .addOption(
      new Option(
        "--keep <name>",
        "leave this node or tensor, or what lies below the name, as it is (again for more)",
      )
        .argParser(collect)
        .default([], "nothing"),
    )
    .addOption(
      new Option("--sizes <which>", "be exact at every size of the inputs, or at the given ones only")
        .choices(["every", "given"])
        .default("every"),
    )
    .addOption(
      new Option("--growth <which>", "whether a merge may raise multiply-adds or bytes")
        .choices(["none", "any"])
        .default("none"),
    )
    .addOption(shapeOption());
}

function fuse(file: ModelFile, output: string, values: FuseValues): boolean {
  const { path: input } = file;
  const data = file.model.externalFiles.length === 0 ? undefined : `${basename(output)}.data`;
  checkPlaces(file, output, data, values);
  const fusion = fused(file, values, values.verify);
  const outputs = inFile(input, () => outputsOf(fusion, output, data));
  if (values.json !== undefined) {
    outputs.push({
      path: values.json,
      content: { writeTo: (write) => write(Buffer.from(`${JSON.stringify(fusion.report, undefined, 2)}\n`)) },
    });
  }
  const progress = new Progress(input);
  try {
    const onBytes = (bytes: number): void => progress.written(bytes);
    inFile(input, () => writeFiles(outputs, onBytes, () => file.inputs.settle()));
  } finally {
    progress.end();
  }
  process.stdout.write(
    `${String(fusion.report)}\n\nwritten: ${outputs.map(({ path }) => shown(path)).join(", ")}\n`,
  );
  return fusion.report.putBack.length === 0;
}

/** Fuses, with a line on the terminal that says how far it is. */
export function fused({ path, model }: ModelFile, values: FusingValues, verify: boolean): FusedOnnx {
  const { only, keep, sizes, growth, shape } = values;
  const progress = new Progress(path);
  try {
    const options: FuseOnnxOptions = {
      ...(only.length > 0 && { only }),
      ...(keep.length > 0 && { keep }),
      sizes,
      growth,
      inputShapes: Object.fromEntries(shape),
      verify,
      onProgress: (done, total) => progress.proven(done, total),
    };
    return inFile(path, () => fuseOnnx(model, options));
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new Failure(`${path}: ${asOption(error)}`);
  } finally {
    progress.end();
  }
}

/** What is wrong with an option, by the name that it has on the command line. */
function asOption({ message, op }: ArgumentError): string {
  const rule = message.slice(op.length + 2);
  return rule.replace(
    /^(only|keep|inputShapes)(?= )/,
    (name) => `--${name === "inputShapes" ? "shape" : name}`,
  );
}

function outputOf(input: string, { output, inPlace }: FuseValues): string {
  if (inPlace) return input;
  const path = output ?? join(dirname(input), `${basename(input).replace(/\.onnx$/i, "")}.fused.onnx`);
  if (samePlace(path, input)) throw new Failure(`${path}: this is the input; --in-place writes over it`);
  return path;
}

/**
 * Before anything is computed: what is to be written is no folder, no link, nothing that is read, and no two
 * files are one.
 * @throws {Failure} with the path
 */
function checkPlaces(
  { path: input, model }: ModelFile,
  output: string,
  data: string | undefined,
  { json, inPlace }: FuseValues,
): void {
  const beside = data === undefined ? [] : [join(dirname(output), data)];
  const written = [output, ...beside, ...(json === undefined ? [] : [json])];
  const read = [input, ...model.externalFiles.map((name) => join(dirname(input), name))];
  for (const [i, path] of written.entries()) {
    checkWritable(path);
    if (written.slice(0, i).some((other) => samePlace(path, other)))
      throw new Failure(`${path}: two outputs would be written there`);
    const isAsked = inPlace === true && path !== json;
    if (!isAsked && read.some((other) => samePlace(path, other)))
      throw new Failure(`${path}: the input is read from there`);
  }
}

function samePlace(a: string, b: string): boolean {
  const real = (path: string): string => {
    try {
      return realpathSync(path);
    } catch {
      return resolve(path);
    }
  };
  return real(a) === real(b);
}

/** A rename would replace a device or a link by a file. */
function checkWritable(path: string): void {
  const folder = dirname(path);
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new Failure(`${path}: there is no folder ${folder}`);
  let kind: ReturnType<typeof lstatSync>;
  try {
    kind = lstatSync(path);
  } catch {
    return;
  }
  if (!kind.isFile())
    throw new Failure(`${path}: there is something else than a file, which will not be replaced`);
}

/** The model, and its tensors' own file where the input has one. */
function outputsOf({ model: made }: FusedOnnx, path: string, data: string | undefined): Output[] {
  if (data === undefined) return [{ path, content: writeOnnx(made) }];
  const written = writeOnnx(made, { externalData: data });
  const beside = written.external && { path: join(dirname(path), data), content: written.external };
  return beside === undefined ? [{ path, content: written }] : [beside, { path, content: written }];
}
