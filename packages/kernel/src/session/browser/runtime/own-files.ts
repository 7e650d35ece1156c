const own = self.location.href;

/** Whether a file is the session's own, which no stack trace shows. */
export function isOwnFile(file: string): boolean {
  return file === own || file === "native";
}

/** A script's name as `evaluate` was given it, in a text of the engine's. */
export function writtenNames(text: string): string {
  // A cell's own lines are no function that a reader knows.
  return text.replace(/^(?:async )?eval \((In%20\[.*)\)$/, "$1").replaceAll("In%20[", "In [");
}
