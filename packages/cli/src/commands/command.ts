import { type Command, InvalidArgumentError, Option } from "commander";
import { type InputShapes, inputShape } from "../input-shapes.js";

/** Runs what a command does and keeps whether all went well, which becomes the exit code. */
export type Ends = (run: () => Promise<boolean>) => Promise<void>;

/** The options of commands that run networks. */
export interface InputValues {
  readonly shape: InputShapes;
  readonly inputs?: string;
  readonly threads: number;
}

export function withInputOptions(command: Command): Command {
  return command
    .addOption(shapeOption())
    .option("--inputs <file.npz>", "arrays to run on, by input's name, instead of random numbers")
    .option("--threads <n>", "threads of onnxruntime", wholeNumber(1), 1);
}

/** `--shape NAME=1,3,224,224`, for as many inputs as wanted. */
export function shapeOption(): Option {
  return new Option(
    "--shape <name=sizes>",
    "the shape of an input, e.g. input=1,3,224,224 (again for another input)",
  )
    .argParser((text: string, before: InputShapes): InputShapes => {
      const found = inputShape(text);
      if (found === undefined) throw new InvalidArgumentError("It must be NAME=1,3,224,224.");
      return new Map([...before, found]);
    })
    .default(new Map(), "what the file says");
}

/** For an option that may be given several times. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** A parser of whole numbers from `least` on. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`It must be a whole number, ${least} or more.`);
  };
}
