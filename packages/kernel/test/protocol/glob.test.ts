import { expect, test } from "vitest";
import { globMatcher } from "../../src/protocol/history/glob.js";

// The answers are those of SQLite's GLOB operator.
test.each([
  ["*", "", true],
  ["a*", "abc\ndef", true],
  ["*1?", "x = 12", true],
  ["?", "😀", true],
  ["a", "ab", false],
  ["A", "a", false],
  ["[a-c]x", "bx", true],
  ["[^a-c]x", "bx", false],
  ["[^a-c]x", "dx", true],
  ["[]]", "]", true],
  ["[*]", "*", true],
  ["[*]", "a", false],
  ["*a*b*c*", "xaxbxcx", true],
  ["*a*b*c*", "xaxcxbx", false],
  ["1 + 1", "1 + 1", true],
  ["(.+)", "aa", false],
])("%j matches %j: %s", (pattern, text, expected) => {
  expect(globMatcher(pattern)(text)).toBe(expected);
});

test("a pattern that would cost a regular expression all the time there is takes none", () => {
  const matches = globMatcher("*a*a*a*a*a*a*a*a*a*a*b");
  expect(matches("a".repeat(2000))).toBe(false);
});
