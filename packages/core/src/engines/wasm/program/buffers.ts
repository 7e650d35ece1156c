import type { LoweredValue } from "../../lowered.js";
import { type Blocked, type Border, blocked, noBorder } from "../algorithms/blocked.js";

/** A value as images of two axes: [batch, depth] of them, and a missing axis has size 1. */
export interface Images {
  readonly batch: number;
  readonly depth: number;
  /** batch x depth */
  readonly images: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export function imagesOf({ shape }: LoweredValue): Images {
  const [batch = 1, channels = 1, ...spatial] = shape;
  const [width = 1, height = 1, depth = 1] = spatial.toReversed();
  return { batch, depth, images: batch * depth, channels, height, width };
}

/**
 * How a value lies in memory: row-major planes, or blocks of `lanes` channels inside each of `groups` groups.
 */
export type Form = "planes" | { readonly groups: number; readonly lanes: number };

/** One value in one form. */
export class Buffer {
  readonly value: LoweredValue;
  readonly form: Form;
  border: Border = noBorder;
  /** The items that write and last read it. */
  from: number = Number.POSITIVE_INFINITY;
  to: number = Number.NEGATIVE_INFINITY;
  /** The byte address, once the arena is arranged. */
  at = 0;
  /** The layout that was asked for last. */
  #layout: Blocked | undefined;

  constructor(value: LoweredValue, form: Form) {
    this.value = value;
    this.form = form;
  }

  /** Notes that an item writes or reads it. */
  touch(item: number): void {
    this.from = Math.min(this.from, item);
    this.to = Math.max(this.to, item);
  }

  /** Makes the border at least as wide as another. */
  widen({ top, bottom, left, right }: Border): boolean {
    const { border } = this;
    const isWider = top > border.top || bottom > border.bottom || left > border.left || right > border.right;
    if (!isWider) return false;
    this.#layout = undefined;
    this.border = {
      top: Math.max(border.top, top),
      bottom: Math.max(border.bottom, bottom),
      left: Math.max(border.left, left),
      right: Math.max(border.right, right),
    };
    return true;
  }

  /** The layout of a blocked buffer, its channels taken as `groups` groups. */
  layout(groups: number = this.form === "planes" ? 1 : this.form.groups): Blocked {
    if (this.#layout?.groups !== groups) {
      const { images, channels, height, width } = imagesOf(this.value);
      const lanes = this.form === "planes" ? 1 : this.form.lanes;
      const shape = { batch: images, groups, channels: Math.ceil(channels / groups), height, width };
      this.#layout = blocked(shape, lanes, this.border);
    }
    return this.#layout;
  }

  get bytes(): number {
    if (this.form !== "planes") return this.layout().bytes;
    return this.value.shape.reduce((product, size) => product * size, 4);
  }
}

/** All values in all the forms in which something needs them. */
export class Buffers {
  readonly #byValue = new Map<LoweredValue, Map<string, Buffer>>();

  /** The value in this form, if something made it. */
  find(value: LoweredValue, form: Form): Buffer | undefined {
    return this.#byValue.get(value)?.get(key(form));
  }

  /** Any form that there is. */
  any(value: LoweredValue): Buffer | undefined {
    return this.#byValue.get(value)?.values().next().value;
  }

  add(value: LoweredValue, form: Form): Buffer {
    const buffer = new Buffer(value, form);
    this.share(value, buffer);
    return buffer;
  }

  /** Lets a value be what lies in another one's buffer: the same numbers in the same places. */
  share(value: LoweredValue, buffer: Buffer): void {
    this.#formsOf(value).set(key(buffer.form), buffer);
  }

  /** Each buffer once. */
  all(): Buffer[] {
    return [...new Set([...this.#byValue.values()].flatMap((forms) => [...forms.values()]))];
  }

  #formsOf(value: LoweredValue): Map<string, Buffer> {
    const forms = this.#byValue.get(value) ?? new Map<string, Buffer>();
    this.#byValue.set(value, forms);
    return forms;
  }
}

function key(form: Form): string {
  return form === "planes" ? form : `${form.groups}/${form.lanes}`;
}
