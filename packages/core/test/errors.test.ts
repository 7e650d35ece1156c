import { expect, test } from "vitest";
import { FusionError, ShapeError, unlessThrown } from "../src/errors.js";

function throws(error: Error): () => never {
  return () => {
    throw error;
  };
}

test("an error of one class is turned into something else; any other passes", () => {
  const rule = ({ rule }: FusionError): string => rule;
  expect(unlessThrown(FusionError, () => 3, rule)).toBe(3);
  expect(unlessThrown(FusionError, throws(new FusionError("fuse", "not exact")), rule)).toBe("not exact");
  const other = new ShapeError("fuse", "no window fits");
  expect(() => unlessThrown(FusionError, throws(other), rule)).toThrow(other);
});
