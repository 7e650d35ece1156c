import type { ToRuntime } from "../../messages.js";
import { mapStacks } from "../../runtime/errors/stack.js";
import { interruptActive } from "../../runtime/interrupt.js";
import { defineGlobals, receive, report, tellPutBack } from "../../runtime/receive.js";
import { captureStreams } from "./capture-streams.js";
import { leave } from "./channel.js";
import { startDebugging } from "./debugging.js";
import { replaceExit } from "./exit.js";
import { noteIntact } from "./intact.js";
import { onDebugger } from "./interrupt-word.js";
import { hidePromiseMarks } from "./promises.js";
import { askForStdin } from "./stdin.js";

/** The process that holds a session's variables. */

captureStreams();
askForStdin();
mapStacks();
hidePromiseMarks();
process.on("message", (message: ToRuntime) => {
  tellPutBack();
  if (message.type === "debug") startDebugging();
  else receive(message);
});
onDebugger(startDebugging);
process.on("disconnect", () => leave(0));
process.on("SIGINT", interruptActive);
process.on("uncaughtException", (error) => report("Uncaught ", error));
process.on("unhandledRejection", (reason) => report("Unhandled rejection: ", reason));
replaceExit();
// The channel is the kernel's: a program that a cell runs must not take it for its own parent's.
process.send = undefined as never;
process.execArgv = [];
defineGlobals();
noteIntact();
