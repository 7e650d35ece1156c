import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { StreamJoiner } from "../../src/protocol/stream-joiner.js";

let published: string[][];
let joiner: StreamJoiner;

beforeEach(() => {
  vi.useFakeTimers();
  published = [];
  joiner = new StreamJoiner((...message) => published.push(message));
});

afterEach(() => vi.useRealTimers());

test("writes to one stream are joined, and published without anybody asking", () => {
  joiner.write("1", "stdout", "a");
  joiner.write("1", "stdout", "b");
  expect(published).toEqual([]);
  vi.runAllTimers();
  expect(published).toEqual([["1", "stdout", "ab"]]);
});

test("another stream, or another cell's, is published in order", () => {
  joiner.write("1", "stdout", "a");
  joiner.write("1", "stderr", "b");
  joiner.write("2", "stderr", "c");
  joiner.flush();
  expect(published).toEqual([
    ["1", "stdout", "a"],
    ["1", "stderr", "b"],
    ["2", "stderr", "c"],
  ]);
});

test("long output is published in parts without waiting, and nothing is lost", () => {
  const line = "x".repeat(1000);
  for (let n = 0; n < 1000; n += 1) joiner.write("1", "stdout", line);
  expect(published.length).toBeGreaterThan(2);
  joiner.flush();
  expect(published.map(([, , text]) => text).join("")).toBe(line.repeat(1000));
  expect(published.length).toBeLessThan(10);
});
