import ndarray from "ndarray";
import { checkOptions } from "../../checks.js";
import { rowMajorData } from "../../tensor/layout.js";
import { ones } from "../../tensor/tensor.js";
import { Identity } from "../layers/identity.js";
import { Scale } from "../layers/scale.js";
import { Sequential } from "../layers/sequential.js";
import { Sum } from "../layers/sum.js";
import type { NamedTensors } from "../module.js";
import { type NormOptions, normOptionNames } from "./conv-bn.js";
import { mobileOneBranches } from "./mobile-one.js";

/** One factor a channel under the name that FastViT gives it, `layer_scale`, shaped [channels, 1, 1]. */
class LayerScale extends Scale {
  override ownParameters(): NamedTensors {
    const factors = rowMajorData(this.scale as Exclude<Scale["scale"], number>);
    return new Map([["layer_scale", ndarray(factors, [factors.length, 1, 1])]]);
  }

  override rebuild(tensors: NamedTensors): LayerScale {
    const given = tensors.get("layer_scale");
    return given === undefined ? this : new LayerScale(ndarray(rowMajorData(given), [given.size]));
  }
}

/**
 * FastViT's token mixer: x + layer_scale (mixer(x) - norm(x)), depthwise. Parameters `layer_scale`,
 * `mixer.rbr_conv.0.conv.weight`, `norm.rbr_skip.weight`, ...
 * @param channels channels of x and of the output, both [batch, channels, height, width]
 * @param kernelSize odd
 * @param options eps; see {@link NormOptions}
 * @throws {ArgumentError} if a number or an option is outside its domain, or an option is unknown
 * @see https://arxiv.org/abs/2303.14189, section 3.2
 * @example
 * fuse(repMixer(8, 3)).module; // one depthwise 3x3 convolution
 */
export function repMixer(channels: number, kernelSize: number, options: NormOptions = {}): Sum {
  checkOptions("repMixer", options, normOptionNames);
  const norm = mobileOneBranches(channels, channels, kernelSize, {
    ...options,
    branches: 0,
    scaleBranch: false,
  });
  const difference = new Sum({
    mixer: mobileOneBranches(channels, channels, kernelSize, { ...options, groups: channels }),
    ".minus": new Sequential({ norm, ".negate": new Scale(-1) }),
  });
  const initial = ones([channels]);
  initial.data.fill(1e-5);
  const scaled = new Sequential({ "": difference, ".scale": new LayerScale(initial) });
  return new Sum({ ".x": new Identity(), "": scaled }, { deployedAs: "reparam_conv" });
}
