import { PathExt } from "@jupyterlab/coreutils";
import type { Contents } from "@jupyterlab/services";
import { largestFile } from "./constants.generated.js";

/**
 * The files of a drive that cells can read, by path from the notebook's folder: data, not notebooks. A worker
 * cannot ask the page for a file while a cell computes, so it has them all from the start. What is too large
 * is said in the browser's console.
 */
export async function readDriveFiles(
  contents: Contents.IManager,
  location: string,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const drive = contents.driveName(location);
  const folder = contents.localPath(location);
  const files = new Map<string, Uint8Array>();
  const paths = await listFiles(contents, drive === "" ? "" : `${drive}:`);
  await Promise.all(
    paths.map(async (path) => {
      const { content, format } = await contents.get(path, { content: true });
      files.set(PathExt.relative(`/${folder}`, `/${contents.localPath(path)}`), bytesOf(content, format));
    }),
  );
  return files;
}

async function listFiles(contents: Contents.IManager, folder: string): Promise<string[]> {
  const { content } = await contents.get(folder, { content: true, type: "directory" });
  const below = (content as readonly Contents.IModel[]).map(({ name, type, size = 0 }) => {
    const path = folder === "" || folder.endsWith(":") ? `${folder}${name}` : `${folder}/${name}`;
    if (type === "directory") return listFiles(contents, path);
    if (type !== "file") return Promise.resolve([]);
    if ((size ?? 0) <= largestFile) return Promise.resolve([path]);
    console.warn(
      `convfuse: cells cannot read ${path}: ${size} bytes; at most ${largestFile} are copied into the kernel`,
    );
    return Promise.resolve([]);
  });
  return (await Promise.all(below)).flat();
}

function bytesOf(content: unknown, format: Contents.FileFormat | undefined): Uint8Array {
  if (format === "base64")
    return Uint8Array.from(atob(content as string), (character) => character.charCodeAt(0));
  return new TextEncoder().encode(format === "json" ? JSON.stringify(content) : (content as string));
}
