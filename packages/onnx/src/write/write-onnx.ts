import { checkOptions, FormatError, type OptionNames } from "@convfuse/core";
import { attributesOf, type SourceGraph } from "../model/graph.js";
import type { SourceModel } from "../model/model.js";
import { type OnnxModel, partsOf } from "../onnx-model.js";
import { reusedRoom } from "../wire/file-part.js";
import { bytesOf, type Pieces } from "../wire/pieces.js";
import { modelPieces } from "./model-pieces.js";
import { inside, OutsideStore } from "./store.js";

/** The options of {@link writeOnnx}. */
export interface WriteOnnxOptions {
  /**
   * The name of another file, in the model's folder, that takes all elements that lie outside the model, and
   * new ones from 1 KiB on. Default: what lies outside stays where it is, and new elements go into the model.
   */
  readonly externalData?: string;
}

const optionNames: OptionNames<WriteOnnxOptions> = { externalData: true };

/**
 * Bytes of a file, piece by piece; a piece is made when it is its turn, so that a file needs no memory of its
 * size.
 */
export interface FileChunks extends Iterable<Uint8Array> {
  /** Bytes in all. */
  readonly length: number;
  /**
   * Hands on all bytes in order. What comes from a file or is made passes through one buffer, so a chunk has
   * to be written, or copied, before `write` returns.
   */
  writeTo(write: (bytes: Uint8Array) => void): void;
}

/** What {@link writeOnnx} gives. */
export interface WrittenOnnx extends FileChunks {
  /** The other file's bytes, where `externalData` names one and there is anything to put there. */
  readonly external: FileChunks | undefined;
}

/** Protobuf's readers end here. */
const mostBytes = 2 ** 31 - 1;

/**
 * The bytes of a model's file, in chunks to be written one after the other. Chunks that were read share
 * memory with what was read.
 * @param model what {@link readOnnx} or {@link fuseOnnx} gave
 * @param options externalData; see {@link WriteOnnxOptions}
 * @returns chunks to be written one after the other; in its `external` those of the other file, if there is
 *   one
 * @throws {ArgumentError} if model is none, or an option is unknown
 * @throws {FormatError} if the file would be larger than protobuf's 2 GiB (then `externalData` helps)
 * @example
 * import { readFileSync } from "node:fs";
 * const bytes = readFileSync("model.onnx");
 * Buffer.concat([...writeOnnx(readOnnx(bytes))]).equals(bytes); // true
 */
export function writeOnnx(model: OnnxModel, options: WriteOnnxOptions = {}): WrittenOnnx {
  const { source, edits } = partsOf("writeOnnx", model);
  checkOptions("writeOnnx", options, optionNames);
  const { externalData } = options;
  if (externalData !== undefined) checkLocation(externalData, source);
  const outside = externalData === undefined ? undefined : new OutsideStore(externalData);
  const content = modelPieces(source, edits, outside ?? inside);
  if (content.length > mostBytes) {
    throw new FormatError("writeOnnx", "a model must be smaller than 2 GiB: give externalData", {
      bytes: content.length,
    });
  }
  const external = outside?.content;
  return {
    ...chunks(content),
    external: external === undefined || external.length === 0 ? undefined : chunks(external),
  };
}

function chunks(pieces: Pieces): FileChunks {
  return {
    length: pieces.length,
    [Symbol.iterator]: () => bytesOf(pieces, (length) => new Uint8Array(length)),
    writeTo: (write) => {
      for (const bytes of bytesOf(pieces, reusedRoom())) write(bytes);
    },
  };
}

function checkLocation(location: string, { graph, functions, external }: SourceModel): void {
  if (location === "" || /[/\\\0]/.test(location) || location === "." || location === "..") {
    throw new FormatError("writeOnnx", "externalData must be the name of a file in the model's folder", {
      externalData: location,
    });
  }
  const inAttribute = (inner: SourceGraph): boolean =>
    inner.nodes.some(
      (node) =>
        (node.type === "Constant" && attributesOf(node, external).tensor("value")?.place !== undefined) ||
        node.bodies.some((body) => inAttribute(body.graph)),
    );
  if (inAttribute(graph.value) || functions.some(({ value }) => inAttribute(value.graph))) {
    throw new FormatError("writeOnnx", "elements of an attribute that lie in another file cannot be moved");
  }
}
