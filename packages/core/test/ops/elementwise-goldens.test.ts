import { add, mul, relu, sub, type Tensor } from "@convfuse/core";
import { expect, test } from "vitest";
import { decode, goldens } from "../../../../test/support/goldens.js";

interface Case {
  readonly op: "relu" | "add" | "sub" | "mul";
  readonly a: string;
  readonly b?: string;
  readonly number?: number;
  readonly data: string;
}

const flat = (base64: string): Tensor => decode(base64, [Buffer.from(base64, "base64").length / 4]);

test.each(goldens<Case>("elementwise"))("$op with $number, bit for bit, the sign of zero too", (c) => {
  const a = flat(c.a);
  const b = c.number ?? flat(c.b ?? c.a);
  const y = c.op === "relu" ? relu(a) : { add, sub, mul }[c.op](a, b);
  // toEqual takes NaN for equal to itself, and tells 0 from -0.
  expect([...y.data]).toEqual([...flat(c.data).data]);
});
