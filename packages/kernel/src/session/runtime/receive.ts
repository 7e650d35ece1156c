import { send } from "#host/runtime/channel.js";
import { putBack } from "#host/runtime/intact.js";
import { receiveModules } from "#host/runtime/local-modules.js";
import type { Question, Run, RunReply, ToRuntime } from "../messages.js";
import { commInfo, receiveComm } from "./api/comms.js";
import { confirm, prompt, receiveInput } from "./api/input.js";
import { jupyter } from "./api/jupyter.js";
import { describeThrown, PlainError } from "./errors/thrown.js";
import { emit } from "./events.js";
import { execute } from "./execute.js";
import { InterruptError, interruptActive } from "./interrupt.js";
import { answerTo } from "./questions/answers.js";
import { forgetNames } from "./questions/members.js";
import { ownerId } from "./runs.js";
import { pinned } from "./wait.js";

/** Shows what was thrown where no cell could catch it. */
export function report(label: string, thrown: unknown): void {
  // A loop that an interrupt left behind has ended.
  if (thrown instanceof InterruptError) return;
  const lines = thrown instanceof PlainError ? [thrown.message] : describeThrown(thrown).traceback;
  emit({ type: "stream", parent: ownerId(), name: "stderr", text: `${label}${lines.join("\n")}\n` });
}

/** Puts back what work that a cell left behind has made of the language's own objects. */
export function tellPutBack(): void {
  const { said } = putBack();
  if (said !== "") emit({ type: "stream", parent: ownerId(), name: "stderr", text: `${said}\n` });
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

async function runToItsReply(run: Run): Promise<void> {
  const answer = (reply: RunReply): void => send({ type: "reply", sequence: run.sequence, reply });
  try {
    await pinned(execute(run, answer));
  } catch (fault) {
    answer({ status: "error", error: describeThrown(fault), declared: [] });
  }
}

/** Does what the front door asks. */
export function receive(message: ToRuntime): void {
  switch (message.type) {
    case "run":
      forgetNames();
      runToItsReply(message.run);
      break;
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
