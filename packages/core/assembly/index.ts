import { convUnit } from "./conv";
import { depthwiseEvenUnit, depthwiseRowsUnit, depthwiseUnit } from "./depthwise";
import { blockUnit, borderUnit, planeUnit } from "./layout";
import { addProduct } from "./product";
import {
  Conv,
  fingerprint,
  Kind,
  Layout,
  Rows,
  StridedInput,
  Window,
  WinogradInput,
  WinogradOutput,
} from "./records";
import { setScratch } from "./scratch";
import { close, enter, leave, look, open, share } from "./threads";
import { windowUnit } from "./window";
import { stridedInputUnit, winogradInputUnit, winogradOutputUnit } from "./winograd";

export { addProduct, setScratch };

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
    case Kind.WinogradInput:
      winogradInputUnit(changetype<WinogradInput>(record), unit);
      break;
    case Kind.WinogradOutput:
      winogradOutputUnit(changetype<WinogradOutput>(record), unit);
      break;
    case Kind.Border:
      borderUnit(changetype<Layout>(record), unit);
      break;
    case Kind.DepthwiseEven:
      depthwiseEvenUnit(changetype<Conv>(record), unit);
      break;
    case Kind.DepthwiseRows:
      depthwiseRowsUnit(changetype<Rows>(record), unit);
      break;
    case Kind.StridedInput:
      stridedInputUnit(changetype<StridedInput>(record), unit);
      break;
    case Kind.Window:
      windowUnit(changetype<Window>(record), unit);
      break;
    default:
      unreachable();
  }
}

/** The other side checks by it that it writes records as they are read here. */
export function recordFingerprint(): i32 {
  return fingerprint;
}

/**
 * Runs `steps` steps from `program` on one thread; each is [kind, record, units, taken, done] of 32-bit
 * integers.
 */
export function run(program: usize, steps: i32): void {
  for (let s = 0; s < steps; s++) {
    const step = program + s * 20;
    const kind = load<i32>(step);
    const record = load<usize>(step, 4);
    const units = load<i32>(step, 8);
    for (let u = 0; u < units; u++) runUnit(kind, record, u);
  }
}

/** The same together with helpers; false if one of them died. */
export function runShared(control: usize, program: usize, steps: i32, maySleep: bool): bool {
  open(control, program, steps);
  const whole = share(control, true, maySleep, runUnit);
  return close(control) && whole;
}

/**
 * What a helper does when it is woken; `job` is the number of the job. Afterwards it stays awake for a
 * moment: jobs come in rows.
 */
export function help(control: usize, job: i32): void {
  if (enter(control)) {
    share(control, false, true, runUnit);
    leave(control);
  }
  look(control, job);
}
