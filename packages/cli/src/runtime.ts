import type { InferenceSession, Tensor } from "onnxruntime-node";
import { Failure, lineOf } from "./failure.js";
import { lookAt } from "./look-at.js";

type Runtime = typeof import("onnxruntime-node");

/** A network in onnxruntime. */
export interface Running {
  readonly inputs: readonly InferenceSession.ValueMetadata[];
  readonly outputNames: readonly string[];
  run(feeds: Feeds): Promise<Results>;
}

export type Feeds = Readonly<Record<string, Tensor>>;
export type Results = Readonly<Record<string, Tensor>>;

/**
 * onnxruntime, which is not installed with this command: it is larger than all else, and only two commands
 * ask for it.
 * @throws {Failure} if it is not there
 */
export async function runtime(command: string): Promise<Runtime> {
  try {
    const loaded = (await import("onnxruntime-node")) as Runtime & { readonly default?: Runtime };
    return loaded.default ?? loaded;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND")
      throw new Failure(`onnxruntime-node: ${lineOf(error)}`);
    throw new Failure(
      `${command} runs networks in onnxruntime, which is not installed: npm install onnxruntime-node (beside convfuse)`,
    );
  }
}

/** Only what ends the process: an error is thrown as well, and would be said twice. */
const quiet = 4;

/** How a network is run. */
export interface RunOptions {
  /** False: each node as the file has it. */
  readonly optimised: boolean;
  readonly threads: number;
  /** Inputs that get arrays of a file, by name. */
  readonly given: ReadonlyMap<string, unknown>;
}

/** @throws {Failure} with the path, if the file is not there or onnxruntime does not take it */
export async function load(
  ort: Runtime,
  path: string,
  { optimised, threads, given }: RunOptions,
): Promise<Running> {
  lookAt(path);
  let session: InferenceSession;
  try {
    session = await ort.InferenceSession.create(path, {
      graphOptimizationLevel: optimised ? "all" : "disabled",
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: quiet,
    });
  } catch (error) {
    throw new Failure(`${path}: onnxruntime does not take it: ${oneLine(error)}`);
  }
  return {
    inputs: session.inputMetadata,
    outputNames: session.outputNames,
    run: async (feeds) => {
      try {
        return await session.run(feeds, { logSeverityLevel: quiet });
      } catch (error) {
        const sizes = Object.entries(feeds).map(([name, { dims }]) => `${name} [${dims.join(", ")}]`);
        const hint = Object.keys(feeds).every((name) => given.has(name))
          ? "as the arrays of --inputs are"
          : "--shape NAME=1,3,224,224 says another size";
        throw new Failure(
          `${path}: onnxruntime cannot run it on ${sizes.join(", ")} (${hint}): ${oneLine(error)}`,
        );
      }
    },
  };
}

/**
 * That a network takes and gives what another one does.
 * @throws {Failure} with the path and the names, if it does not
 */
export function checkLike(path: string, { inputs, outputNames }: Running, other: Running): void {
  const check = (what: string, has: readonly string[], wanted: readonly string[]): void => {
    const missing = wanted.find((name) => !has.includes(name));
    if (missing !== undefined)
      throw new Failure(
        `${path}: has no ${what} "${missing}", as the other file has: its ${what}s are ${has.join(", ")}`,
      );
  };
  const namesOf = (all: Running["inputs"]): readonly string[] => all.map(({ name }) => name);
  check("input", namesOf(inputs), namesOf(other.inputs));
  check("output", outputNames, other.outputNames);
}

function oneLine(error: unknown): string {
  // onnxruntime writes some of its line breaks out.
  return lineOf(error)
    .replaceAll(/(?:\s|\\u000a)+/g, " ")
    .slice(0, 300);
}
