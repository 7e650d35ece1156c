import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { env } from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const runner = fileURLToPath(new URL("run_suite.py", import.meta.url));

/** In ms; the runner itself breaks off a test that hangs. */
const timeout = 600_000;

interface Result {
  readonly name: string;
  readonly problems: readonly string[];
}

function lines(text: string): unknown[] {
  return text.split("\n").flatMap((line) => (/^[[{]/.test(line) ? [JSON.parse(line)] : []));
}

function listTests(interpreter: string, file: string): string[] {
  const { status, stdout, stderr } = spawnSync(interpreter, [runner, "list", file], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${file} cannot be loaded\n${stderr}`);
  return lines(stdout).flat() as string[];
}

/**
 * Every test of a Python unittest file, as a test of its own here. One Python process runs them all. A test that Python
 * skips has failed: nothing that these suites need may be missing.
 */
export function pythonSuite(
  title: string,
  file: URL,
  interpreter: string | null,
  environment: () => { readonly [name: string]: string },
): void {
  describe.skipIf(interpreter === null)(title, () => {
    if (interpreter === null) {
      test("needs Python", () => undefined);
      return;
    }
    const path = fileURLToPath(file);
    const results = new Map<string, Result>();
    const waiting = new Map<string, () => void>();
    let fatal = "";
    let over = false;
    let child: ChildProcess | undefined;

    beforeAll(() => {
      child = spawn(interpreter, [runner, "run", path], {
        env: { ...env, PYTHONDONTWRITEBYTECODE: "1", ...environment() },
        stdio: ["ignore", "pipe", "pipe"],
      });
      let stderr = "";
      child.stderr?.setEncoding("utf8").on("data", (text: string) => {
        stderr = (stderr + text).slice(-20_000);
      });
      if (!child.stdout) throw new Error("the suite has no output");
      createInterface(child.stdout).on("line", (line) => {
        for (const result of lines(line) as (Result & { fatal?: string })[]) {
          if (result.fatal) fatal += result.fatal;
          else {
            results.set(result.name, result);
            waiting.get(result.name)?.();
          }
        }
      });
      void once(child, "close").then(() => {
        over = true;
        fatal ||= stderr;
        for (const wake of waiting.values()) wake();
      });
    }, timeout);

    afterAll(async () => {
      if (!over && child) {
        child.kill();
        await once(child, "close");
      }
    });

    test.each(listTests(interpreter, path))(
      "%s",
      async (name) => {
        if (!results.has(name) && !over) await new Promise<void>((resolve) => waiting.set(name, resolve));
        const result = results.get(name);
        if (!result) throw new Error(`the test did not run\n${fatal}`);
        expect(result.problems.join("\n")).toBe("");
      },
      timeout,
    );
  });
}
