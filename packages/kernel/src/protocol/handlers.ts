import type { CommMessage } from "../session/types.js";
import type { Context } from "./context.js";
import { debugRequest } from "./debug-requests.js";
import type { HistoryQuery } from "./history/history.js";
import { kernelInfo } from "./kernel-info.js";
import { channels } from "./wire/connection.js";
import { type Fields, RequestError } from "./wire/fields.js";
import type { JsonObject, Message } from "./wire/wire.js";

/** Answers a request; null where the protocol has no answer. */
type Handler = (
  fields: Fields,
  context: Context,
  message: Message,
) => JsonObject | null | Promise<JsonObject | null>;

function historyQuery(fields: Fields): HistoryQuery {
  const access = fields.text("hist_access_type");
  if (access === "tail") return { access, n: fields.integer("n", 10) };
  if (access === "range") {
    const session = fields.integer("session", 0);
    return { access, session, start: fields.integer("start", 1), stop: fields.optionalInteger("stop") };
  }
  if (access === "search") {
    const pattern = fields.text("pattern", "*");
    return { access, pattern, n: fields.optionalInteger("n"), unique: fields.flag("unique", false) };
  }
  throw new RequestError(`history_request: hist_access_type must be tail, range or search; got ${access}`);
}

async function comm(type: CommMessage["type"], fields: Fields, context: Context, message: Message) {
  const targetName = type === "comm_open" ? { targetName: fields.text("target_name") } : {};
  const session = await context.session;
  session.comm({
    type,
    parent: context.requests.add({ message, executionCount: 0, silent: false, stored: false }),
    commId: fields.text("comm_id"),
    ...targetName,
    data: message.content.data ?? {},
    metadata: message.metadata,
    buffers: message.buffers,
  });
  // Widgets send their next message when this one is idle. The session answers in order, so an answer to
  // anything says that the message has been handled.
  await Promise.race([session.commInfo(), context.sessionEnd]);
  context.streams.flush();
  return null;
}

/** Stops the running cells, and what waits behind them. */
export async function interrupt({ session, subshells }: Context): Promise<void> {
  for (const lane of subshells.all()) lane.interrupt();
  (await session).interrupt();
}

/** A cursor at the end where the client names none. */
function cursor(fields: Fields, code: string): number {
  return fields.optionalInteger("cursor_pos") ?? [...code].length;
}

/** The requests that wait for the cells before them on a shell, because their answer can depend on these. */
export const inOrder: ReadonlySet<string> = new Set([
  "complete_request",
  "inspect_request",
  "history_request",
  "comm_info_request",
  "comm_open",
  "comm_msg",
  "comm_close",
]);

/** All requests but execute_request. */
export const handlers: { readonly [type: string]: Handler } = {
  kernel_info_request: () => kernelInfo(),

  connect_request: (_, { connection }) => ({
    status: "ok",
    ...Object.fromEntries(channels.map((channel) => [`${channel}_port`, connection.ports[channel]])),
  }),

  async is_complete_request(fields, { session }) {
    const code = fields.text("code");
    return { ...(await (await session).isComplete(code)) };
  },

  async complete_request(fields, { session }) {
    const code = fields.text("code");
    const reply = await (await session).complete(code, cursor(fields, code));
    return {
      status: "ok",
      matches: reply.matches,
      cursor_start: reply.cursorStart,
      cursor_end: reply.cursorEnd,
      metadata: reply.metadata,
    };
  },

  async inspect_request(fields, { session }) {
    const code = fields.text("code");
    const detail = fields.integer("detail_level", 0) > 0 ? 1 : 0;
    const { found, data } = await (await session).inspect(code, cursor(fields, code), detail);
    return { status: "ok", found, data, metadata: {} };
  },

  async history_request(fields, { history }) {
    const withOutput = fields.flag("output", false);
    const entries = await history.query(historyQuery(fields));
    return {
      status: "ok",
      history: entries.map(({ session, line, input, output }) => [
        session,
        line,
        withOutput ? [input, output] : input,
      ]),
    };
  },

  async comm_info_request(fields, { session }) {
    const target = fields.text("target_name", "");
    const comms = Object.entries(await (await session).commInfo());
    return {
      status: "ok",
      comms: Object.fromEntries(
        comms.filter(([, { target_name }]) => target === "" || target_name === target),
      ),
    };
  },

  comm_open: (fields, context, message) => comm("comm_open", fields, context, message),
  comm_msg: (fields, context, message) => comm("comm_msg", fields, context, message),
  comm_close: (fields, context, message) => comm("comm_close", fields, context, message),

  async interrupt_request(_, context) {
    await interrupt(context);
    return { status: "ok" };
  },

  shutdown_request(fields, { publisher, stop }, { headerBytes }) {
    const content = { status: "ok", restart: fields.flag("restart", false) };
    publisher.publish("shutdown_reply", content, headerBytes);
    // After the reply, which is sent in this turn of the event loop.
    setImmediate(stop);
    return content;
  },

  create_subshell_request: (_, { subshells }) => ({ status: "ok", subshell_id: subshells.create() }),

  delete_subshell_request(fields, { subshells }) {
    subshells.delete(fields.text("subshell_id"));
    return { status: "ok" };
  },

  list_subshell_request: (_, { subshells }) => ({ status: "ok", subshell_id: subshells.ids() }),

  debug_request: (fields, { session }) => debugRequest(fields, session),
};
