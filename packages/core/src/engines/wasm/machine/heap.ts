import { EngineError } from "../../../errors.js";

const pageBytes = 65536;
const maximumPages = 65536;
/** Blocks start on cache lines. */
const alignment = 64;
/** Nothing lives in the last bytes: a vector may be read that starts with the last value of all. */
const lastBytes = 64;
/** Nothing lives below: the compiler assumes that the first kilobyte is unused. */
const firstAddress = 4096;

/** The part of Node's Buffer that this needs. */
interface NodeBuffer {
  from(buffer: ArrayBufferLike): {
    copy(target: Uint8Array, targetStart: number, start: number, end: number): number;
  };
}

interface Gap {
  start: number;
  bytes: number;
}

/** The engine's memory, and which parts of it are taken: first fit, neighbouring gaps joined. */
export class Heap {
  readonly memory: WebAssembly.Memory;
  f32!: Float32Array;
  i32!: Int32Array;
  readonly #gaps: Gap[] = [];
  readonly #taken = new Map<number, number>();
  readonly #shared: boolean;
  #bytes: ReturnType<NodeBuffer["from"]> | undefined;

  /** @param shared true: other threads may see it */
  constructor(shared: boolean) {
    this.#shared = shared;
    this.memory = wasmMemory({ initial: 16, maximum: maximumPages, shared });
    this.#gaps.push({ start: firstAddress, bytes: 16 * pageBytes - firstAddress - lastBytes });
    this.#look();
  }

  /**
   * Takes memory; its contents are whatever was there.
   * @throws {EngineError} if there is not enough; the heap stays as it was
   */
  take(bytes: number): number {
    const size = Math.max(alignment, Math.ceil(bytes / alignment) * alignment);
    let gap = this.#gaps.find((one) => one.bytes >= size);
    if (gap === undefined) {
      this.#grow(size);
      gap = this.#gaps[this.#gaps.length - 1] as Gap;
    }
    const { start } = gap;
    gap.start += size;
    gap.bytes -= size;
    if (gap.bytes === 0) this.#gaps.splice(this.#gaps.indexOf(gap), 1);
    this.#taken.set(start, size);
    return start;
  }

  /**
   * Checks, before anything is prepared, that this many bytes could be had at all.
   * @throws {EngineError} if not
   */
  expect(bytes: number): void {
    if (bytes > maximumPages * pageBytes) throw this.#refusal(bytes);
  }

  /** Gives back what `take` returned. */
  release(start: number): void {
    const bytes = this.#taken.get(start);
    if (bytes === undefined) return;
    this.#taken.delete(start);
    let at = this.#gaps.findIndex((gap) => gap.start > start);
    if (at < 0) at = this.#gaps.length;
    this.#gaps.splice(at, 0, { start, bytes });
    this.#join(at);
    if (at > 0) this.#join(at - 1);
  }

  /** Copies numbers from the address `at` to `out`. */
  read(at: number, out: Float32Array): void {
    // Out of shared memory a typed array takes word by word, lest another thread write meanwhile; Node's
    // Buffer trusts that none does.
    if (this.#bytes !== undefined) {
      const target = new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
      this.#bytes.copy(target, 0, at, at + out.byteLength);
    } else out.set(this.f32.subarray(at >> 2, (at >> 2) + out.length));
  }

  /** How many bytes are taken. */
  get used(): number {
    let sum = 0;
    for (const bytes of this.#taken.values()) sum += bytes;
    return sum;
  }

  #join(at: number): void {
    const gap = this.#gaps[at] as Gap;
    const next = this.#gaps[at + 1];
    if (next === undefined || gap.start + gap.bytes !== next.start) return;
    gap.bytes += next.bytes;
    this.#gaps.splice(at + 1, 1);
  }

  #grow(bytes: number): void {
    const before = this.memory.buffer.byteLength;
    const end = before - lastBytes;
    // A quarter more than asked, so that growing stays rare.
    const least = Math.ceil(bytes / pageBytes);
    const pages = [Math.max(least, Math.ceil(before / pageBytes / 4)), least].find((count) => {
      try {
        this.memory.grow(count);
        return true;
      } catch {
        return false;
      }
    });
    if (pages === undefined) throw this.#refusal(bytes);
    this.#look();
    const last = this.#gaps[this.#gaps.length - 1];
    if (last !== undefined && last.start + last.bytes === end) last.bytes += pages * pageBytes;
    else this.#gaps.push({ start: end, bytes: pages * pageBytes });
  }

  #refusal(bytes: number): EngineError {
    return new EngineError("wasm", "there is not enough memory", { bytes, taken: this.used });
  }

  #look(): void {
    this.f32 = new Float32Array(this.memory.buffer);
    this.i32 = new Int32Array(this.memory.buffer);
    const { Buffer } = globalThis as { Buffer?: NodeBuffer };
    if (this.#shared) this.#bytes = Buffer?.from(this.memory.buffer);
  }
}

/**
 * A memory of WebAssembly, whose whole address range the system has to set aside.
 * @throws {EngineError} if it cannot
 */
export function wasmMemory(descriptor: WebAssembly.MemoryDescriptor): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory(descriptor);
  } catch {
    throw new EngineError("wasm", "there is not enough memory", { bytes: descriptor.initial * pageBytes });
  }
}
