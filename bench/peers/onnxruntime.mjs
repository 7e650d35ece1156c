import { onnxModel } from "./onnx.mjs";

/** onnxruntime-node: native code. */
export async function onnxruntimeNode(threads) {
  const { default: ort } = await import("onnxruntime-node");
  return peer("onnxruntime-node", ort, { intraOpNumThreads: threads, interOpNumThreads: 1 });
}

/** onnxruntime-web: WebAssembly, with its threads. */
export async function onnxruntimeWeb(threads) {
  const ort = await import("onnxruntime-web");
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = "error";
  return peer("onnxruntime-web", ort, { executionProviders: ["wasm"] });
}

function peer(name, ort, options) {
  return {
    name,
    async prepare({ module, x }) {
      const session = await ort.InferenceSession.create(onnxModel(module, x.shape), options);
      const feeds = { x: new ort.Tensor("float32", x.data, x.shape) };
      return {
        run: () => session.run(feeds),
        output: async () => (await session.run(feeds)).y.data,
        close: () => session.release(),
      };
    },
    close() {},
  };
}
