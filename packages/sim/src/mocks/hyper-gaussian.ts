/**
 * A bump of height 1, as PyMoDAQ's mock plugins have it (`gauss1D` of its math utilities): the square of it has a full width
 * at half maximum of `dx`.
 *
 * @param n - 1 for a Gaussian, more for flatter tops
 */
export const hyperGaussian = (x: number, x0: number, dx: number, n: number): number =>
  Math.exp(-2 * Math.log(2) ** (1 / n) * ((x - x0) / dx) ** (2 * n));

/** Index of what stands at `index` after a row of `length` was shifted to the right by `shift`, round its end. */
export const rolledFrom = (index: number, shift: number, length: number): number =>
  (((index - shift) % length) + length) % length;
