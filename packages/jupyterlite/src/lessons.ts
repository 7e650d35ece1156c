import { PathExt } from "@jupyterlab/coreutils";

/** A store of the browser's, as localForage has them. */
export interface Store {
  getItem(key: string): Promise<unknown>;
  setItem(key: string, value: unknown): Promise<unknown>;
  removeItem(key: string): Promise<void>;
}

/**
 * JupyterLite shows what the browser has stored of a file, and no longer looks at the site's: a lesson that
 * its reader ran once, and that was saved by itself, would stay as it was for ever. So of each lesson that
 * has changed since, what is stored goes to another name, next to it, and the new one is shown. Nothing of
 * the reader's is lost.
 *
 * @param lessons a digest of each of the site's files, by path
 * @param files what the drive has stored, by path
 * @param seen the digests of the files as they were when this browser last looked
 */
export async function setChangedLessonsAside(
  lessons: Readonly<Record<string, string>>,
  files: Store,
  seen: Store,
): Promise<void> {
  for (const [path, digest] of Object.entries(lessons)) {
    const before = await seen.getItem(path);
    if (before === digest) continue;
    const stored = await files.getItem(path);
    if (isModel(stored)) await setAside(path, stored, files);
    await seen.setItem(path, digest);
  }
}

async function setAside(path: string, stored: object, files: Store): Promise<void> {
  const extension = PathExt.extname(path);
  const stem = path.slice(0, path.length - extension.length);
  let copy = `${stem} (my copy)${extension}`;
  for (let n = 2; (await files.getItem(copy)) !== null; n++) copy = `${stem} (my copy ${n})${extension}`;
  await files.setItem(copy, { ...stored, name: PathExt.basename(copy), path: copy });
  await files.removeItem(path);
}

function isModel(stored: unknown): stored is object {
  return typeof stored === "object" && stored !== null;
}
