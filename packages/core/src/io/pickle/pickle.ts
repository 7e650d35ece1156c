import { quote } from "../../errors.js";
import type { Reader } from "../binary/reader.js";
import { PickleMachine } from "./pickle-machine.js";
import { pickleSteps } from "./pickle-steps.js";
import type { PickledValue, PickleHost } from "./pickled.js";

/**
 * Reads a pickle of protocol 1 to 5, without running or looking up anything: a machine with a stack and a
 * memo, for which a class or function is a name.
 *
 * @param reader at the pickle's beginning; afterwards behind its end
 * @throws {FormatError} if the pickle is cut off, or is none
 * @see https://github.com/python/cpython/blob/3.13/Lib/pickletools.py, which describes every opcode
 */
export function readPickle(reader: Reader, host: PickleHost): PickledValue {
  const machine = new PickleMachine(reader, host);
  for (;;) {
    const at = reader.at;
    const opcode = reader.uint8();
    // STOP
    if (opcode === 0x2e) return machine.result();
    const step = pickleSteps.get(opcode);
    if (step === undefined) {
      const shown = `0x${opcode.toString(16).padStart(2, "0")} (${quote(String.fromCharCode(opcode))})`;
      throw reader.error(`the pickle holds the opcode ${shown}, which torch.save does not write`, {
        offset: at,
      });
    }
    step(machine, reader);
  }
}
