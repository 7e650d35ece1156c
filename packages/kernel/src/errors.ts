/**
 * A file that is no notebook this package can run: not JSON, not nbformat 4, or for a kernel of another
 * language.
 */
export class NotebookFormatError extends Error {
  /** The class's name. */
  override readonly name = "NotebookFormatError";

  constructor(
    readonly file: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`readNotebook: ${message}; got file=${file}`, options);
  }
}

/** A notebook could not be written; what stood in its place before still does. */
export class NotebookWriteError extends Error {
  /** The class's name. */
  override readonly name = "NotebookWriteError";

  constructor(
    readonly file: string,
    cause: Error,
  ) {
    super(`writeNotebook: ${cause.message}; the file is as it was; got file=${file}`, { cause });
  }
}

/** A parameter was given that the notebook does not have, or that can be no variable. */
export class NotebookParameterError extends Error {
  /** The class's name. */
  override readonly name = "NotebookParameterError";

  constructor(reason: string, given: readonly string[]) {
    super(`executeNotebook: ${reason}; got parameters ${given.join(", ")}`);
  }
}
