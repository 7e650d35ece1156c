export { type ConvolutionStepsOptions, convolutionSteps } from "./convolution-steps.js";
export { type CostBarsOptions, costBars, type NamedCost } from "./cost-bars.js";
export { type Curve, type CurvePoint, type CurvesOptions, curves } from "./curves.js";
export { type DifferenceHeatmapOptions, differenceHeatmap } from "./difference-heatmap.js";
export type { Attributes, Figure, Frame, Json } from "./figure.js";
export { type GroupConnectivityOptions, groupConnectivity } from "./group-connectivity.js";
export { toHtml } from "./html.js";
export { type ImagePanelsOptions, imagePanels } from "./image-panels.js";
export { type KernelHeatmapOptions, kernelHeatmap } from "./kernel-heatmap.js";
export { type ChangedTime, type LayerTimesOptions, layerTimes } from "./layer-times.js";
export { type Magnitude, type MagnitudeBarsOptions, magnitudeBars } from "./magnitude-bars.js";
export { type PairedTimesOptions, pairedTimes } from "./paired-times.js";
export { type PhotographsOptions, photographs } from "./photographs.js";
export { type RatioOverSizesOptions, ratioOverSizes, type SizedComparison } from "./ratio-over-sizes.js";
export { displayBundle, type MimeBundle, show } from "./show.js";
export {
  type ChangedRange,
  type Extent,
  type WeightRangesOptions,
  weightRanges,
} from "./weight-ranges.js";
