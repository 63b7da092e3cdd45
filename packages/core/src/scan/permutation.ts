/** Rounds of the network; 4 are enough in theory, small domains want more. */
const ROUNDS = 8;

/**
 * An order of `size` things that looks random and follows from a seed, without a list: a Feistel network over the next
 * power of 4, walked on until it lands below `size` (Black and Rogaway, Ciphers with Arbitrary Finite Domains, 2002).
 *
 * @returns a function that gives each number from 0 to `size - 1` once
 */
export function permutation(size: number, seed: number): (step: number) => number {
  let bits = 1;
  while (4 ** bits < size) bits++;
  const half = 2 ** bits;
  const keys = Array.from({ length: ROUNDS }, (_, round) => hash(seed, round, 0));
  const once = (value: number) => {
    let left = Math.floor(value / half);
    let right = value % half;
    for (const key of keys) {
      const next = (left + mixed(right ^ key)) & (half - 1);
      left = right;
      right = next;
    }
    return left * half + right;
  };
  return (step) => {
    let value = once(step);
    while (value >= size) value = once(value);
    return value;
  };
}

/** Three whole numbers mixed into one of 32 bits. */
function hash(a: number, b: number, c: number): number {
  let hashed = 0x9e3779b9;
  for (const part of [a, Math.floor(a / 2 ** 32), b, c, Math.floor(c / 2 ** 32)]) hashed = mixed(hashed ^ (part | 0));
  return hashed >>> 0;
}

/** Spreads what distinguishes two numbers over all of their 32 bits: the finaliser of MurmurHash3. */
function mixed(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/** A number from 0 to below 1 that looks random and follows from its three places. */
export function fraction(seed: number, a: number, b: number): number {
  return (hash(seed, a, b) * 2 ** 21 + (hash(~seed, a, b) >>> 11)) / 2 ** 53;
}
