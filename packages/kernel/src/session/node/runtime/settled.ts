/** The text of a value: `inspect` of Node knows how promises have ended. */
export async function withEndings(_value: unknown, text: () => string): Promise<string> {
  return text();
}
