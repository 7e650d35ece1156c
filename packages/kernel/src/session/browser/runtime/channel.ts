import type { FromRuntime } from "../../messages.js";

let receiver: (message: FromRuntime) => void = () => {};

/** Says who is told what the runtime has to say. */
export function onSend(receive: (message: FromRuntime) => void): void {
  receiver = receive;
}

export function send(message: FromRuntime): void {
  receiver(message);
}
