import { owner } from "./cell.js";
import { emit } from "./channel.js";

let waiting: ((value: string) => void) | undefined;

/** Asks the reader of the notebook for a line. */
export function prompt(message = "", options: { readonly password?: boolean } = {}): Promise<string> {
  const cell = owner();
  if (!cell?.run.allowStdin)
    return Promise.reject(
      new Error("prompt: this client cannot ask its user for input (allow_stdin is false)"),
    );
  const answer = new Promise<string>((resolve) => {
    waiting = resolve;
  });
  emit({
    type: "input_request",
    parent: cell.run.id,
    prompt: String(message),
    password: options.password === true,
  });
  return answer;
}

export function receiveInput(value: string): void {
  const resolve = waiting;
  waiting = undefined;
  resolve?.(value);
}
