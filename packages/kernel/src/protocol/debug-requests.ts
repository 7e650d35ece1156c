import type { Session, Variable } from "../session/types.js";
import type { Fields } from "./fields.js";
import type { JsonObject } from "./wire.js";

type Body = (session: Session, args: JsonObject) => JsonObject | Promise<JsonObject>;

/**
 * What is answered of the Debug Adapter Protocol, as Jupyter has extended it: the variables of the session. There are no
 * breakpoints, and kernel_info says that there is no debugger.
 */
const commands: { readonly [command: string]: Body } = {
  inspectVariables: async (session) => ({ variables: (await session.variables()).map(toVariable) }),

  variables: async (session, { variablesReference, start, count }) => {
    const [reference, from, most] = [variablesReference, start, count].map(whole) as [number, number, number];
    const listed = reference > 0 ? await session.variables(reference, from, most) : [];
    return { variables: listed.map(toVariable) };
  },

  richInspectVariables: async (session, { variableName }) => {
    const name = typeof variableName === "string" ? variableName : "";
    return { data: { ...(await session.variableBundle(name)) }, metadata: {} };
  },
};

/** Answers a debug_request: refusals too are in that protocol's own form. */
export async function debugRequest(fields: Fields, session: Promise<Session>): Promise<JsonObject> {
  const command = fields.text("command", "");
  const response = { type: "response", request_seq: fields.integer("seq", 0), command };
  const body = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (!body) return { ...response, success: false, message: "this kernel has no debugger" };
  return { ...response, success: true, body: await body(await session, fields.object("arguments")) };
}

function whole(value: unknown): number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : 0;
}

function toVariable({ reference, ...rest }: Variable): JsonObject {
  return { ...rest, variablesReference: reference };
}
