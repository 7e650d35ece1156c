import type { Value } from "../../lowered.js";
import { type Blocked, type Border, blocked, noBorder } from "../algorithms/blocked.js";

/** How a value lies in memory: row-major planes, or blocks of `lanes` channels inside each of `groups` groups. */
export type Form = "planes" | { readonly groups: number; readonly lanes: number };

/** One value in one form. */
export class Buffer {
  readonly value: Value;
  readonly form: Form;
  border: Border = noBorder;
  /** The items that write and last read it. */
  from: number = Number.POSITIVE_INFINITY;
  to: number = Number.NEGATIVE_INFINITY;
  /** The byte address, once the arena is arranged. */
  at = 0;

  constructor(value: Value, form: Form) {
    this.value = value;
    this.form = form;
  }

  /** Notes that an item writes or reads it. */
  touch(item: number): void {
    this.from = Math.min(this.from, item);
    this.to = Math.max(this.to, item);
  }

  /** Makes the border at least as wide as another. */
  widen(border: Border): boolean {
    const before = this.border;
    this.border = {
      top: Math.max(before.top, border.top),
      bottom: Math.max(before.bottom, border.bottom),
      left: Math.max(before.left, border.left),
      right: Math.max(before.right, border.right),
    };
    const sides = ["top", "bottom", "left", "right"] as const;
    return sides.some((side) => this.border[side] !== before[side]);
  }

  /** The layout of a blocked buffer, its channels taken as `groups` groups. */
  layout(groups: number = this.form === "planes" ? 1 : this.form.groups): Blocked {
    const [batch, channels, height, width] = this.value.shape;
    const lanes = this.form === "planes" ? 1 : this.form.lanes;
    const shape = { batch, groups, channels: Math.ceil(channels / groups), height, width };
    return blocked(shape, lanes, this.border);
  }

  get bytes(): number {
    if (this.form !== "planes") return this.layout().bytes;
    return this.value.shape.reduce((product, size) => product * size, 4);
  }
}

/** All values in all the forms in which something needs them. */
export class Buffers {
  readonly #byValue = new Map<Value, Map<string, Buffer>>();

  /** The value in this form, if something made it. */
  find(value: Value, form: Form): Buffer | undefined {
    return this.#byValue.get(value)?.get(key(form));
  }

  /** Any form that there is. */
  any(value: Value): Buffer | undefined {
    return this.#byValue.get(value)?.values().next().value;
  }

  add(value: Value, form: Form): Buffer {
    const forms = this.#byValue.get(value) ?? new Map<string, Buffer>();
    this.#byValue.set(value, forms);
    const buffer = new Buffer(value, form);
    forms.set(key(form), buffer);
    return buffer;
  }

  all(): Buffer[] {
    return [...this.#byValue.values()].flatMap((forms) => [...forms.values()]);
  }
}

function key(form: Form): string {
  return form === "planes" ? form : `${form.groups}/${form.lanes}`;
}
