import { send } from "#host/runtime/channel.js";
import { receiveModules } from "#host/runtime/local-modules.js";
import type { Question, RunReply, ToRuntime } from "../messages.js";
import { answerTo } from "./answers.js";
import { commInfo, receiveComm } from "./comms.js";
import { emit } from "./events.js";
import { execute } from "./execute.js";
import { confirm, prompt, receiveInput } from "./input.js";
import { InterruptError, interruptActive } from "./interrupt.js";
import { jupyter } from "./jupyter.js";
import { ownerId } from "./runs.js";
import { describeThrown, PlainError } from "./thrown.js";

/** Shows what was thrown where no cell could catch it. */
export function report(label: string, thrown: unknown): void {
  // A loop that an interrupt left behind has ended.
  if (thrown instanceof InterruptError) return;
  const lines = thrown instanceof PlainError ? [thrown.message] : describeThrown(thrown).traceback;
  emit({ type: "stream", parent: ownerId(), name: "stderr", text: `${label}${lines.join("\n")}\n` });
}

/** Nothing of a broken value may end the program: then there is no answer. */
async function answer(id: number, question: Question): Promise<void> {
  let found: unknown;
  try {
    found = await answerTo(question);
  } catch {
    found = undefined;
  }
  send({ type: "answer", id, answer: found });
}

/** Does what the front door asks. */
export function receive(message: ToRuntime): void {
  switch (message.type) {
    case "run": {
      const { sequence } = message.run;
      execute(message.run)
        .catch(
          (fault: unknown): RunReply => ({ status: "error", error: describeThrown(fault), declared: [] }),
        )
        .then((reply) => send({ type: "reply", sequence, reply }));
      break;
    }
    case "interrupt":
      interruptActive();
      break;
    case "input":
      receiveInput(message.value);
      break;
    case "comm":
      receiveComm(message.message);
      break;
    case "commInfo":
      send({ type: "commInfo", id: message.id, info: commInfo() });
      break;
    case "ask":
      answer(message.id, message.question);
      break;
    case "modules":
      receiveModules(message.id, message.modules, message.fault);
      break;
  }
}

/** Gives cells the globals that every host has. */
export function defineGlobals(): void {
  for (const [name, value] of Object.entries({ confirm, jupyter, prompt }))
    Object.defineProperty(globalThis, name, { value, configurable: true, enumerable: false, writable: true });
}
