/** @throws always: what the page gives a session lies in one folder. */
export function changeFolder(path: string): void {
  throw new Error(`%cd ${path}: a notebook in a browser has one folder`);
}

/** @throws always: a page has no environment. */
export function showOrSetVariable(_argument: string): void {
  throw new Error("%env: a browser has no environment variables");
}
