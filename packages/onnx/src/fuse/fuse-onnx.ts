import { type ConvfuseError, FusionError, type Node, type Value } from "@convfuse/core";
import { contextOf } from "../convert/context.js";
import { type ConvertedGraph, convertGraph } from "../convert/of-graph.js";
import { isFloat } from "../model/data-type.js";
import type { SourceGraph, SourceNode } from "../model/graph.js";
import { type SourceModel, sourceModel } from "../model/model.js";
import { freeNames } from "../model/read-names.js";
import { OnnxModel, partsOf } from "../onnx-model.js";
import type { GraphEdits } from "../write/edits.js";
import { writeOnnx } from "../write/write-onnx.js";
import { type Candidate, candidatesIn } from "./candidates.js";
import { emitTerms } from "./emit/emit.js";
import { Names } from "./emit/names.js";
import type { Emitted } from "./emit/new-nodes.js";
import { Rooms } from "./emit/rooms.js";
import type { Site } from "./emit/site.js";
import { storedTerm } from "./emit/stored-term.js";
import { editGraph } from "./graph-edits.js";
import { regionOf, reportOf } from "./make-report.js";
import { type MultiplyAdds, multiplyAddsAt, multiplyAddsOf } from "./multiply-adds.js";
import { checkFuseOptions, checkNamed, type FuseOnnxOptions } from "./options.js";
import { stoodIn } from "./plan/stood.js";
import { prove } from "./prove.js";
import type { OnnxRefusal, OnnxRegion, OnnxReport } from "./report/report.js";
import { bytesOutside } from "./report/totals.js";

/** What {@link fuseOnnx} gives. */
export interface FusedOnnx {
  /** The same network with its branches fused; for {@link writeOnnx}. */
  readonly model: OnnxModel;
  /** What was fused and what was not, with the reasons. */
  readonly report: OnnxReport;
}

/**
 * Fuses what is exactly one convolution in a network: branches that are added or joined, norms, scales,
 * pools, sequences. Everything else stays as the bytes that it was. Each region is proven by itself in
 * float64; one whose proof fails is put back, and the report says so.
 *
 * @param model what {@link readOnnx} gave; it is not changed
 * @param options growth, sizes, inputShapes, only, keep, verify, onProgress; see {@link FuseOnnxOptions}
 * @returns the new model, and the report on it
 * @throws {ArgumentError} if model is none, or an option is unknown, outside its domain, or names what is not
 *   in the file
 * @throws {FormatError} if a tensor does not hold what its dims promise, or its file beside the model cannot
 *   be read
 * @example
 * import { readFileSync } from "node:fs";
 * const { model, report } = fuseOnnx(readOnnx(readFileSync("model.onnx")));
 * report.putBack.length; // 0
 */
export function fuseOnnx(model: OnnxModel, options: FuseOnnxOptions = {}): FusedOnnx {
  const parts = partsOf("fuseOnnx", model);
  checkFuseOptions(options);
  const source = parts.edits.size === 0 ? parts.source : readAgain(model, parts.source);
  return new Fusing(source, options).run();
}

/** A model that was fused before, as a file that is read. */
function readAgain(model: OnnxModel, { external }: SourceModel): SourceModel {
  const written = writeOnnx(model);
  const bytes = new Uint8Array(written.length);
  let at = 0;
  for (const chunk of written) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return sourceModel(bytes, external);
}

class Fusing {
  readonly #source: SourceModel;
  readonly #options: FuseOnnxOptions;
  readonly #names: Names;
  readonly #rooms: Rooms;
  readonly #edits = new Map<SourceGraph, GraphEdits>();
  /** Values that are to be computed in another way. */
  readonly #replaced = new Set<Value>();
  readonly #free = new Map<SourceGraph, ReadonlySet<string>>();
  readonly #regions: OnnxRegion[] = [];
  readonly #refusals: OnnxRefusal[] = [];
  readonly #putBack: OnnxRefusal[] = [];
  /** Multiply-adds of the network's own graph as it is to become. */
  #workAfter: MultiplyAdds = { multiplyAdds: undefined, notCounted: [] };

  constructor(source: SourceModel, options: FuseOnnxOptions) {
    this.#source = source;
    this.#options = options;
    this.#names = new Names(source);
    this.#rooms = new Rooms(source.message.bytes.length + bytesOutside(source));
  }

  run(): FusedOnnx {
    const { graph, functions } = this.#source;
    const { sizes, inputShapes = {} } = this.#options;
    const shapes = sizes === "given" ? inputShapes : {};
    const main = convertGraph(graph.value, contextOf(this.#source, this.#source.opset, shapes));
    const others = functions.map(({ value }) =>
      convertGraph(value.graph, contextOf(this.#source, value.opset)),
    );
    const all = [main, ...others].flatMap(withBodies);
    checkNamed(
      this.#options,
      namesIn(all),
      graph.value.inputs.map(({ value }) => value),
    );
    const candidates = all.map((converted) => {
      const found = candidatesIn(converted, this.#options);
      this.#refusals.push(...found.refusals);
      return [converted, found.candidates] as const;
    });
    for (const { chain } of candidates.flatMap(([, list]) => list))
      this.#replaced.add(chain.replacement.output);
    const regions = candidates.reduce((sum, [, list]) => sum + list.length, 0);
    let done = 0;
    for (const [converted, list] of candidates) {
      const accepted = new Map<Candidate, Emitted>();
      const names = new Map<Value, string>();
      for (const candidate of list) {
        const isAt = (part: number): void => this.#options.onProgress?.(done + part, regions);
        isAt(0);
        const emitted = this.#attempt(candidate, names, isAt);
        done++;
        if (emitted !== undefined) accepted.set(candidate, emitted);
      }
      this.#edit(converted, accepted, names);
    }
    const fused = new OnnxModel({ source: this.#source, edits: this.#edits });
    const made = { regions: this.#regions, refusals: this.#refusals, putBack: this.#putBack };
    return {
      model: fused,
      report: reportOf(this.#source, this.#edits, made, (model, isBefore) => {
        // Sizes that nothing was fused for are those of the report nevertheless.
        const isFusedFor = shapes === inputShapes || Object.keys(inputShapes).length === 0;
        if (!isFusedFor) return multiplyAddsAt(model, inputShapes);
        return isBefore ? multiplyAddsOf(main) : this.#workAfter;
      }),
    };
  }

  /** The nodes for a replacement, proven; undefined: it is not made. */
  #attempt(
    candidate: Candidate,
    names: Map<Value, string>,
    isAt: (part: number) => void,
  ): Emitted | undefined {
    const { converted, chain } = candidate;
    const { replacement } = chain;
    const refusal = (reason: string): OnnxRefusal => {
      const node = replacement.nodes.at(-1);
      const origin = node && converted.origins.get(node);
      return { path: node?.path ?? replacement.output.name, type: origin?.type ?? "", reason };
    };
    const refuse = (reason: string): undefined => {
      this.#putBack.push(refusal(reason));
    };
    const site = this.#site(candidate);
    if (typeof site === "string") {
      // Nothing was made, so that nothing has failed.
      this.#refusals.push(refusal(site));
      return undefined;
    }
    const count = replacement.terms.length;
    const terms = replacement.terms.map((term, i) =>
      // What is computed is not proven yet.
      storedTerm(term, site.type, this.#rooms, (part) => isAt((0.9 * (i + part)) / count)),
    );
    try {
      const nameOf = (value: Value): string => this.#nameOf(value, names, converted);
      const path =
        replacement.nodes.findLast(({ outputs }) => outputs.includes(replacement.output))?.path ??
        replacement.output.name;
      const stood = stoodIn(replacement, candidate.producers);
      const emitted = emitTerms(terms, nameOf(replacement.output), path, site, stood, ({ base }) =>
        nameOf(base),
      );
      const ratio =
        this.#options.verify === false
          ? undefined
          : prove(chain, terms, candidate.rewired, converted, candidate.producers, site.type);
      if (ratio !== undefined && !(ratio <= 1))
        return refuse(`its proof failed: an output differs by ${ratio} times its error bound`);
      this.#regions.push(regionOf(converted, chain, terms, emitted, ratio, nameOf(replacement.output)));
      return emitted;
    } catch (error) {
      if (error instanceof FusionError) return refuse(reasonOf(error));
      throw error;
    } finally {
      this.#rooms.clear();
    }
  }

  #site({ converted, chain }: Candidate): Site | string {
    const { output, nodes } = chain.replacement;
    const type =
      typeOf(converted, output) ??
      nodes.map(({ outputs }) => typeOf(converted, outputs[0])).find((one) => one !== undefined);
    if (!isFloat(type) || type === undefined) return "the type of its numbers is not known";
    return {
      names: this.#names,
      opset: converted.context.opset,
      type,
    };
  }

  #nameOf(value: Value, names: Map<Value, string>, { aliases }: ConvertedGraph): string {
    if (value.name !== "") return value.name;
    const alias = aliases.get(value);
    if (alias !== undefined && !this.#replaced.has(alias)) return alias.name;
    const name = names.get(value) ?? this.#names.fresh("convfuse.value");
    names.set(value, name);
    return name;
  }

  #edit(
    converted: ConvertedGraph,
    accepted: ReadonlyMap<Candidate, Emitted>,
    names: Map<Value, string>,
  ): void {
    const { source, bodies, context } = converted;
    const freeAfter = new Map<SourceNode, Set<string>>();
    for (const { node, body } of bodies) {
      const free = freeAfter.get(node) ?? new Set<string>();
      for (const name of this.#free.get(body.graph) ?? freeNames(body.graph)) free.add(name);
      freeAfter.set(node, free);
    }
    const isMain = source === this.#source.graph.value;
    const old = this.#source.irVersion < 4;
    const rewired = new Map<Node, Value>();
    const changed = new Set<string>();
    for (const { chain, rewired: all } of accepted.keys()) {
      for (const node of chain.replacement.rewired) rewired.set(node, all.get(node) as Value);
      for (const { name } of chain.changed) changed.add(name);
    }
    const list = [...accepted];
    const replaced = new Map(list.map(([{ chain }]) => [chain.replacement.output, chain.replacement]));
    const { edits, free, live } = editGraph(converted, {
      replaced,
      emitted: new Map(list.map(([{ chain }, emitted]) => [chain.replacement.output, emitted])),
      rewired,
      changed,
      nameOf: (value) => this.#nameOf(value, names, converted),
      siteOf: (value) => ({
        names: this.#names,
        opset: context.opset,
        type: typeOf(converted, value) ?? 1,
      }),
      freeAfter,
      asInitializers: source.kind === "graph" && (isMain || !old),
      asInputs: isMain && old,
    });
    if (isMain) this.#workAfter = multiplyAddsOf(converted, { live, replaced });
    // Weights of bodies may lie outside of them.
    const isTouched = accepted.size > 0 || bodies.some(({ body }) => this.#edits.has(body.graph));
    if (!isTouched) return;
    this.#free.set(source, free);
    this.#edits.set(source, edits);
  }
}

/** What nodes are called, and what they give. */
function namesIn(graphs: readonly ConvertedGraph[]): ReadonlySet<string> {
  const nodes = graphs.flatMap(({ source }) => source.nodes);
  return new Set(nodes.flatMap(({ name, outputs }) => [name, ...outputs]));
}

/** The graph, those in its nodes before it. */
function withBodies(converted: ConvertedGraph): readonly ConvertedGraph[] {
  return [...converted.bodies.flatMap(({ graph }) => withBodies(graph)), converted];
}

function typeOf({ facts }: ConvertedGraph, value: Value | undefined): number | undefined {
  return value && facts.get(value)?.type;
}

function reasonOf(error: ConvfuseError): string {
  return error.message.slice(error.op.length + 2);
}
