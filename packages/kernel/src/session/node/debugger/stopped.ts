import type { Debugger } from "node:inspector";
import type { Variable } from "../../types.js";
import type { ExpressionReply } from "../../unit.js";
import type { Frame, LocalScopes } from "./frames.js";
import { scopesOf } from "./frames.js";
import type { InspectorClient } from "./inspector-client.js";
import { DebugRefusal, type RuntimeServices, servicesExpression, unwrapped } from "./runtime-services.js";

/** A list of variables of one place. */
interface Listed {
  readonly frame: Frame;
  readonly title: "Locals" | "Closure" | "Module" | "Globals";
}

/** What of the session's names and types a stopped program needs. */
export interface Names {
  expression(code: string, locals: readonly string[], session: readonly string[]): Promise<ExpressionReply>;
  /** A module's text as that of a script, in which everything stands where it stood. */
  asScript(text: string): Promise<string>;
  /** The session's own variables. */
  globals(): Promise<readonly string[]>;
}

/** The program from where it has stopped to where it goes on. */
export class Stopped {
  /** From the innermost call outwards. */
  readonly frames: readonly Frame[];
  /** How many calls there are, those of the kernel too. */
  readonly depth: number;
  readonly #inspector: InspectorClient;
  readonly #services: RuntimeServices;
  readonly #names: Names;
  readonly #listed: Listed[] = [];
  readonly #scopes = new Map<Frame, Promise<LocalScopes>>();
  /** How often something was evaluated. */
  #turns = 0;

  constructor(
    frames: readonly Frame[],
    depth: number,
    inspector: InspectorClient,
    services: RuntimeServices,
    names: Names,
  ) {
    this.frames = frames;
    this.depth = depth;
    this.#inspector = inspector;
    this.#services = services;
    this.#names = names;
  }

  /**
   * The number of a call, by its place. After an evaluation all calls have other numbers, and the older ones
   * still hold: of a number that it knows, JupyterLab does not ask the variables again.
   */
  numberOf(place: number): number {
    return this.#turns * this.frames.length + place + 1;
  }

  /** A call by one of its numbers; the innermost where nobody says. */
  frame(id: unknown): Frame {
    const count = this.frames.length;
    const number = typeof id === "number" ? id : 1;
    const frame = number > this.numberOf(count - 1) ? undefined : this.frames[(number - 1) % count];
    if (!frame)
      throw new DebugRefusal(
        `there is no frame ${id}; the outermost of ${count} is ${this.numberOf(count - 1)}`,
      );
    return frame;
  }

  #scopesOf(frame: Frame): Promise<LocalScopes> {
    let scopes = this.#scopes.get(frame);
    if (!scopes) {
      scopes = scopesOf(frame, this.#inspector);
      this.#scopes.set(frame, scopes);
    }
    return scopes;
  }

  /**
   * The lists of variables at a call, each with the number that asks for it; empty ones but the first are
   * left out.
   */
  async scopes(frame: Frame): Promise<readonly { readonly name: string; readonly reference: number }[]> {
    const { closure, module } = await this.#scopesOf(frame);
    const titles: Listed["title"][] = ["Locals"];
    if (closure.length > 0) titles.push("Closure");
    if (module.length > 0) titles.push("Module");
    titles.push("Globals");
    return titles.map((title) => ({ name: title, reference: this.#listed.push({ frame, title }) }));
  }

  /** The variables of such a list; undefined where the number is no list's. */
  async variables(reference: number): Promise<readonly Variable[] | undefined> {
    const listed = this.#listed[reference - 1];
    if (!listed) return undefined;
    if (listed.title === "Globals") return this.globals();
    const { locals, closure, module } = await this.#scopesOf(listed.frame);
    const names = { Locals: locals, Closure: closure, Module: module }[listed.title];
    // Read where it stands: what the inspector lists of a call are copies, which show nothing of a later
    // assignment.
    const values = names.map((name) => `(() => { try { return ${name}; } catch {} })()`);
    const described = (await this.#evaluateAt(
      listed.frame,
      `${servicesExpression}.describe(${[JSON.stringify(names), ...values].join(", ")})`,
    )) as readonly Variable[];
    return described.map((variable) => ({ ...variable, evaluateName: variable.name }));
  }

  /** The notebook's variables, also those of the cell that runs. */
  async globals(): Promise<readonly Variable[]> {
    const names = new Set(await this.#names.globals());
    for (const { script } of this.frames) for (const name of script?.names ?? []) names.add(name);
    return (await this.#services.answer({ kind: "variables", names: [...names] }, true)) as Variable[];
  }

  /** The call whose variables a list holds. */
  frameOf(reference: number): Frame | undefined {
    return this.#listed[reference - 1]?.frame;
  }

  /** Evaluates code at a call, and hands its value to one of the runtime's services. */
  async evaluate(code: string, frame: Frame, service: string, ...first: readonly string[]): Promise<unknown> {
    const { locals, closure, module, session } = await this.#scopesOf(frame);
    const names = [...locals, ...closure, ...module];
    const own = [...session, ...this.frames.flatMap(({ script }) => script?.names ?? [])];
    const expression = await evaluation(this.#names, code, names, own, service, first);
    this.#turns++;
    return this.#evaluateAt(frame, expression);
  }

  async #evaluateAt({ call }: Frame, expression: string): Promise<unknown> {
    const evaluated = await this.#inspector.post<Debugger.EvaluateOnCallFrameReturnType>(
      "Debugger.evaluateOnCallFrame",
      { callFrameId: call.callFrameId, expression, returnByValue: true, silent: true },
    );
    return unwrapped(evaluated);
  }
}

/** JavaScript that evaluates code of the user's and hands its value on. */
export async function evaluation(
  names: Pick<Names, "expression">,
  code: string,
  locals: readonly string[],
  session: readonly string[],
  service: string,
  first: readonly string[] = [],
): Promise<string> {
  const compiled = await names.expression(code, locals, session);
  if (!compiled.ok) throw new DebugRefusal(compiled.reason);
  const given = first.map((text) => `${JSON.stringify(text)}, `).join("");
  return (
    `${servicesExpression}.${service}(${given}(${compiled.text}).call(this, ` +
    `...${servicesExpression}.arguments(${JSON.stringify(compiled.names)})))`
  );
}
