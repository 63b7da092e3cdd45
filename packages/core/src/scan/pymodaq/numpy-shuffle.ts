const LENGTH = 624;
const PERIOD = 397;

/**
 * Numbers of 32 bits by the Mersenne Twister MT19937 (Matsumoto and Nishimura, 1998), seeded as numpy's `RandomState` is
 * with a whole number.
 */
function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(LENGTH);
  state[0] = seed;
  for (let i = 1; i < LENGTH; i++) {
    const before = state[i - 1] as number;
    state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
  }
  let next = LENGTH;
  const renew = () => {
    for (let i = 0; i < LENGTH; i++) {
      const joined = ((state[i] as number) & 0x80000000) | ((state[(i + 1) % LENGTH] as number) & 0x7fffffff);
      state[i] = (state[(i + PERIOD) % LENGTH] as number) ^ (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0);
    }
    next = 0;
  };
  return () => {
    if (next >= LENGTH) renew();
    let word = state[next++] as number;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  };
}

/** The order that numpy's `RandomState(seed).shuffle` makes: a list in its new order. */
export function numpyShuffled<T>(list: readonly T[], seed: number): T[] {
  const shuffled = [...list];
  const next = mersenneTwister(seed);
  for (let i = shuffled.length - 1; i >= 1; i--) {
    const mask = 2 ** (32 - Math.clz32(i)) - 1;
    let j = (next() & mask) >>> 0;
    while (j > i) j = (next() & mask) >>> 0;
    [shuffled[i], shuffled[j]] = [shuffled[j] as T, shuffled[i] as T];
  }
  return shuffled;
}
