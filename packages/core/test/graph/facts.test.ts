import { describe, expect, test } from "vitest";
import { factsOf } from "../../src/graph/facts.js";
import { GraphBuilder } from "../../src/graph/graph.js";
import type { Op } from "../../src/graph/op.js";
import { add, concat, conv, identity, norm, relu, same } from "./small-graphs.js";

describe("what is known of a value", () => {
  test("channels come from what reads it, through what keeps them", () => {
    const graph = new GraphBuilder();
    const x = graph.input("x");
    const y = graph.add(relu, [graph.add(identity, [x], "skip")], "relu");
    const facts = factsOf(graph.finish([graph.add(same(5, 7, 3), [y], "conv")]));
    expect([facts.channels(x), facts.channels(y), facts.rank(x)]).toEqual([5, 5, 2]);
  });

  test("channels come from siblings in a sum and from the sum over a concatenation of one value", () => {
    const graph = new GraphBuilder();
    const x = graph.input("x");
    const parts = Array.from({ length: 9 }, (_, i) => graph.add(identity, [x], `${i}`));
    const joined = graph.add(concat, parts, "concat");
    const z = graph.input("z");
    const sum = graph.add(add, [graph.add(conv(4, 27), [z], "conv"), joined], "sum");
    const facts = factsOf(graph.finish([sum]));
    expect([x, parts[4], joined, sum].map((value) => value && facts.channels(value))).toEqual([3, 3, 27, 27]);
    expect(facts.rank(x)).toBe(2);
  });

  test("the one unknown part of a concatenation is what is left", () => {
    const graph = new GraphBuilder();
    const [x, y] = [graph.input("x"), graph.input("y")];
    const joined = graph.add(concat, [graph.add(norm(3), [x], "norm"), y], "concat");
    const facts = factsOf(graph.finish([graph.add(conv(8, 2), [joined], "conv")]));
    expect(facts.channels(y)).toBe(5);
  });

  test("global pooling and flatten keep the channels; other images do not", () => {
    const graph = new GraphBuilder();
    const [x, y] = [graph.input("x"), graph.input("y")];
    const pooled = graph.add({ kind: "adaptiveMean", outputSize: [1, 1] }, [x], "pool");
    const features = graph.add({ kind: "flatten" }, [pooled], "flatten");
    const other = graph.add({ kind: "flatten" }, [y], "other");
    const facts = factsOf(
      graph.finish([graph.add(norm(6, 0), [features], "norm"), graph.add(norm(6, 0), [other], "norm2")]),
    );
    expect([facts.channels(x), facts.rank(features), facts.features(features)]).toEqual([6, 0, 6]);
    expect(facts.channels(y)).toBeUndefined();
  });

  test.each([
    ["one feature is read", undefined, norm(1, 0), false],
    ["several features are read", undefined, norm(2, 0), true],
    ["a norm takes batches only", { ...norm(1), ranks: [2] }, undefined, true],
    ["a scale takes both", { ...norm(1), ranks: [2], unbatched: true }, undefined, false],
  ] as const)(
    "whether an image without its batch axis would be refused: %s",
    (_, before, behind, batched) => {
      const graph = new GraphBuilder();
      const x = graph.input("x");
      const y = before === undefined ? x : graph.add(before as Op, [x], "before");
      const pool = graph.add({ kind: "adaptiveMean", outputSize: [1, 1] }, [y], "pool");
      const flat = graph.add({ kind: "flatten", unbatched: true }, [pool], "flat");
      const out = behind === undefined ? flat : graph.add(behind, [flat], "behind");
      const facts = factsOf(graph.finish([out]));
      expect([x, pool].map((value) => facts.isBatched(value))).toEqual([batched, batched]);
    },
  );

  test("contradictions leave a value unknown", () => {
    const graph = new GraphBuilder();
    const x = graph.input("x");
    const outputs = [graph.add(conv(3, 2), [x], "a"), graph.add(conv(4, 2), [x], "b")];
    expect(factsOf(graph.finish(outputs)).channels(x)).toBeUndefined();
  });

  test("twenty thousand nodes need no deep recursion", () => {
    const graph = new GraphBuilder();
    const inputs = [graph.input("0")];
    let value = inputs[0] as (typeof inputs)[0];
    for (let i = 1; i < 10_000; i++) {
      inputs.push(graph.input(`${i}`));
      value = graph.add(concat, [graph.add(relu, [value], `r${i}`), inputs[i] as typeof value], `c${i}`);
    }
    const shapes = new Map(inputs.map((input) => [input, [1, 2, 4, 4]]));
    expect(factsOf(graph.finish([value]), shapes).channels(value)).toBe(20_000);
  });
});
