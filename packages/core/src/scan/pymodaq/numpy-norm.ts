/**
 * The length of a vector to the last bit as numpy's `linalg.norm` has it on processors that multiply and add in one
 * rounding, which is what PyMoDAQ's results were made on.
 */
export function numpyNorm(vector: readonly number[]): number {
  return Math.sqrt(vector.reduce((sum, value) => fusedSquare(value, sum), 0));
}

/** `value² + sum`, rounded once: what the square and the sum lose is added in the end (Dekker 1971, Knuth's two-sum). */
function fusedSquare(value: number, sum: number): number {
  const square = value * value;
  const split = value * 134217729;
  const high = split - (split - value);
  const low = value - high;
  const lostBySquare = high * high - square + 2 * high * low + low * low;
  const total = square + sum;
  const added = total - square;
  const lostBySum = square - (total - added) + (sum - added);
  return total + (lostBySquare + lostBySum);
}
