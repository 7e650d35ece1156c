import type { Question } from "./messages.js";

/** Questions to the running program. */
export class Questions {
  readonly #send: (id: number, question: Question) => void;
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  #count = 0;

  constructor(send: (id: number, question: Question) => void) {
    this.#send = send;
  }

  /** The answer, or undefined where none comes within `patience` milliseconds. */
  ask<Answer>(question: Question, patience: number): Promise<Answer | undefined> {
    const id = ++this.#count;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.receive(id, undefined), patience);
      this.#waiting.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer as Answer | undefined);
      });
      this.#send(id, question);
    });
  }

  receive(id: number, answer: unknown): void {
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }
}
