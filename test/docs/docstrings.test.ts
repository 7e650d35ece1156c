import { expect, test } from "vitest";
import { publicNames } from "./public-names.js";

const names = publicNames(
  ["core", "figures", "kernel", "onnx", "kernel/src/session/browser/connect-session.ts"],
  // Checks of what the library itself has made: a kernel's weight fills its shape, one factor is for all channels.
  new Set(["plainKernel", "scaleKernel"]),
);

/** Calls lead to these errors, but not with the numbers that these functions choose themselves or take from a tensor or a kernel that has passed its own check. */
const cannot: Readonly<Record<string, readonly string[]>> = {
  add: ["ArgumentError"],
  mul: ["ArgumentError"],
  sub: ["ArgumentError"],
  describeDifference: ["ArgumentError"],
  conv2dOfKernel: ["ArgumentError", "ShapeError"],
  dbbResNet18: ["ShapeError"],
  dilatedReparamBlock: ["ShapeError"],
  ecbsrM4C16: ["ArgumentError", "ShapeError"],
  edgeOrientedBlock: ["ShapeError"],
  mobileOneS0: ["ShapeError"],
  repGhostModule: ["ShapeError"],
  repMixer: ["ShapeError"],
  repVggA0: ["ShapeError"],
  repVggDepthwise: ["ShapeError"],
  repVitBlock: ["ShapeError"],
  repVitDownsample: ["ShapeError"],
  squeezeExcitation: ["ShapeError"],
  // Made by compile and readOnnx, which say what they refuse.
  Plan: ["ArgumentError"],
  OnnxModel: ["FormatError"],
  // What cannot be merged is a refusal in the report, and what cannot be proven is put back.
  fuse: ["FusionError"],
  fuseGraph: ["FusionError"],
  fuseOnnx: ["FusionError", "ShapeError"],
  // What a notebook does wrong is in its run.
  runNotebooks: ["NotebookFormatError", "NotebookParameterError", "NotebookWriteError"],
};

test("every public name, and every member of one, says what it is", () => {
  const silent = names.filter(({ summary }) => summary.trim() === "");
  expect(silent.map(({ name, place }) => `${place} ${name}`)).toEqual([]);
});

test("every public function and class has an example", () => {
  const without = names.filter(
    ({ kind, tags }) =>
      (kind === "function" || kind === "class") && !tags.some(({ name }) => name === "example"),
  );
  expect(without.map(({ name, place }) => `${place} ${name}`)).toEqual([]);
});

test("every public function and class says what each of its parameters is", () => {
  const silent = names
    // Only this library makes these.
    .filter(({ name }) => name !== "OnnxModel")
    .flatMap(({ name, place, parameters, tags }) => {
      const said = tags.filter((tag) => tag.name === "param").map(({ text }) => text);
      const unsaid = parameters.filter((parameter) => !said.some((text) => text.startsWith(`${parameter} `)));
      return unsaid.map((parameter) => `${place} ${name}: ${parameter}`);
    });
  expect(silent).toEqual([]);
});

test("every option says what holds where it is left out", () => {
  const silent = names.filter(
    ({ name, isOptional, summary }) =>
      /Options?\.|^Tolerance\./.test(name) && isOptional && !/default/i.test(summary),
  );
  expect(silent.map(({ name, place }) => `${place} ${name}`)).toEqual([]);
});

/** What no docstring repeats: any call throws the former where memory runs out, and the latter for what is no tensor or module, against its declared type. */
const everywhere = new Set(["EngineError", "TensorTypeError"]);

test("every public function and class that refuses arguments says which of the public errors it throws", () => {
  const missing = names.flatMap(({ name, place, thrown, tags }) => {
    const said = tags.filter((tag) => tag.name === "throws").map(({ text }) => text);
    const unsaid = [...thrown].filter(
      ([error]) =>
        publicErrors.has(error) &&
        !everywhere.has(error) &&
        !cannot[name]?.includes(error) &&
        !said.some((text) => text.includes(error)),
    );
    return unsaid.map(([error, path]) => `${place} ${name}: ${error}, by ${path || "itself"}`);
  });
  expect(missing).toEqual([]);
});

const publicErrors = new Set(names.filter(({ kind }) => kind === "error").map(({ name }) => name));
