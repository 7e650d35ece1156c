import { BatchNorm2d, type BatchNormLayerOptions, rand, randn } from "../../src/index.js";

/** What a batch norm holds, every statistic drawn, so that no default hides a mistake; drawn from the global generator. */
export function randomStatistics(
  channels: number,
  { affine = true }: { readonly affine?: boolean } = {},
): BatchNormLayerOptions {
  const runningVar = rand([channels]);
  runningVar.data.forEach((value, i) => {
    runningVar.data[i] = value + 0.25;
  });
  const learned = affine ? { weight: randn([channels]), bias: randn([channels]) } : { affine };
  return { eps: 1e-3, ...learned, runningMean: randn([channels]), runningVar };
}

/** A batch norm with such statistics. */
export function randomBatchNorm(channels: number, options: BatchNormLayerOptions = {}): BatchNorm2d {
  return new BatchNorm2d(channels, { ...randomStatistics(channels, options), ...options });
}
