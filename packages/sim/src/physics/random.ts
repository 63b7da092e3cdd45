/** A stream of pseudo-random numbers that is the same for the same seed. */
export interface Random {
  /** Evenly distributed in [0, 1). */
  uniform(): number;
  /** Normally distributed, mean 0, standard deviation 1. */
  normal(): number;
  /** Number of events where `mean` are expected; from 40 on the normal approximation. */
  poisson(mean: number): number;
}

/**
 * Makes a generator.
 *
 * Uniform numbers: xoshiro128** 1.1 (D. Blackman, S. Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM
 * TOMS 47, 2021), its state filled by a 32-bit SplitMix (G. Steele et al., OOPSLA 2014). Normal numbers: the polar
 * method (G. Marsaglia, T. Bray, SIAM Review 6, 1964). Poisson numbers: multiplication of uniform ones (D. Knuth, TAOCP
 * 2, 3.4.1).
 *
 * @param seed - any number; its integer part counts
 * @param stream - distinct names give independent streams of one seed, so that one instrument's noise does not depend
 *   on how often another was read
 */
export function createRandom(seed: number, stream = ''): Random {
  const fill = splitMix32((Math.trunc(seed) ^ hash(stream)) >>> 0);
  let [a, b, c, d] = [fill(), fill(), fill(), fill()];
  let spare: number | undefined;

  const next = () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };
  const uniform = () => next() / 2 ** 32;
  const normal = () => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s === 0 || s >= 1) continue;
      const scale = Math.sqrt((-2 * Math.log(s)) / s);
      spare = v * scale;
      return u * scale;
    }
  };
  const poisson = (mean: number) => {
    if (mean >= 40) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    const threshold = Math.exp(-Math.max(0, mean));
    let events = 0;
    for (let product = uniform(); product > threshold; product *= uniform()) events++;
    return events;
  };
  return { uniform, normal, poisson };
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function splitMix32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  };
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value;
}
