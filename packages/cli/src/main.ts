import { Command, CommanderError } from "commander";
import type { Ends } from "./commands/command.js";
import { addFuse } from "./commands/fuse.js";
import { addInspect } from "./commands/inspect.js";
import { addTime } from "./commands/time.js";
import { addVerify } from "./commands/verify.js";
import { lineOf } from "./failure.js";
import { version } from "./version.js";

/** What the process ends with. */
export const exit = { done: 0, failed: 1, usage: 2 } as const;

/**
 * The command `convfuse`.
 * @param args without the program's name
 * @returns the exit code: 0 done, 1 something failed or could not be proven, 2 wrong usage
 */
export async function main(args: readonly string[]): Promise<number> {
  const program = new Command("convfuse")
    .description("Fuses the branches of a trained network out of its file, exactly, and proves it.")
    .version(version())
    .helpOption("-h, --help", "print this, or a command's own help")
    .helpCommand(false)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "convfuse: ")) })
    .addHelpText("after", examples);
  let code: number = exit.done;
  const ends: Ends = async (run) => {
    code = (await run()) ? exit.done : exit.failed;
  };
  for (const add of [addFuse, addInspect, addVerify, addTime]) add(program, ends);
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exit.done : exit.usage;
    process.stderr.write(`convfuse: ${lineOf(error)}\n`);
    return exit.failed;
  }
}

const examples = `
Examples:
  convfuse fuse model.onnx                writes model.fused.onnx; what was done
  convfuse inspect model.onnx             whether there are branches to fuse
  convfuse verify model.onnx fused.onnx   runs both in onnxruntime and compares
  convfuse time model.onnx fused.onnx     how much faster the second one is

Exit codes: 0 done; 1 something failed or could not be proven; 2 wrong usage.`;
