import { importCore } from "#host/runtime/core.js";
import { isProxy } from "#host/runtime/inspect.js";
import { withEndings } from "#host/runtime/settled.js";
import type { MimeBundle } from "../types.js";
import { safeInspect } from "./errors/thrown.js";
import { toJson } from "./json.js";
import { elementBundle } from "./show/elements.js";
import { functionText } from "./show/functions.js";
import { canvasBundle, imageBundle } from "./show/images.js";
import { dataBundle } from "./show/tables.js";
import { vegaBundle } from "./show/vega.js";
import type { Viewer } from "./show/viewer.js";

const displaySymbol = Symbol.for("Jupyter.display");

/** In this order: an element is also an object, a specification also a record. */
const viewers: readonly Viewer[] = [elementBundle, canvasBundle, imageBundle, vegaBundle, dataBundle];

/** How a value shows itself: by its own display method, as what it is known to be, or as text. */
export async function bundleOf(value: unknown): Promise<MimeBundle> {
  const own = ownBundle(value);
  if (own !== undefined) {
    const bundle: unknown = await own;
    if (typeof bundle === "object" && bundle !== null) return withText(bundle, value);
  }
  const tensor = isTensor(value) ? await tensorText(value) : undefined;
  if (tensor !== undefined) return { "text/plain": tensor };
  if (typeof value === "function" && !isProxy(value)) return { "text/plain": functionText(value as never) };
  const known = await knownBundle(value);
  return known ?? { "text/plain": await withEndings(value, () => safeInspect(value)) };
}

/** A value's own bundle; where text is all there is, one without text would be nothing. */
export function withText(bundle: object, value: unknown): MimeBundle {
  return toJson(
    "text/plain" in bundle ? bundle : { ...bundle, "text/plain": safeInspect(value) },
  ) as MimeBundle;
}

/** A value that breaks as it is looked at is shown as text. */
async function knownBundle(value: unknown): Promise<MimeBundle | undefined> {
  if (typeof value !== "object" || value === null) return undefined;
  for (const view of isProxy(value) ? [elementBundle] : viewers) {
    try {
      const bundle = await view(value);
      if (bundle) return toJson(bundle) as MimeBundle;
    } catch {
      // The next one may know it.
    }
  }
  return undefined;
}

/** The bundle that a value's own method gives, which may be a promise; undefined where it has none. */
export function ownBundle(value: unknown): unknown {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined;
  let method: unknown;
  try {
    method = (value as { [displaySymbol]?: unknown })[displaySymbol];
  } catch {
    return undefined;
  }
  return typeof method === "function" ? method.call(value) : undefined;
}

interface TensorLike {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

function isTensor(value: unknown): value is TensorLike {
  try {
    const candidate = value as Partial<
      TensorLike & { stride: unknown; offset: unknown; get: unknown }
    > | null;
    return (
      typeof candidate === "object" &&
      candidate !== null &&
      candidate.data instanceof Float32Array &&
      Array.isArray(candidate.shape) &&
      Array.isArray(candidate.stride) &&
      typeof candidate.offset === "number" &&
      typeof candidate.get === "function"
    );
  } catch {
    return false;
  }
}

let format: ((tensor: unknown) => string) | null | undefined;

/** As PyTorch prints it, where the notebook's folder has @convfuse/core. */
async function tensorText(value: TensorLike): Promise<string | undefined> {
  if (format === undefined) {
    format = null;
    try {
      const core = await importCore();
      if (typeof core.format === "function") format = core.format as (tensor: unknown) => string;
    } catch {
      // Without the package a tensor prints as any object does.
    }
  }
  try {
    return format?.(value);
  } catch {
    return undefined;
  }
}
