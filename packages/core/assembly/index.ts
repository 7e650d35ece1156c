import { convUnit, depthwiseUnit } from "./conv";
import { blockUnit, planeUnit } from "./layout";
import { Conv, Layout } from "./records";

/** What a step of a program does; src/engines/wasm/records.ts has the same numbers. */
enum Kind {
  Block,
  Plane,
  Conv,
  Depthwise,
}

function runUnit(kind: i32, record: usize, unit: i32): void {
  switch (kind) {
    case Kind.Block:
      blockUnit(changetype<Layout>(record), unit);
      break;
    case Kind.Plane:
      planeUnit(changetype<Layout>(record), unit);
      break;
    case Kind.Conv:
      convUnit(changetype<Conv>(record), unit);
      break;
    case Kind.Depthwise:
      depthwiseUnit(changetype<Conv>(record), unit);
      break;
    default:
      unreachable();
  }
}

/** Runs `steps` steps from `program`, each [kind, record, units, claimed, done] of 32-bit integers, on one thread. */
export function run(program: usize, steps: i32): void {
  for (let s = 0; s < steps; s++) {
    const step = program + s * 20;
    const kind = load<i32>(step);
    const record = load<usize>(step, 4);
    const units = load<i32>(step, 8);
    for (let u = 0; u < units; u++) runUnit(kind, record, u);
  }
}
