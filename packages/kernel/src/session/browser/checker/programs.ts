/** A line for a shell is recognised as one, so that running it says that there is none. */
export function isProgram(_name: string, _folder: string): boolean {
  return true;
}
