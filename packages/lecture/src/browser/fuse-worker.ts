import { fuseOnnx, type OnnxReport, readOnnx, writeOnnx } from "@convfuse/onnx";

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
  const model = readOnnx(new Uint8Array(reader.readAsArrayBuffer(file)), {
    external: (location, offset, length) => {
      const beside = files.find(({ name }) => name === location);
      if (beside === undefined)
        throw new Error(`${file.name} keeps tensors in ${location}: give both files at once`);
      return new Uint8Array(reader.readAsArrayBuffer(beside.slice(offset, offset + length)));
    },
  });
  const { model: made, report } = fuseOnnx(model, {
    onProgress: (done, of) => self.postMessage({ kind: "progress", done, of }),
  });
  const name = `${file.name.replace(/\.onnx$/i, "")}.fused.onnx`;
  const written = writeOnnx(made, model.externalFiles.length > 0 ? { externalData: `${name}.data` } : {});
  const outputs = [{ name, blob: blobOf(written) }];
  if (written.external !== undefined) outputs.push({ name: `${name}.data`, blob: blobOf(written.external) });
  const { before, after, regions, refusals, putBack } = report;
  return { kind: "done", report: { before, after, regions, refusals, putBack }, files: outputs };
}

function blobOf(chunks: Iterable<Uint8Array>): Blob {
  return new Blob([...chunks] as Uint8Array<ArrayBuffer>[], { type: "application/octet-stream" });
}
