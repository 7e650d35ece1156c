import { BatchNorm2d, type BatchNorm2dOptions, rand, randn } from "../../src/index.js";

/** A batch norm whose every statistic is drawn, so that no default hides a mistake; drawn from the global generator. */
export function randomBatchNorm(channels: number, options: BatchNorm2dOptions = {}): BatchNorm2d {
  const variance = rand([channels]);
  variance.data.forEach((value, i) => {
    variance.data[i] = value + 0.25;
  });
  return new BatchNorm2d(channels, {
    eps: 1e-3,
    ...(options.affine === false ? {} : { weight: randn([channels]), bias: randn([channels]) }),
    runningMean: randn([channels]),
    runningVar: variance,
    ...options,
  });
}
