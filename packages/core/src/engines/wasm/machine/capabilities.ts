/** What the engine may use. */
export interface Capabilities {
  /** Fused multiply-add is there. */
  readonly relaxed: boolean;
  /** Tiles of 16 channels, which V8 makes 256 bits wide. */
  readonly wide: boolean;
  /** Algorithms whose sums are in another order than the definition's. */
  readonly winograd: boolean;
  /** How many threads share the work; no result depends on it. */
  readonly threads: number;
}

/** The instruction set as kernels' names have it. */
export function isa(capabilities: Capabilities): string {
  return capabilities.relaxed ? "relaxed-simd" : "simd";
}
