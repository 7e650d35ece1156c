/** Nothing is installed beside a worker. */
export function besideKernel(
  _specifier: string,
  _folder: string,
  _side: string | undefined,
): string | undefined {
  return undefined;
}
