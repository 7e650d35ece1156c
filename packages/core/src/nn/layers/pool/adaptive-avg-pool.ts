import { checkNoMore } from "../../../checks.js";
import type { Op } from "../../../graph/op.js";
import { type AdaptiveSize, adaptiveSizes } from "../../../ops/pool/adaptive-avg-pool.js";
import { PlainLayer } from "../../layer.js";
import { tuple } from "../../repr.js";

/** What the layers of all ranks that average to a given size have in common. */
export abstract class AdaptiveAvgPool<
  Sizes extends AdaptiveSize | readonly AdaptiveSize[],
> extends PlainLayer {
  readonly outputSize: Sizes;
  readonly #sizes: readonly (number | undefined)[];

  protected constructor(rank: number, outputSize: Sizes, surplus: readonly unknown[]) {
    super();
    checkNoMore(this.typeName, surplus);
    this.#sizes = adaptiveSizes(this.typeName, rank, outputSize);
    this.outputSize = outputSize;
    Object.freeze(this);
  }

  override get op(): Op {
    return { kind: "adaptiveMean", outputSize: this.#sizes };
  }

  protected override extraRepr(): string {
    const given: AdaptiveSize | readonly AdaptiveSize[] = this.outputSize;
    const text = (size: AdaptiveSize): string => (size === null ? "None" : String(size));
    const sizes = typeof given === "number" || given === null ? text(given) : tuple(given.map(text));
    return `output_size=${sizes}`;
  }
}
