const own = self.location.href;

/** Whether a file is the session's own, which no stack trace shows. */
export function isOwnFile(file: string): boolean {
  return file === own || file === "" || file === "native";
}

/** An error's stack in the shape of V8's. */
export function stackOf(error: Error): unknown {
  return error.stack;
}
