import { PlainLayer } from "../../layer.js";

/** What the pooling layers of all ranks have in common. */
export abstract class Pool<Numbers extends number | readonly number[], Options> extends PlainLayer {
  readonly kernelSize: Numbers;
  /** The options as given. */
  readonly options: Options;

  protected constructor(kernelSize: Numbers, options: Options) {
    super();
    this.kernelSize = kernelSize;
    this.options = options;
  }
}
