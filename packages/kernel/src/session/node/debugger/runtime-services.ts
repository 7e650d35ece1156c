import type { Runtime } from "node:inspector";
import type { Question } from "../../messages.js";
import type { PositionMap } from "../../unit.js";
import type { InspectorClient } from "./inspector-client.js";

/** An expression that gives what the runtime does for a debugger; see `runtime/debugging.ts`. */
export const servicesExpression = `globalThis[Symbol.for("convfuse.debugging")]`;

interface Called {
  readonly result: Runtime.RemoteObject;
  readonly exceptionDetails?: Runtime.ExceptionDetails | undefined;
}

/** What is wrong, as a debugger says it to whoever asked. */
export class DebugRefusal extends Error {
  override readonly name = "DebugRefusal";
}

/** The value of a call, or what it threw. */
export function unwrapped({ result, exceptionDetails }: Called): unknown {
  if (!exceptionDetails) return result.value;
  const { exception, text } = exceptionDetails;
  const thrown = exception?.description ?? (exception ? String(exception.value) : text);
  throw new DebugRefusal(thrown.split("\n    at ", 1)[0]);
}

/** The runtime's own answers to a debugger, while it runs and while it has stopped. */
export class RuntimeServices {
  readonly #inspector: InspectorClient;
  readonly #object: string;

  private constructor(inspector: InspectorClient, object: string) {
    this.#inspector = inspector;
    this.#object = object;
  }

  static async find(inspector: InspectorClient): Promise<RuntimeServices> {
    const { result } = await inspector.post<Called>("Runtime.evaluate", { expression: servicesExpression });
    return new RuntimeServices(inspector, result.objectId as string);
  }

  async read(expression: string, name: string): Promise<void> {
    await this.#call("read", [expression, name]);
  }

  async mapsOf(wanted: {
    readonly source?: string;
    readonly file?: string;
  }): Promise<readonly { readonly file: string; readonly map: PositionMap }[]> {
    return (await this.#call("mapsOf", [wanted])) as { file: string; map: PositionMap }[];
  }

  answer(question: Question, isStopped: boolean): Promise<unknown> {
    const values = [{ value: question }, { value: isStopped }];
    // Nothing else is a promise, and none settles where the program has stopped or computes.
    return this.#callWith("answer", values, question.kind === "bundle" && !isStopped);
  }

  async turn(): Promise<void> {
    await this.#call("turn", []);
  }

  #call(name: string, values: readonly unknown[]): Promise<unknown> {
    return this.#callWith(
      name,
      values.map((value) => ({ value })),
    );
  }

  async #callWith(
    name: string,
    values: readonly Runtime.CallArgument[],
    awaitPromise = false,
  ): Promise<unknown> {
    const called = await this.#inspector.post<Called>("Runtime.callFunctionOn", {
      objectId: this.#object,
      functionDeclaration: `function (...values) { return this.${name}(...values) }`,
      arguments: values,
      returnByValue: true,
      awaitPromise,
      silent: true,
    });
    return unwrapped(called);
  }
}
