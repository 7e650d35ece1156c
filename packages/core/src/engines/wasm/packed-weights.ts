import type { ConvAxis, ConvGeometry } from "../engine.js";
import type { SingleConv } from "./program/single-conv.js";

/** Beyond this many bytes, or this many entries, packed weights are dropped, the longest unused first. */
const mostBytes = 512 * 2 ** 20;
const mostEntries = 2000;

interface Entry {
  readonly geometry: ConvGeometry;
  readonly fingerprint: Fingerprint;
  readonly prepared: SingleConv;
  /** False once its memory is given back. */
  live: boolean;
}

/**
 * Four independent sums over the bits of some numbers; a change of a single number always changes one of
 * them.
 */
type Fingerprint = readonly [number, number, number, number];

/**
 * Packed weights by the identity of the weight's memory, and dropped with it. What was written into that
 * memory since shows in its fingerprint, which every call takes again: reading the weights once costs little
 * against using each of them for every pixel.
 */
export class PackedWeights {
  readonly #entries = new WeakMap<Float32Array, Entry[]>();
  /** All live entries, the longest unused first. */
  readonly #recent = new Set<Entry>();
  readonly #collected = new FinalizationRegistry<Entry>((entry) => this.#drop(entry));
  #bytes = 0;

  /** The prepared convolution for these weights, made by `prepare` if there is none that still fits. */
  get(weight: Float32Array, geometry: ConvGeometry, prepare: () => SingleConv): SingleConv {
    const fingerprint = fingerprintOf(weight);
    const known = this.#entries.get(weight) ?? [];
    const found = known.find((entry) => entry.live && sameGeometry(entry.geometry, geometry));
    if (found !== undefined) {
      if (found.fingerprint.every((sum, i) => sum === fingerprint[i])) {
        this.#recent.delete(found);
        this.#recent.add(found);
        return found.prepared;
      }
      this.#drop(found);
    }
    const prepared = prepare();
    const entry: Entry = { geometry, fingerprint, prepared, live: true };
    this.#entries.set(weight, [...known.filter((one) => one.live), entry]);
    this.#collected.register(weight, entry);
    this.#recent.add(entry);
    this.#bytes += prepared.bytes;
    this.#shrink(entry);
    return prepared;
  }

  #shrink(newest: Entry): void {
    for (const entry of this.#recent) {
      if (this.#bytes <= mostBytes && this.#recent.size <= mostEntries) return;
      if (entry !== newest) this.#drop(entry);
    }
  }

  /** Gives back everything that is packed. */
  clear(): void {
    for (const entry of this.#recent) this.#drop(entry);
  }

  #drop(entry: Entry): void {
    if (!entry.live) return;
    entry.live = false;
    this.#recent.delete(entry);
    this.#bytes -= entry.prepared.bytes;
    entry.prepared.release();
  }
}

function sameGeometry(a: ConvGeometry, b: ConvGeometry): boolean {
  if (a === b) return true;
  if (a.batch !== b.batch || a.inChannels !== b.inChannels || a.outChannels !== b.outChannels) return false;
  if (a.groups !== b.groups || a.transposed !== b.transposed || a.axes.length !== b.axes.length) return false;
  // Sizes of the output follow from these.
  for (let i = 0; i < a.axes.length; i++) {
    if (a.inSize[i] !== b.inSize[i] || !sameAxis(a.axes[i] as ConvAxis, b.axes[i] as ConvAxis)) return false;
  }
  return true;
}

function sameAxis(a: ConvAxis, b: ConvAxis): boolean {
  return (
    a.size === b.size &&
    a.stride === b.stride &&
    a.dilation === b.dilation &&
    a.upsampling === b.upsampling &&
    a.before === b.before &&
    a.after === b.after
  );
}

function fingerprintOf(values: Float32Array): Fingerprint {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  let a = 1;
  let b = 2;
  let c = 3;
  let d = 4;
  const fours = bits.length & ~3;
  for (let i = 0; i < fours; i += 4) {
    a = (Math.imul(a, 31) + (bits[i] as number)) | 0;
    b = (Math.imul(b, 31) + (bits[i + 1] as number)) | 0;
    c = (Math.imul(c, 31) + (bits[i + 2] as number)) | 0;
    d = (Math.imul(d, 31) + (bits[i + 3] as number)) | 0;
  }
  for (let i = fours; i < bits.length; i++) a = (Math.imul(a, 31) + (bits[i] as number)) | 0;
  return [a, b, c, d];
}
