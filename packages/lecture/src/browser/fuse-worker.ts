import { type FileChunks, fuseOnnx, type OnnxReport, readOnnx, writeOnnx } from "@convfuse/onnx";

/** What a page asks for: the dropped files, one of them a model, the others what it keeps tensors in. */
export interface FuseRequest {
  readonly files: readonly File[];
}

/** What the worker says: how far it is, then the result or why there is none. */
export type FuseAnswer =
  | { readonly kind: "progress"; readonly done: number; readonly of: number }
  | {
      readonly kind: "done";
      readonly report: Omit<OnnxReport, "toString">;
      readonly files: readonly NamedBlob[];
    }
  | { readonly kind: "failed"; readonly message: string };

interface NamedBlob {
  readonly name: string;
  readonly blob: Blob;
}

/** What there is in a worker, and nowhere else. */
interface WorkerScope {
  onmessage: (event: { readonly data: FuseRequest }) => void;
  postMessage(answer: FuseAnswer): void;
}
declare const self: WorkerScope;
declare class FileReaderSync {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}

self.onmessage = ({ data }) => {
  try {
    self.postMessage(fused(data.files));
  } catch (error) {
    self.postMessage({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  }
};

function fused(files: readonly File[]): FuseAnswer {
  const reader = new FileReaderSync();
  const file = files.find(({ name }) => /\.onnx$/i.test(name)) ?? files[0];
  if (file === undefined) throw new Error("no file");
  const bytesOf = (from: File, offset: number, length: number): Uint8Array => {
    const bytes = new Uint8Array(reader.readAsArrayBuffer(from.slice(offset, offset + length)));
    if (bytes.length === length) return bytes;
    throw new Error(`${from.name} ends before byte ${offset + length}, up to which the model keeps a tensor`);
  };
  // Its tensors stay on the disk until they are asked for.
  const source = {
    size: file.size,
    read: (offset: number, into: Uint8Array) => into.set(bytesOf(file, offset, into.length)),
  };
  const model = readOnnx(source, {
    external: (location, offset, length) => {
      const beside = files.find(({ name }) => name === location);
      if (beside === undefined)
        throw new Error(`${file.name} keeps tensors in ${location}: give both files at once`);
      return bytesOf(beside, offset, length);
    },
  });
  const { model: made, report } = fuseOnnx(model, {
    onProgress: (done, of) => self.postMessage({ kind: "progress", done: Math.floor(done), of }),
  });
  const name = `${file.name.replace(/\.onnx$/i, "")}.fused.onnx`;
  const written = writeOnnx(made, model.externalFiles.length > 0 ? { externalData: `${name}.data` } : {});
  const outputs = [{ name, blob: blobOf(written) }];
  if (written.external !== undefined) outputs.push({ name: `${name}.data`, blob: blobOf(written.external) });
  const { before, after, regions, refusals, putBack } = report;
  return { kind: "done", report: { before, after, regions, refusals, putBack }, files: outputs };
}

/** Bytes that become a part of a blob at once: what comes in less is collected. */
const together = 2 ** 20;

/**
 * The browser keeps what a blob is made of where it likes, so that nothing of it has to be in the worker's
 * memory.
 */
function blobOf(content: Pick<FileChunks, "writeTo">): Blob {
  const parts: Blob[] = [];
  const collected = new Uint8Array(together);
  let count = 0;
  const settle = (): void => {
    parts.push(new Blob([collected.subarray(0, count)]));
    count = 0;
  };
  content.writeTo((bytes) => {
    if (count + bytes.length > together) settle();
    if (bytes.length > together) parts.push(new Blob([bytes as Uint8Array<ArrayBuffer>]));
    else {
      collected.set(bytes, count);
      count += bytes.length;
    }
  });
  settle();
  return new Blob(parts, { type: "application/octet-stream" });
}
