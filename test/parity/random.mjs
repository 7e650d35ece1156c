/** A small generator for configurations and values (splitmix32): independent of the generator that is under test. */
export class Draw {
  #state;

  /** One stream a seed and case, so that a case can be drawn again alone. */
  constructor(seed, index) {
    this.#state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) | 0;
    for (let i = 0; i < 4; i++) this.uniform();
  }

  /** Uniform in [0, 1). */
  uniform() {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  }

  /** A whole number from low to high, both included. */
  int(low, high) {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  /** A whole number from low to high, small ones as likely as large ones. */
  size(low, high) {
    return Math.min(high, Math.floor(low * (high / low + 1 / low) ** this.uniform()));
  }

  pick(choices) {
    return choices[this.int(0, choices.length - 1)];
  }

  chance(probability) {
    return this.uniform() < probability;
  }
}
