import { emit } from "../events.js";
import { activeRuns, type CellRun, owner } from "../runs.js";

interface Question {
  readonly cell: CellRun;
  /** Asked when its cell was over: by a timer, say. */
  readonly isLate: boolean;
  readonly answer: (value: string) => void;
}

/** What was asked, in order; the front door asks the reader one thing at a time. */
let questions: readonly Question[] = [];

/** Asks the reader of the notebook for a line. */
export function prompt(message = "", options: { readonly password?: boolean } = {}): Promise<string> {
  return ask("prompt", String(message), options.password === true);
}

/** Asks the reader of the notebook a question that is answered by y or yes; everything else is a no. */
export async function confirm(message = ""): Promise<boolean> {
  const answer = await ask("confirm", `${message === "" ? "" : `${message} `}[y/N] `, false);
  return /^\s*y(es)?\s*$/i.test(answer);
}

/** `name` is what the cell calls. */
function ask(name: string, message: string, password: boolean): Promise<string> {
  const cell = owner();
  if (!cell?.run.allowStdin)
    return Promise.reject(
      new Error(`${name}: this client cannot ask its user for input (allow_stdin is false)`),
    );
  const answer = new Promise<string>((resolve) => {
    questions = [...questions, { cell, isLate: !activeRuns().has(cell), answer: resolve }];
  });
  emit({
    type: "input_request",
    parent: cell.run.id,
    prompt: message,
    password,
  });
  return answer;
}

export function receiveInput(value: string): void {
  // The front door withdraws what a cell has asked when the cell ends, for instance because it was
  // interrupted.
  const [question, ...others] = questions.filter(({ cell, isLate }) => isLate || activeRuns().has(cell));
  questions = others;
  question?.answer(value);
}
