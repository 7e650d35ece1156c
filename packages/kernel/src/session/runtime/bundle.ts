import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { MimeBundle } from "../types.js";
import { toJson } from "./json.js";
import { safeInspect } from "./thrown.js";

const displaySymbol = Symbol.for("Jupyter.display");

/** How a value shows itself: by its own display method, as a tensor, or as text. */
export async function bundleOf(value: unknown): Promise<MimeBundle> {
  const own = ownBundle(value);
  if (own !== undefined) {
    const bundle: unknown = await own;
    if (typeof bundle === "object" && bundle !== null) return toJson(bundle) as MimeBundle;
  }
  const tensor = isTensor(value) ? await tensorText(value) : undefined;
  return { "text/plain": tensor ?? safeInspect(value) };
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
      const core = (await import(resolveCore())) as { readonly format?: unknown };
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

function resolveCore(): string {
  const require = createRequire(`${process.cwd()}/notebook.js`);
  return pathToFileURL(require.resolve("@convfuse/core")).href;
}
