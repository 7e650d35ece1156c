import {
  AdaptiveAvgPool2d,
  AvgPool1d,
  AvgPool2d,
  BatchNorm1d,
  BatchNorm2d,
  BatchNorm3d,
  Composition,
  Concat,
  Conv1d,
  Conv2d,
  Conv3d,
  ConvTranspose2d,
  Dropout,
  DropPath,
  Flatten,
  Identity,
  Linear,
  Module,
  type NamedModules,
  ReLU,
  randn,
  Scale,
  Sequential,
  Sigmoid,
  Sum,
  type Tensor,
  type Wiring,
} from "../../src/index.js";
import { randomStatistics } from "./layers.js";
import type { Dice } from "./random-tree.js";

/** How a composition's children are connected. */
type Connect = <T>(x: T, wiring: Wiring<T>) => T;

/** A composition with wires that nobody but it knows. */
export class Wired extends Composition {
  readonly #connect: Connect;

  constructor(connect: Connect, children: Readonly<Record<string, Module>>) {
    super(children);
    this.#connect = connect;
  }

  override get typeName(): string {
    return "Wired";
  }

  override connect<T>(x: T, wiring: Wiring<T>): T {
    return this.#connect(x, wiring);
  }

  override rebuild(_tensors: unknown, children: NamedModules): Wired {
    return new Wired(this.#connect, this.replaced(children));
  }
}

const add = { kind: "add" } as const;

/** left(first(x)) + right(first(x)): a value that two children read. */
export function fork(first: Module, left: Module, right: Module): Wired {
  const connect: Connect = (x, { child, meet }) => {
    const y = child("first", x);
    return meet(add, [child("left", y), child("right", y)]);
  };
  return new Wired(connect, { first, left, right });
}

/** x + body(x) */
export function residual(body: Module): Wired {
  return new Wired((x, { child, meet }) => meet(add, [x, child("body", x)]), { body });
}

/** body(body(x)): one child in two places. */
export function twice(body: Module): Wired {
  return new Wired((x, { child }) => child("body", child("body", x)), { body });
}

/** b(a(x)): a sequence that does not say so. */
export function chain(a: Module, b: Module): Wired {
  return new Wired((x, { child }) => child("b", child("a", x)), { a, b });
}

/** x + a(x) + b(a(x)) */
export function ladder(a: Module, b: Module): Wired {
  const connect: Connect = (x, { child, meet }) => {
    const y = child("a", x);
    return meet(add, [x, y, child("b", y)]);
  };
  return new Wired(connect, { a, b });
}

/** tail of x and a(x) side by side: a concatenation in the middle. */
export function widened(a: Module, tail: Module, rank: number): Wired {
  const connect: Connect = (x, { child, meet }) =>
    child("tail", meet({ kind: "concat", rank }, [x, child("a", x)]));
  return new Wired(connect, { a, tail });
}

/** One after the other, which nobody is told. */
export class Unknown extends Module {
  readonly #parts: NamedModules;

  constructor(parts: Readonly<Record<string, Module>>) {
    super();
    this.#parts = new Map(Object.entries(parts));
  }

  override get typeName(): string {
    return "Unknown";
  }

  override children(): NamedModules {
    return new Map(this.#parts);
  }

  override forward(x: Tensor): Tensor {
    return [...this.#parts.values()].reduce((y, part) => part.forward(y), x);
  }

  override rebuild(_tensors: unknown, children: NamedModules): Unknown {
    return new Unknown({ ...Object.fromEntries(this.#parts), ...Object.fromEntries(children) });
  }
}

/** A convolution that only has another name. */
class Renamed extends Conv2d {
  override get typeName(): string {
    return "Renamed";
  }
}

/** A convolution that computes by itself. */
export class Overridden extends Conv2d {
  override get typeName(): string {
    return "Overridden";
  }

  override forward(x: Tensor): Tensor {
    return super.forward(x);
  }
}

interface ConvOptions {
  readonly padding: number;
  readonly groups: number;
  readonly bias: boolean;
}

/** What trees of one rank are made of. */
interface Family {
  readonly rank: number;
  conv(dice: Dice, inChannels: number, outChannels: number, size: number, options: ConvOptions): Module;
  norm(channels: number): Module;
  pool(): Module;
}

const images: Family = {
  rank: 2,
  conv: (dice, inChannels, outChannels, size, options) => {
    const Layer = dice.chance(12) ? Renamed : dice.chance(4) ? Overridden : Conv2d;
    return new Layer(inChannels, outChannels, size, options);
  },
  norm: (channels) => new BatchNorm2d(channels, randomStatistics(channels)),
  pool: () => new AvgPool2d(3, { stride: 1, padding: 1 }),
};

const families: readonly Family[] = [
  images,
  images,
  images,
  {
    rank: 1,
    conv: (_dice, inChannels, outChannels, size, options) =>
      new Conv1d(inChannels, outChannels, size, options),
    norm: (channels) => new BatchNorm1d(channels, randomStatistics(channels)),
    pool: () => new AvgPool1d(3, { stride: 1, padding: 1 }),
  },
  {
    rank: 3,
    conv: (_dice, inChannels, outChannels, size, options) =>
      new Conv3d(inChannels, outChannels, size, options),
    norm: (channels) => new BatchNorm3d(channels, randomStatistics(channels)),
    pool: () => new Identity(),
  },
  {
    ...images,
    conv: (dice, inChannels, outChannels, size, options) =>
      new (dice.chance(35) ? ConvTranspose2d : Conv2d)(inChannels, outChannels, size, options),
  },
  {
    rank: 0,
    conv: (_dice, inChannels, outChannels, _size, { bias }) => new Linear(inChannels, outChannels, { bias }),
    norm: (channels) => new BatchNorm1d(channels, randomStatistics(channels)),
    pool: () => new Identity(),
  },
];

/** A tree with wires of its own, modules in several places, and layers that nothing is known of; it keeps images' sizes. */
export interface WiredTree {
  readonly module: Module;
  readonly inChannels: number;
  readonly rank: number;
}

export function randomWiredTree(dice: Dice): WiredTree {
  const family = dice.of(families);
  const [inChannels, outChannels] = [dice.of([2, 3, 4]), dice.of([2, 3, 4])];
  const drawing = new Drawing(dice, family);
  const body = drawing.block(inChannels, outChannels, 4);
  const { rank } = family;
  if (rank !== 2 || dice.chance(80)) return { module: body, inChannels, rank };
  // A head: what is behind the pooling may move in front of it, or the other way round.
  const [height, width] = dice.of([
    [1, 1],
    [1, 1],
    [2, 3],
  ] as const);
  const pool = new AdaptiveAvgPool2d([height, width]);
  const norm = images.norm(outChannels);
  const features = outChannels * height * width;
  const head = new Sequential([
    body,
    ...(features > outChannels ? [pool, norm] : [norm, pool]),
    new Flatten(),
  ]);
  const linear = new Sequential([
    ...(features > outChannels && dice.chance(60)
      ? []
      : [new BatchNorm1d(features, randomStatistics(features))]),
    new Linear(features, 3),
  ]);
  return {
    module: new Sequential([head, dice.chance(50) ? linear : new Sum([linear, new Linear(features, 3)])]),
    inChannels,
    rank,
  };
}

/** A module that can stand in a second place. */
interface Known {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly module: Module;
}

class Drawing {
  readonly #dice: Dice;
  readonly #family: Family;
  readonly #known: Known[] = [];

  constructor(dice: Dice, family: Family) {
    this.#dice = dice;
    this.#family = family;
  }

  block(inChannels: number, outChannels: number, depth: number): Module {
    const dice = this.#dice;
    if (this.#known.length > 0 && dice.chance(12)) {
      const known = dice.of(this.#known);
      if (known.inChannels === inChannels && known.outChannels === outChannels) return known.module;
    }
    const module =
      depth > 0 ? this.#composed(inChannels, outChannels, depth - 1) : this.#leaf(inChannels, outChannels);
    if (dice.chance(20)) this.#known.push({ inChannels, outChannels, module });
    return module;
  }

  #leaf(inChannels: number, outChannels: number): Module {
    const dice = this.#dice;
    const { norm, pool, rank } = this.#family;
    if (inChannels !== outChannels || dice.chance(65)) return this.#conv(inChannels, outChannels);
    return dice.of([
      () => norm(inChannels),
      () => this.#idle(),
      () => pool(),
      // Factors a channel are for images and features.
      () => (rank === 2 || rank === 0 ? new Scale(randn([inChannels])) : norm(inChannels)),
    ])();
  }

  #conv(inChannels: number, outChannels: number): Module {
    const dice = this.#dice;
    const size = dice.of([1, 1, 3, 3, 5]);
    const fits = [1, 2, inChannels].filter((n) => inChannels % n === 0 && outChannels % n === 0);
    const groups = dice.chance(25) ? dice.of(fits) : 1;
    return this.#family.conv(dice, inChannels, outChannels, size, {
      padding: size >> 1,
      groups,
      bias: dice.chance(50),
    });
  }

  /** What does nothing, or as good as nothing. */
  #idle(): Module {
    const dice = this.#dice;
    return dice.of([
      () => new Identity(),
      () => new Dropout(0.3),
      () => new DropPath(0.1),
      () => new Scale(dice.of([1, -0.5, 2])),
    ])();
  }

  #composed(from: number, to: number, depth: number): Module {
    const dice = this.#dice;
    const { norm, rank } = this.#family;
    const block = (a: number, b: number): Module => this.block(a, b, depth);
    const keeps = from === to;
    switch (dice.roll(14)) {
      case 0:
      case 1:
        return this.#leaf(from, to);
      case 2:
      case 3: {
        const middle = dice.of([from, to, 2, 4]);
        return new Sequential([
          block(from, middle),
          ...(dice.chance(35) ? [this.#idle()] : []),
          block(middle, to),
        ]);
      }
      case 4:
      case 5: {
        const branches = Array.from({ length: 1 + dice.roll(3) }, () => block(from, to));
        return new Sum(keeps && dice.chance(50) ? [...branches, this.#idle()] : branches);
      }
      case 6:
        return keeps ? residual(block(from, to)) : block(from, to);
      case 7:
        return fork(block(from, to), block(to, to), block(to, to));
      case 8:
        return keeps ? twice(block(from, to)) : new Sequential([block(from, to), norm(to)]);
      case 9:
        return keeps
          ? ladder(block(from, from), block(from, to))
          : new Sequential([block(from, to), norm(to)]);
      case 10: {
        const more = 1 + dice.roll(3);
        return widened(block(from, more), block(from + more, to), rank);
      }
      case 11: {
        if (to === 1) return block(from, to);
        const first = 1 + dice.roll(to - 1);
        return new Concat([block(from, first), block(from, to - first)]);
      }
      case 12:
        return new Sequential([block(from, to), dice.of([new ReLU(), new Sigmoid()]), block(to, to)]);
      default:
        return dice.chance(40)
          ? new Unknown({ x: block(from, to), y: block(to, to) })
          : new Sequential({ "": block(from, to), bn: norm(to) });
    }
  }
}
