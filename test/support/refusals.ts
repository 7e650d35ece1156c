import type { ConvfuseError } from "@convfuse/core";
import { expect, test } from "vitest";

/** A call with bad input, the error's class, and its whole message. */
export type Refusal = readonly [
  call: () => unknown,
  kind: new (...args: never[]) => ConvfuseError,
  message: string,
];

/** One test a call: it throws an error of this class with this whole message. */
export function testRefusals(refusals: readonly Refusal[]): void {
  test.each(refusals.map(([call, kind, message]) => ({ call, kind, message })))(
    "refuses: $message",
    ({ call, kind, message }) => {
      let thrown: unknown;
      try {
        call();
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(kind);
      expect((thrown as Error).message).toBe(message);
    },
  );
}

/** A value that the types forbid, as JavaScript callers and notebooks can pass it. */
export function wrong<T>(value: unknown): T {
  return value as T;
}
