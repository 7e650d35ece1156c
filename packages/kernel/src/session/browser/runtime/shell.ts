/** @throws always: a page has no shell. */
export function shell(command: string): Promise<void> {
  return Promise.reject(
    new Error(`!${command}: a browser runs no programs; open the notebook in Node for that`),
  );
}
