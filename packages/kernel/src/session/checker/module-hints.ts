import type ts from "typescript6";
import { installHint, typesHint } from "#host/package-hints.js";

/** "Could not find a declaration file for module": it runs, as `any`. */
const untypedModule = 7016;

/** The packages without types that a cell imports. */
export function untypedModules(diagnostics: readonly ts.Diagnostic[]): readonly string[] {
  return diagnostics.flatMap(({ code, file, start = 0, length = 0 }) =>
    code === untypedModule && file ? [file.text.slice(start + 1, start + length - 1)] : [],
  );
}

/**
 * What to type where a module, or the types of one, are missing; `name` is what the message is about, as the
 * cell has it.
 */
export function moduleHint(
  name: string,
  message: string,
  untyped: readonly string[],
  folder: string,
): string | undefined {
  if (/^(["'`]).*\1$/s.test(name) && /^Cannot find module/.test(message))
    return installHint(name.slice(1, -1), folder);
  const [first] = untyped;
  if (first === undefined || !/implicitly has an 'any' type/.test(message)) return undefined;
  const hint = typesHint(first, folder);
  return hint && `${first} has no types: ${hint}`;
}
