import type { SendQueue } from "./wire/send-queue.js";
import type { Message, Wire } from "./wire/wire.js";

interface Question {
  readonly cell: string;
  readonly request: Message;
  readonly prompt: string;
  readonly password: boolean;
}

/** The stdin channel: one question at a time, asked of the client whose cell it is. */
export class InputRequests {
  readonly #wire: Wire;
  readonly #queue: SendQueue;
  readonly #questions: Question[] = [];

  constructor(wire: Wire, queue: SendQueue) {
    this.#wire = wire;
    this.#queue = queue;
  }

  ask(question: Question): void {
    this.#questions.push(question);
    if (this.#questions.length === 1) this.#send(question);
  }

  #send({ request, prompt, password }: Question): void {
    const content = { prompt, password };
    this.#queue.send(
      this.#wire.encode(request.identities, { type: "input_request", content, parent: request.headerBytes }),
    );
  }

  /** Takes an answer, and asks what was waiting. False where nobody had asked, or somebody else had. */
  answered(reply: Message): boolean {
    const [current, next] = this.#questions;
    const [from] = reply.identities;
    const [asked] = current?.request.identities ?? [];
    if (!from || !asked?.equals(from)) return false;
    this.#questions.shift();
    if (next) this.#send(next);
    return true;
  }

  /** Forgets what a cell asked that has ended, for instance because it was interrupted. */
  withdraw(cell: string): void {
    const wasAsking = this.#questions[0]?.cell === cell;
    const left = this.#questions.filter((question) => question.cell !== cell);
    this.#questions.splice(0, this.#questions.length, ...left);
    if (wasAsking && left[0]) this.#send(left[0]);
  }
}
