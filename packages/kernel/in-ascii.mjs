/**
 * A script without a letter beyond ASCII: one of them would make V8 keep two bytes for each of all the others. In what is bundled here they
 * stand in strings and regular expressions only, where an escape is the same.
 */
export function inAscii(code) {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
