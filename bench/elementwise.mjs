// What is timed beside convolutions: making, combining and reading tensors, against the loop that one would write by hand, and against
// tfjs's CPU backend. Each row gives its sides; where tfjs has nothing alike, that one is missing.
import {
  add,
  copy,
  format,
  manualSeed,
  mul,
  ones,
  rand,
  randn,
  relu,
  sub,
  tensor,
  toNested,
  zeros,
} from "@convfuse/core";

/** 64 channels as in a network's first stage, 512 as in its last, and a lesson's image. */
const [large, late, toy] = [
  [1, 64, 56, 56],
  [1, 512, 7, 7],
  [1, 2, 9, 9],
];

const sum = {
  ours: ({ x, y }) => add(x, y),
  loop: ({ x: { data: a }, y: { data: b } }) => {
    const out = new Float32Array(a.length);
    for (let i = 0; i < out.length; i++) out[i] = a[i] + b[i];
    return out;
  },
  tfjs: ({ tf, tx, ty }) => tf.add(tx, ty),
};

const fromTyped = {
  ours: ({ x, shape }) => tensor(x.data, shape),
  loop: ({ x: { data } }) => {
    const out = new Float32Array(data.length);
    for (let i = 0; i < out.length; i++) out[i] = data[i];
    return out;
  },
  // tfjs takes the memory for its own instead of copying it.
};

const fromList = {
  ours: ({ list, shape }) => tensor(list, shape),
  loop: ({ list }) => {
    const out = new Float32Array(list.length);
    for (let i = 0; i < out.length; i++) out[i] = list[i];
    return out;
  },
  tfjs: ({ tf, list, shape }) => tf.tensor(list, shape, "float32"),
};

const fromNested = {
  ours: ({ nested }) => tensor(nested),
  loop: ({ nested, size }) => {
    const out = new Float32Array(size);
    let at = 0;
    for (const image of nested)
      for (const plane of image) for (const row of plane) for (const value of row) out[at++] = value;
    return out;
  },
  tfjs: ({ tf, nested }) => tf.tensor(nested),
};

const rows = {
  "tensor(Float32Array)": fromTyped,
  "tensor(number[])": fromList,
  "tensor(nested)": fromNested,
  zeros: {
    ours: ({ shape }) => zeros(shape),
    loop: ({ size }) => new Float32Array(size),
    tfjs: ({ tf, shape }) => tf.zeros(shape),
  },
  ones: {
    ours: ({ shape }) => ones(shape),
    loop: ({ size }) => {
      const out = new Float32Array(size);
      for (let i = 0; i < out.length; i++) out[i] = 1;
      return out;
    },
    tfjs: ({ tf, shape }) => tf.ones(shape),
  },
  copy: {
    ours: ({ x }) => copy(x),
    loop: fromTyped.loop,
  },
  "copy, transposed": {
    ours: ({ turned }) => copy(turned),
    loop: ({ x: { data }, shape: [batch, channels, height, width] }) => {
      const out = new Float32Array(data.length);
      let at = 0;
      for (let plane = 0; plane < batch * channels; plane++)
        for (let j = 0; j < width; j++)
          for (let i = 0; i < height; i++) out[at++] = data[(plane * height + i) * width + j];
      return out;
    },
    tfjs: ({ tf, tx }) => tf.transpose(tx, [0, 1, 3, 2]),
  },
  toNested: {
    ours: ({ x }) => toNested(x),
    loop: ({ x: { data }, shape: [batch, channels, height, width] }) => {
      const images = [];
      let at = 0;
      for (let n = 0; n < batch; n++) {
        const planes = [];
        for (let c = 0; c < channels; c++) {
          const lines = [];
          for (let i = 0; i < height; i++) {
            const line = [];
            for (let j = 0; j < width; j++) line.push(data[at++]);
            lines.push(line);
          }
          planes.push(lines);
        }
        images.push(planes);
      }
      return images;
    },
    tfjs: ({ tx }) => tx.arraySync(),
  },
  "format, 1000 values": {
    ours: ({ few }) => format(few),
    loop: ({ few: { data } }) => {
      const texts = [];
      for (let i = 0; i < data.length; i++) texts.push(data[i].toFixed(4));
      return texts.join(", ");
    },
    // tfjs prints the edges only.
  },
  add: sum,
  "add, 512 channels of 7x7": { ...sum, shape: late },
  "add, 2 channels of 9x9": { ...sum, shape: toy },
  "add, a number": {
    ours: ({ x }) => add(x, 0.1),
    loop: ({ x: { data } }) => {
      const number = Math.fround(0.1);
      const out = new Float32Array(data.length);
      for (let i = 0; i < out.length; i++) out[i] = data[i] + number;
      return out;
    },
    tfjs: ({ tf, tx }) => tf.add(tx, 0.1),
  },
  "add, transposed": {
    ours: ({ turned, y }) => add(turned, y),
    loop: ({ x: { data: a }, y: { data: b }, shape: [batch, channels, height, width] }) => {
      const out = new Float32Array(a.length);
      let at = 0;
      for (let plane = 0; plane < batch * channels; plane++)
        for (let j = 0; j < width; j++)
          for (let i = 0; i < height; i++, at++) out[at] = a[(plane * height + i) * width + j] + b[at];
      return out;
    },
    tfjs: ({ tf, tx, ty }) => tf.tidy(() => tf.add(tf.transpose(tx, [0, 1, 3, 2]), ty)),
  },
  sub: {
    ours: ({ x, y }) => sub(x, y),
    loop: ({ x: { data: a }, y: { data: b } }) => {
      const out = new Float32Array(a.length);
      for (let i = 0; i < out.length; i++) out[i] = a[i] - b[i];
      return out;
    },
    tfjs: ({ tf, tx, ty }) => tf.sub(tx, ty),
  },
  mul: {
    ours: ({ x, y }) => mul(x, y),
    loop: ({ x: { data: a }, y: { data: b } }) => {
      const out = new Float32Array(a.length);
      for (let i = 0; i < out.length; i++) out[i] = a[i] * b[i];
      return out;
    },
    tfjs: ({ tf, tx, ty }) => tf.mul(tx, ty),
  },
  relu: {
    ours: ({ x }) => relu(x),
    loop: ({ x: { data } }) => {
      const out = new Float32Array(data.length);
      for (let i = 0; i < out.length; i++) if (data[i] > 0) out[i] = data[i];
      return out;
    },
    tfjs: ({ tf, tx }) => tf.relu(tx),
  },
};

/** The part that --quick keeps. */
const quickNames = new Set(["tensor(Float32Array)", "add", "relu"]);

/** Everything that fits the filter: name, number of values, and two peers of ours. */
export function elementwise(filter, onlyQuick, tf) {
  const names = Object.keys(rows).filter((name) => filter.test(`elementwise ${name}`));
  return names
    .filter((name) => !onlyQuick || quickNames.has(name))
    .map((name) => {
      const { ours, loop, tfjs, shape = large } = rows[name];
      const data = inputs(shape, tf);
      const peers = [{ name: "plain loop", run: () => loop(data) }];
      if (tfjs) peers.push({ name: "tfjs-cpu", run: () => read(tfjs(data)) });
      const isText = name.startsWith("format");
      return {
        workload: `elementwise ${name}`,
        operations: isText ? data.few.size : data.size,
        ours: () => ours(data),
        peers,
        /** The numbers of a result. Texts differ on purpose: ours is PyTorch's. */
        values: (result) => (isText ? [] : flat(result)),
      };
    });
}

function inputs(shape, tf) {
  manualSeed(0);
  const [x, y] = [randn(shape), randn(shape)];
  const few = add(rand([1000]), 1);
  return {
    shape,
    size: x.size,
    x,
    y,
    few,
    list: [...x.data],
    nested: toNested(x),
    // The same numbers again where the images are square.
    turned: x.transpose(0, 1, 3, 2),
    tf,
    tx: tf.tensor(x.data, shape),
    ty: tf.tensor(y.data, shape),
  };
}

/** What tfjs computed, as numbers of JavaScript, its memory given back. */
function read(result) {
  if (typeof result?.dataSync !== "function") return result;
  const values = result.dataSync();
  result.dispose();
  return values;
}

function flat(result) {
  if (Array.isArray(result)) return result.flat(Number.POSITIVE_INFINITY);
  return result.data ?? result;
}
