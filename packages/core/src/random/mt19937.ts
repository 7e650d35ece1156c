/**
 * The Mersenne Twister MT19937: 32-bit words from a 32-bit seed.
 * @see M. Matsumoto, T. Nishimura, ACM TOMACS 8 (1998); the seeding of 2002
 */
export class Mt19937 {
  readonly #state = new Uint32Array(624);
  #next = 624;

  /** @param seed only its low 32 bits count */
  constructor(seed: number) {
    const state = this.#state;
    state[0] = seed;
    for (let i = 1; i < 624; i++) {
      const previous = state[i - 1] as number;
      state[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
    }
  }

  /** The next word: a whole number from 0 to 2^32 - 1. */
  nextUint32(): number {
    if (this.#next === 624) this.#twist();
    let y = this.#state[this.#next++] as number;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  #twist(): void {
    const state = this.#state;
    for (let i = 0; i < 624; i++) {
      const mixed = ((state[i] as number) & 0x80000000) | ((state[(i + 1) % 624] as number) & 0x7fffffff);
      state[i] = (state[(i + 397) % 624] as number) ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
    }
    this.#next = 0;
  }
}
