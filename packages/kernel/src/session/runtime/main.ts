import type { Question, RunReply, ToRuntime } from "../messages.js";
import { answerTo } from "./answers.js";
import { emit, leave, send } from "./channel.js";
import { commInfo, receiveComm } from "./comms.js";
import { execute } from "./execute.js";
import { ProcessExit, replaceExit } from "./exit.js";
import { confirm, prompt, receiveInput } from "./input.js";
import { InterruptError, interruptActive } from "./interrupt.js";
import { jupyter } from "./jupyter.js";
import { receiveModules } from "./local-modules.js";
import { hidePromiseMarks } from "./promises.js";
import { ownerId } from "./runs.js";
import { mapStacks } from "./stack.js";
import { askForStdin } from "./stdin.js";
import { captureStreams } from "./streams.js";
import { describeThrown } from "./thrown.js";

/** The process that holds a session's variables. */

function report(label: string, thrown: unknown): void {
  // A loop that an interrupt left behind has ended.
  if (thrown instanceof InterruptError) return;
  const lines = thrown instanceof ProcessExit ? [thrown.message] : describeThrown(thrown).traceback;
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

function receive(message: ToRuntime): void {
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

captureStreams();
askForStdin();
mapStacks();
hidePromiseMarks();
process.on("message", receive);
process.on("disconnect", () => leave(0));
process.on("SIGINT", interruptActive);
process.on("uncaughtException", (error) => report("Uncaught ", error));
process.on("unhandledRejection", (reason) => report("Unhandled rejection: ", reason));
replaceExit();
// The channel is the kernel's: a program that a cell runs must not take it for its own parent's.
process.send = undefined as never;
process.execArgv = [];
for (const [name, value] of Object.entries({ confirm, jupyter, prompt }))
  Object.defineProperty(globalThis, name, { value, configurable: true, enumerable: false, writable: true });
