import type { ExecuteReply } from "../session/types.js";
import type { Context, Exchange } from "./context.js";
import type { Lane } from "./lanes/lane.js";
import type { RequestRecord } from "./requests.js";
import { errorContent } from "./wire/error-content.js";
import { Fields } from "./wire/fields.js";
import type { JsonObject } from "./wire/wire.js";

type Outcome = { readonly stop: boolean; readonly finish: () => void };

/** The execute requests, and the number in `In [n]`. */
export class Executions {
  readonly #context: Context;
  #count = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Queues a cell. */
  submit(exchange: Exchange, lane: Lane): void {
    const { message } = exchange;
    lane.push({
      requestedAt: Date.parse(String(message.header.date)),
      run: () => this.#run(exchange),
      abort: () => this.#answer(exchange, { status: "aborted" }, true),
    });
  }

  /** The reply, between the two status messages that every request gets. */
  #answer(exchange: Exchange, content: JsonObject, busyToo: boolean, started = new Date()): void {
    const { publisher } = this.#context;
    const parent = exchange.message.headerBytes;
    if (busyToo) publisher.status("busy", parent);
    exchange.reply({ content, metadata: { started: started.toISOString(), status: content.status ?? "" } });
    publisher.status("idle", parent);
  }

  async #run(exchange: Exchange): Promise<Outcome> {
    const { message } = exchange;
    const started = new Date();
    this.#context.publisher.status("busy", message.headerBytes);
    let content: JsonObject;
    let stop = false;
    try {
      const fields = new Fields(message.type, message.content);
      const stopOnError = fields.flag("stop_on_error", true);
      const silent = fields.flag("silent", false);
      content = await this.#execute(exchange, fields, silent);
      stop = content.status === "error" && stopOnError && !silent;
    } catch (error) {
      content = errorContent(error);
    }
    return { stop, finish: () => this.#answer(exchange, content, false, started) };
  }

  async #execute({ message }: Exchange, fields: Fields, silent: boolean): Promise<JsonObject> {
    const { history, requests, inputs, publisher, streams } = this.#context;
    const code = fields.text("code");
    const stored = fields.flag("store_history", !silent) && !silent;
    const userExpressions = fields.texts("user_expressions");
    const allowStdin = fields.flag("allow_stdin", true);
    if (stored) this.#count += 1;
    const executionCount = this.#count;
    if (!silent) {
      publisher.publish("execute_input", { code, execution_count: executionCount }, message.headerBytes);
    }
    if (stored) history.recordInput(executionCount, code);
    const request: RequestRecord = { message, executionCount, silent, stored };
    const id = requests.add(request);
    const session = await this.#context.session;
    const outcome = await Promise.race([
      session.execute({ id, code, executionCount, silent, userExpressions, allowStdin }),
      this.#context.sessionEnd.then((error): ExecuteReply => {
        streams.flush();
        publisher.publish("error", { ...error }, message.headerBytes);
        return { status: "error", ...error };
      }),
    ]);
    streams.flush();
    inputs.withdraw(id);
    if (outcome.status === "ok") {
      const { payload } = outcome;
      return {
        status: "ok",
        execution_count: executionCount,
        user_expressions: outcome.userExpressions,
        payload,
      };
    }
    const { ename, evalue, traceback } = outcome;
    return {
      status: "error",
      execution_count: executionCount,
      ename,
      evalue,
      traceback,
      user_expressions: {},
      payload: [],
    };
  }
}
