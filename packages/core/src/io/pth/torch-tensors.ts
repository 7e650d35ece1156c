import { FormatError } from "../../errors.js";
import { isStateArray, type StateArray } from "../../tensor/state-array.js";
import { stateArray } from "../binary/decode.js";
import { type ElementType, elementSizes, expandedSize } from "../binary/element-types.js";
import { PickledObject, type PickledValue, UnreadTensor } from "../pickle/pickled.js";
import { TorchStorage } from "./torch-storage.js";

const format = "pth";

/**
 * What the functions by which PyTorch's pickles make tensors give: a tensor, a tensor that cannot be read, or
 * undefined, if the function makes something else.
 * @see https://github.com/pytorch/pytorch/blob/v2.13.0/torch/_utils.py
 */
export function callTorch(name: string, args: readonly PickledValue[]): PickledValue | undefined {
  const [first, second, third] = args;
  switch (name) {
    case "torch._utils._rebuild_tensor":
    case "torch._utils._rebuild_tensor_v2":
      return tensorOf(name, args, undefined, args[6]);
    case "torch._utils._rebuild_tensor_v3":
      return tensorOf(name, args, args[6], args[7]);
    // A parameter is its tensor; what attributes it has says nothing of values.
    case "torch._utils._rebuild_parameter":
    case "torch._utils._rebuild_parameter_with_state":
    case "torch._utils._rebuild_device_tensor_from_cpu_tensor":
    case "torch.nn.parameter.Parameter":
    case "torch.autograd.variable.Variable":
      if (isStateArray(first) || first instanceof UnreadTensor) return first;
      throw new FormatError(format, `the pickle calls ${name} otherwise than torch.save does`);
    // A tensor of a class of its own: how its values are made, the class, and with what.
    case "torch._tensor._rebuild_from_type":
    case "torch._tensor._rebuild_from_type_v2":
    case "torch.tensor._rebuild_from_type":
    case "torch.tensor._rebuild_from_type_v2":
      if (first instanceof PickledObject && !/_from_type/.test(first.name) && Array.isArray(third)) {
        return callTorch(first.name, third) ?? unread(name, args, second);
      }
      return unread(name, args, second);
    default:
      return makesTensors.test(name) ? unread(name, args) : undefined;
  }
}

/** Functions and classes of PyTorch that make tensors, known to this library or not. */
const makesTensors =
  /^torch\.(\w+\.)*_rebuild_\w+$|^torch\.(cuda\.|sparse\.)?\w*Tensor$|^torch\.nn\.parameter\.\w+$/;

function unread(name: string, args: readonly PickledValue[], of?: PickledValue): UnreadTensor {
  const kind = of instanceof PickledObject ? `${of.name} ` : "";
  return new UnreadTensor(name, args, `a tensor ${kind}made by ${name}`);
}

function tensorOf(
  name: string,
  args: readonly PickledValue[],
  dtype: PickledValue | undefined,
  metadata: PickledValue | undefined,
): StateArray | UnreadTensor {
  const [storage, offset, shape, stride] = args;
  if (!(storage instanceof TorchStorage) || !Array.isArray(shape) || !Array.isArray(stride))
    throw new FormatError(format, "a tensor must have a storage, an offset, a shape and strides");
  const type = dtype === undefined ? storage.type : elementType(dtype);
  if (type === undefined) {
    const kind = dtype instanceof PickledObject ? dtype.name : storage.name;
    return new UnreadTensor(name, args, `a tensor of elements of ${kind}`);
  }
  const marks = marksOf(metadata);
  if (marks.some((mark) => mark !== "neg")) {
    return new UnreadTensor(name, args, `a tensor whose values metadata changes: ${marks.join(", ")}`);
  }
  const size = expandedSize(format, shape);
  const length = storage.lengthAs(type);
  const steps: readonly unknown[] = stride;
  const wholes = [offset, ...steps].every((step) => Number.isSafeInteger(step) && (step as number) >= 0);
  const last = (shape as readonly number[]).reduce(
    (at, axis, i) => at + (axis - 1) * (steps[i] as number),
    offset as number,
  );
  if (!wholes || steps.length !== shape.length || (size > 0 && !(last < length))) {
    throw new FormatError(format, "a tensor must lie inside its storage", {
      shape,
      stride: steps,
      offset,
      length,
    });
  }
  return stateArray(
    storage.elements(type, marks.includes("neg")),
    shape as number[],
    stride as number[],
    offset as number,
  );
}

/** PyTorch's name of a type, e.g. `torch.uint16`, as this library has it. */
function elementType(dtype: PickledValue): ElementType | undefined {
  const name = dtype instanceof PickledObject ? dtype.name.replace(/^torch\./, "") : "";
  return Object.hasOwn(elementSizes, name) ? (name as ElementType) : undefined;
}

/** Names of what metadata says of a tensor's values: `neg`, `conj`, or anything that is not known. */
function marksOf(metadata: PickledValue | undefined): readonly string[] {
  if (metadata === undefined || metadata === null) return [];
  if (!(metadata instanceof Map)) return ["unknown"];
  return [...metadata].filter(([, set]) => set !== false).map(([name]) => String(name));
}
