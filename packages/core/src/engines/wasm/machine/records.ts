import { EngineError } from "../../../errors.js";
import type { Heap } from "./heap.js";
import { fingerprint, kinds, recordBytes, type StepRecord } from "./records.generated.js";

export type {
  ConvRecord,
  LayoutRecord,
  RowsRecord,
  StridedInputRecord,
  WinogradInputRecord,
  WinogradOutputRecord,
} from "./records.generated.js";

/**
 * A thread's own scratch memory: 64 bytes of masks, which stay, then a Winograd tile or the padded rows of a
 * plane.
 */
export const threadScratchBytes: number = 64 * 1024;

/** One step of a program: what to do, on which data, in how many independent units. */
export type Step = { readonly units: number } & StepRecord;

/**
 * Checks that a module reads records as they are written here. A build that was interrupted, or is under way,
 * can leave a module beside code that is older or newer.
 * @param ofModule the fingerprint of the table of records that the module was built with
 * @throws {EngineError} if it does not
 */
export function checkRecords(ofModule: number): void {
  if (ofModule === fingerprint) return;
  const rule = "the module is of another build than the code that calls it: build again";
  throw new EngineError("wasm", rule, { "module.records": ofModule, expected: fingerprint });
}

/** The bytes of one step of a program: kind, record, units, claimed, done. */
export const stepBytes = 20;

/** How much memory `writeProgram` needs. */
export function programBytes(steps: number): number {
  return steps * (recordBytes + stepBytes);
}

/** Writes the steps and their records; the address to run is the start. */
export function writeProgram(heap: Heap, at: number, steps: readonly Step[]): void {
  steps.forEach((step, i) => {
    const { number, order } = kinds[step.kind];
    const recordAt = at + steps.length * stepBytes + i * recordBytes;
    heap.i32.set([number, recordAt, step.units, 0, 0], (at + i * stepBytes) >> 2);
    const record = step.record as Readonly<Record<string, number>>;
    order.forEach(([name, float], field) => {
      const values = float ? heap.f32 : heap.i32;
      values[(recordAt >> 2) + field] = record[name] as number;
    });
  });
}
