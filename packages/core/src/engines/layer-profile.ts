/** What one layer of a plan did. */
export interface LayerProfile {
  /** The dotted name in the module's tree; "" for changes of layout. */
  readonly path: string;
  /** What was computed, e.g. `Conv2d + ReLU`. */
  readonly label: string;
  /** dtype, algorithm, tile and instruction set. */
  readonly kernel: string;
  /** Of one pass, by the clock. */
  readonly milliseconds: number;
  /** 2 operations for each multiply-add of the definition, in 10^9 a second. */
  readonly gflops: number;
  /** Activations read and written and weights read, in bytes. */
  readonly bytes: number;
}
