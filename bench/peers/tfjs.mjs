import { createRequire } from "node:module";
import { dirname } from "node:path";
import { Conv2d } from "@convfuse/core";

/** tfjs on its WebAssembly backend: single convolutions, its filter created once. */
export async function tfjsWasm() {
  const tf = await import("@tensorflow/tfjs-core");
  const wasm = await import("@tensorflow/tfjs-backend-wasm");
  const entry = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths(`${dirname(entry)}/`);
  await tf.setBackend("wasm");
  return {
    name: "tfjs-wasm",
    async prepare({ module, x }) {
      if (!(module instanceof Conv2d)) return undefined;
      const { axes, groups } = module.settings;
      const stride = axes.map((axis) => axis.stride);
      const depthwise = groups === module.inChannels && groups > 1;
      if (groups > 1 && !depthwise) return undefined;
      const image = tf.tidy(() => tf.transpose(tf.tensor4d(x.data, x.shape), [0, 2, 3, 1]));
      const order = depthwise ? [2, 3, 0, 1] : [2, 3, 1, 0];
      const filter = tf.tidy(() => tf.transpose(tf.tensor4d(module.weight.data, module.weight.shape), order));
      const bias = tf.tensor1d(module.bias.data);
      const pad = [
        [0, 0],
        [axes[0].before, axes[0].after],
        [axes[1].before, axes[1].after],
        [0, 0],
      ];
      const compute = () => {
        const y = depthwise
          ? tf.depthwiseConv2d(image, filter, stride, pad)
          : tf.conv2d(image, filter, stride, pad);
        const sum = tf.add(y, bias);
        y.dispose();
        return sum;
      };
      return {
        run() {
          const y = compute();
          y.dataSync();
          y.dispose();
        },
        async output() {
          return tf.tidy(() => tf.transpose(compute(), [0, 3, 1, 2]).dataSync());
        },
        close() {
          for (const one of [image, filter, bias]) one.dispose();
        },
      };
    },
    close() {},
  };
}

/** tfjs on its CPU backend, which is plain JavaScript. */
export async function tfjsCpu() {
  const tf = await import("@tensorflow/tfjs-core");
  await import("@tensorflow/tfjs-backend-cpu");
  await tf.setBackend("cpu");
  return tf;
}
