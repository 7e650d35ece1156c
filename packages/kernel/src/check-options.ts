/** Every option's name: a table of this type does not compile when an option is added elsewhere. */
export type OptionNames<Options> = { readonly [Name in keyof Options]-?: true };

/** @throws {TypeError} if the options are no plain object, or have a name that nobody knows */
export function checkOptions<Options extends object>(
  op: string,
  options: Options,
  known: OptionNames<NoInfer<Options>>,
): void {
  if (Object.prototype.toString.call(options) !== "[object Object]")
    throw new TypeError(`${op}: options must be an object of named options; got ${String(options)}`);
  // What an object inherits counts as given, since reading an option finds it.
  for (const name in options) {
    if (!Object.hasOwn(known, name))
      throw new TypeError(`${op}: unknown option ${name}. Known are ${Object.keys(known).join(", ")}`);
  }
}

/** In MB: with less, Node itself has no room. */
export const leastMemory = 64;

/** @throws {TypeError} if a limit of memory is no whole number of MB that Node can start with */
export function checkMemory(op: string, memory: number | undefined): void {
  if (memory !== undefined && !(Number.isInteger(memory) && memory >= leastMemory))
    throw new TypeError(`${op}: memory must be a whole number of MB, at least ${leastMemory}; got ${memory}`);
}
