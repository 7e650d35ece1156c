import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { leastMemory } from "./check-options.js";
import { InstallError, type Target } from "./install/location.js";
import { readParameters, takeParameters } from "./parameter-arguments.js";
import type { SessionEvent } from "./session/types.js";

const help = `convfuse-kernel: a TypeScript kernel for Jupyter

Usage:
  convfuse-kernel install [--user | --prefix DIR | --sys-prefix] [--name NAME] [--memory MB] [--no-history]
  convfuse-kernel uninstall [--user | --prefix DIR | --sys-prefix] [--name NAME]
  convfuse-kernel doctor
  convfuse-kernel run NOTEBOOK... --output DIR [--jobs N] [-p NAME VALUE]... [--parameters FILE]
  convfuse-kernel start [--memory MB] [--no-history] [--snapshot FILE] CONNECTION_FILE

Commands:
  install      make the kernel known to Jupyter
  uninstall    take that back
  doctor       say what is wrong, and the command that mends it
  run          execute notebooks without Jupyter, and write the results to a folder
  start        run a kernel; Jupyter does this

Options:
  --user          for this user (default)
  --prefix DIR    below DIR/share/jupyter
  --sys-prefix    into the Python environment that is active
  --name NAME     the kernel's name (default: convfuse)
  --memory MB     how much memory its variables may take (default: Node's own limit)
  --no-history    keep no record of what was run in the user's home; a session still knows its own
  --snapshot FILE what install --prefix wrote for a fast start; taken if only its owner and root can write it
  --output DIR    where executed notebooks go
  --jobs N        how many notebooks run at a time (default: 1)
  -p NAME VALUE   set a variable of the cell tagged "parameters"; a number, true, false, null or text
  --parameters FILE  set those that a JSON file names; -p goes before it
  --help, --version

Exit codes: 0 done; 1 a cell failed, or doctor found something; 2 a notebook is broken, or another error; 64 wrong usage.
`;

/** A command line that makes no sense. */
class UsageError extends Error {}

const exit = { done: 0, failed: 1, error: 2, usage: 64 } as const;

type Values = { readonly [option: string]: string | boolean | undefined };

function target(values: Values): Target {
  const chosen = ["user", "prefix", "sys-prefix"].filter((option) => values[option] !== undefined);
  if (chosen.length > 1) {
    throw new UsageError(`${chosen.map((option) => `--${option}`).join(" and ")} exclude each other`);
  }
  if (typeof values.prefix === "string") return { kind: "prefix", prefix: values.prefix };
  return { kind: values["sys-prefix"] ? "sys-prefix" : "user" };
}

/** What is wrong with a command line's words is wrong usage. */
function usage<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function parse(
  args: readonly string[],
  options: { readonly [name: string]: { readonly type: "boolean" | "string" } },
): { readonly values: Values; readonly positionals: readonly string[] } {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true }) as {
      values: Values;
      positionals: string[];
    };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

const targetOptions = {
  user: { type: "boolean" },
  prefix: { type: "string" },
  "sys-prefix": { type: "boolean" },
  name: { type: "string" },
} as const;

/** How a kernel is started, as its kernelspec says. */
const startOptions = { memory: { type: "string" }, "no-history": { type: "boolean" } } as const;

/** A limit in MB; undefined where none is given. */
function memory({ memory: given }: Values): number | undefined {
  if (given === undefined) return undefined;
  if (!/^\d+$/.test(String(given)) || Number(given) < leastMemory)
    throw new UsageError(`--memory must be a whole number of MB, at least ${leastMemory}; got ${given}`);
  return Number(given);
}

async function installOrUninstall(
  command: "install" | "uninstall",
  args: readonly string[],
): Promise<number> {
  const known = command === "install" ? { ...targetOptions, ...startOptions } : targetOptions;
  const { values, positionals } = parse(args, known);
  if (positionals.length > 0) throw new UsageError(`${command} takes no ${positionals[0]}`);
  const commands = await import("./install/install.js");
  const name = typeof values.name === "string" ? values.name : "convfuse";
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  if (command === "install") {
    const start = { memory: memory(values), keepsHistory: !values["no-history"] };
    await commands.install(target(values), name, start, say);
  } else say(await commands.uninstall(target(values), name));
  return exit.done;
}

async function doctor(args: readonly string[]): Promise<number> {
  if (args.length > 0) throw new UsageError(`doctor takes no ${args[0]}`);
  const { examine } = await import("./install/doctor.js");
  let healthy = true;
  for await (const { subject, ok, detail, remedy } of examine()) {
    healthy &&= ok;
    process.stdout.write(`${ok ? "ok   " : "WRONG"} ${subject}: ${detail}\n`);
    if (remedy) process.stdout.write(`      to mend it: ${remedy}\n`);
  }
  return healthy ? exit.done : exit.failed;
}

async function run(args: readonly string[]): Promise<number> {
  const { rest, values: given } = usage(() => takeParameters(args));
  const { values, positionals: files } = parse(rest, {
    output: { type: "string" },
    jobs: { type: "string" },
    parameters: { type: "string" },
  });
  const { output } = values;
  if (files.length === 0) throw new UsageError("run takes at least one notebook");
  if (typeof output !== "string") throw new UsageError("run needs --output DIR");
  const names = files.map((file) => basename(file));
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice) throw new UsageError(`two notebooks would become ${join(output, twice)}`);
  const jobs = Number(values.jobs ?? 1);
  if (!Number.isInteger(jobs) || jobs < 1)
    throw new UsageError(`--jobs must be 1 or more; got ${values.jobs}`);
  const fromFile =
    typeof values.parameters === "string" ? usage(() => readParameters(values.parameters as string)) : {};
  const [{ runNotebooks }, { report }] = await Promise.all([
    import("./headless/run-notebooks.js"),
    import("./run-report.js"),
  ]);
  const runs = await runNotebooks(files, {
    outputDir: output,
    jobs,
    parameters: { ...fromFile, ...given },
    onProgress: report,
  });
  if (runs.some(({ status }) => status === "broken")) return exit.error;
  return runs.some(({ status }) => status === "failed") ? exit.failed : exit.done;
}

async function start(args: readonly string[]): Promise<never> {
  const { values, positionals } = parse(args, { ...startOptions, snapshot: { type: "string" } });
  const [connectionFile, ...rest] = positionals;
  if (!connectionFile || rest.length > 0) throw new UsageError("start takes one connection file");
  // The session's processes take longest to start: they come before all that the kernel itself has to load.
  const { createSession } = await import("./session/node/create-session.js");
  const early: SessionEvent[] = [];
  let onEvent = (event: SessionEvent): void => void early.push(event);
  const limit = memory(values);
  const session = createSession({
    cwd: process.cwd(),
    onEvent: (event) => onEvent(event),
    ...(limit === undefined ? {} : { memory: limit }),
    ...(typeof values.snapshot === "string" ? { snapshot: values.snapshot } : {}),
  });
  const { startKernel } = await import("./protocol/start.js");
  const exitCode = await startKernel(connectionFile, {
    keepsHistory: !values["no-history"],
    createSession: (options) => {
      onEvent = options.onEvent;
      for (const event of early) onEvent(event);
      return session;
    },
  });
  // A timer or socket that was forgotten must not keep the process of a kernel that has ended.
  process.exit(exitCode);
}

/** Runs a command line, and returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  if (rest.includes("--help") || rest.includes("-h")) return main(["--help"]);
  try {
    switch (command) {
      case "install":
      case "uninstall":
        return await installOrUninstall(command, rest);
      case "doctor":
        return await doctor(rest);
      case "run":
        return await run(rest);
      case "start":
        return await start(rest);
      case "--version": {
        const { kernelVersion } = await import("./protocol/kernel-info.js");
        process.stdout.write(`${kernelVersion()}\n`);
        return exit.done;
      }
      case "--help":
      case "-h":
      case "help":
        process.stdout.write(help);
        return exit.done;
      default:
        throw new UsageError(command === undefined ? "no command" : `no command ${command}`);
    }
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`convfuse-kernel: ${error.message}\n\n${help}`);
      return exit.usage;
    }
    if (error instanceof InstallError) {
      process.stderr.write(`convfuse-kernel: ${error.message}\n`);
      return exit.error;
    }
    throw error;
  }
}
