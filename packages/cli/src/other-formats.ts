import { closeSync, openSync, readSync } from "node:fs";

/** Bytes that a look at a file takes. */
const lookedAt = 1024;

/**
 * What a file is that was taken for an ONNX model, as far as its first bytes say so; undefined: nobody knows.
 * @param path of a file on a disk
 */
export function otherFormat(path: string): string | undefined {
  const bytes = beginning(path);
  if (bytes.length === 0) return "an empty file, and no ONNX file";
  const known = signatures.find(([at, text]) => bytes.toString("latin1", at, at + text.length) === text);
  if (known !== undefined) return known[2];
  // A length of eight bytes, and JSON.
  if (bytes.toString("latin1", 5, 10) === '\0\0\0{"')
    return "a file of safetensors, which holds tensors and no network";
  return textOf(bytes);
}

/** True for a file of onnxruntime's own format, which it makes of ONNX files. */
export function isOrtFormat(path: string): boolean {
  return beginning(path).toString("latin1", 4, 8) === "ORTM";
}

/** Where a format begins in a way of its own: the place, what stands there, and what the file is. */
const signatures: readonly (readonly [at: number, text: string, what: string])[] = [
  [
    0,
    "version https://git-lfs.github.com/spec/",
    "not the model, but Git LFS's note of where it is: `git lfs pull` gets it",
  ],
  [4, "ORTM", "onnxruntime's own format, and no ONNX file: give the ONNX file that it was made of"],
  [4, "TFL3", "a model of TensorFlow Lite, and no ONNX file"],
  [0, "\x89HDF", "an HDF5 file, as Keras writes them, and no ONNX file: the network has to be exported"],
  [0, "PK\x03\x04", "a ZIP archive, as .pth and .npz files are, and no ONNX file"],
  [0, "\x1f\x8b", "a file packed by gzip: unpack it first"],
];

/** What a text is; undefined: it is none. */
function textOf(bytes: Buffer): string | undefined {
  // No text has a 0, nor much else below a space.
  if (bytes.some((byte) => byte < 0x20 && !isLayout(byte))) return undefined;
  const text = bytes.toString("utf8");
  if (/^\s*<(!doctype\s+html|html)/i.test(text))
    return "a page of HTML, and no ONNX file: what was loaded may be a site's page about the file";
  return "a text, and no ONNX file";
}

/** Tabs, ends of lines and of pages. */
function isLayout(byte: number): boolean {
  return byte >= 0x09 && byte <= 0x0d;
}

function beginning(path: string): Buffer {
  const bytes = Buffer.alloc(lookedAt);
  const file = openSync(path, "r");
  try {
    return bytes.subarray(0, readSync(file, bytes, 0, lookedAt, 0));
  } finally {
    closeSync(file);
  }
}
