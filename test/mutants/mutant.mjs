/**
 * A bug that somebody could make.
 * @typedef {object} Mutant
 * @property {string} name what is wrong, in a few words
 * @property {string} file the source, from the repository's root
 * @property {string} find text that occurs in it exactly once
 * @property {string} replace what stands there instead
 * @property {readonly string[]} tests the test files of which one at least must fail
 */

/**
 * Text with the bug in it.
 * @param {string} code
 * @param {Mutant} mutant
 */
export function mutate(code, { find, replace }) {
  return code.replace(find, () => replace);
}
