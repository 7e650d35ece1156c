import {
  kaimingNormal,
  kaimingUniform,
  manualSeed,
  normal,
  rand,
  randint,
  randn,
  randperm,
  type Tensor,
  uniform,
  xavierNormal,
  xavierUniform,
} from "@convfuse/core";
import { describe, expect, test } from "vitest";
import { goldens, hash } from "../../../../test/support/goldens.js";

const calls = {
  kaimingNormal,
  kaimingUniform,
  normal,
  rand,
  randint,
  randn,
  randperm,
  uniform,
  xavierNormal,
  xavierUniform,
};

interface Case {
  readonly seed: number;
  readonly draws: readonly {
    readonly call: keyof typeof calls;
    readonly args: readonly unknown[];
    readonly sha256: string;
    readonly first: readonly number[];
  }[];
}

describe.each(goldens<Case>("random"))("after manualSeed($seed)", ({ seed, draws }) => {
  // One after the other: what PyTorch keeps between two draws counts too.
  test("every draw has PyTorch's bits", () => {
    manualSeed(seed);
    for (const { call, args, sha256, first } of draws) {
      const x = (calls[call] as (...args: readonly unknown[]) => Tensor)(...args);
      expect([...x.data.slice(0, 4)], `${call}(${JSON.stringify(args)})`).toEqual(first);
      expect(hash(x), `${call}(${JSON.stringify(args)})`).toBe(sha256);
    }
  });
});

test("manualSeed forgets the second value of a pair", () => {
  manualSeed(5);
  const first = randn([1]).get(0);
  manualSeed(5);
  expect(randn([1]).get(0)).toBe(first);
});

test("without a seed, two draws differ", () => {
  expect(hash(rand([20]))).not.toBe(hash(rand([20])));
});
