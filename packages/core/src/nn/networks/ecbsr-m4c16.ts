import { edgeOrientedBlock } from "../blocks/edge-oriented.js";
import { Concat } from "../layers/concat.js";
import { Identity } from "../layers/identity.js";
import { PixelShuffle } from "../layers/pixel-shuffle.js";
import { Sequential } from "../layers/sequential.js";
import { Sum } from "../layers/sum.js";

/**
 * ECBSR-M4C16 with its branches, untrained: a grey image [batch, 1, height, width] to one `upscale` times as
 * high and wide. Parameters `backbone.0.conv3x3.weight`, `backbone.0.conv1x1_sbx.scale`, ..., as in the
 * authors' checkpoints.
 * @param upscale default 4
 * @see Zhang et al., Edge-oriented Convolution Block for Real-time Super Resolution on Mobile Devices, ACM MM
 *   2021, section 3.3
 * @example
 * fuse(ecbsrM4C16()).report.after.parameters; // 11840
 */
export function ecbsrM4C16(upscale = 4): Sequential {
  const channels = 16;
  const outChannels = upscale * upscale;
  return new Sequential({
    "": new Sum({
      backbone: new Sequential([
        edgeOrientedBlock(1, channels),
        ...Array.from({ length: 4 }, () => edgeOrientedBlock(channels, channels)),
        edgeOrientedBlock(channels, outChannels, { activation: false }),
      ]),
      ".input": new Concat(Array.from({ length: outChannels }, () => new Identity())),
    }),
    upsampler: new PixelShuffle(upscale),
  });
}
