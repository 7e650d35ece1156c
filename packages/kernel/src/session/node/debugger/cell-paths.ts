import { tmpdir } from "node:os";
import { join } from "node:path";
import { murmur2 } from "./murmur2.js";

/** How clients work out the path of a cell from its text; nothing lies there. */
export const cellPaths: {
  readonly hashMethod: "Murmur2";
  readonly hashSeed: number;
  readonly tmpFilePrefix: string;
  readonly tmpFileSuffix: string;
} = {
  hashMethod: "Murmur2",
  hashSeed: 0xc70f6907,
  tmpFilePrefix: join(tmpdir(), `convfuse_${process.pid}`, "cell_"),
  tmpFileSuffix: ".ts",
};

/** The path by which a debugger names a cell. */
export function cellPath(code: string): string {
  const { hashSeed, tmpFilePrefix, tmpFileSuffix } = cellPaths;
  return `${tmpFilePrefix}${murmur2(code, hashSeed)}${tmpFileSuffix}`;
}
