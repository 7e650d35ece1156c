export { NotebookFormatError, NotebookParameterError, NotebookWriteError } from "./errors.js";
export {
  type CellFailure,
  type ExecutedNotebook,
  type ExecuteNotebookOptions,
  executeNotebook,
} from "./headless/execute-notebook.js";
export type {
  CodeCell,
  DisplayOutput,
  ErrorOutput,
  Notebook,
  Output,
  ResultOutput,
  StreamOutput,
  TextCell,
} from "./headless/notebook.js";
export { OutputCollector } from "./headless/outputs.js";
export type { Parameters } from "./headless/parameters.js";
export { readNotebook } from "./headless/read.js";
export {
  type NotebookProgress,
  type NotebookRun,
  type RunNotebooksOptions,
  runNotebooks,
} from "./headless/run-notebooks.js";
export { formatNotebook, writeNotebook } from "./headless/write.js";
export { createSession } from "./session/node/create-session.js";
export { prepareSnapshot } from "./session/node/snapshot.js";
export type * from "./session/types.js";
