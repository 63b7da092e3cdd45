import type { NumericArray } from './numeric-array.ts';

/** Pairs of real and imaginary part, as `DataWithAxes` holds complex values. Two `Float32Array` give a `Float32Array`. */
export function interleave(real: ArrayLike<number>, imaginary: ArrayLike<number>): Float32Array | Float64Array {
  const isSingle = real instanceof Float32Array && imaginary instanceof Float32Array;
  const pairs = new (isSingle ? Float32Array : Float64Array)(2 * real.length);
  for (let i = 0; i < real.length; i++) {
    pairs[2 * i] = real[i] as number;
    pairs[2 * i + 1] = imaginary[i] as number;
  }
  return pairs;
}

/** Real parts of complex values. @param pairs - an array of data that are `complex` */
export function realPart(pairs: NumericArray): Float64Array {
  return eachPair(pairs, (real) => real);
}

/** Imaginary parts of complex values. @param pairs - an array of data that are `complex` */
export function imaginaryPart(pairs: NumericArray): Float64Array {
  return eachPair(pairs, (_, imaginary) => imaginary);
}

/** Absolute values of complex values. @param pairs - an array of data that are `complex` */
export function magnitude(pairs: NumericArray): Float64Array {
  return eachPair(pairs, Math.hypot);
}

/** Phases of complex values, in rad, from -π to π. @param pairs - an array of data that are `complex` */
export function phase(pairs: NumericArray): Float64Array {
  return eachPair(pairs, (real, imaginary) => Math.atan2(imaginary, real));
}

function eachPair(pairs: NumericArray, value: (real: number, imaginary: number) => number): Float64Array {
  return Float64Array.from({ length: pairs.length / 2 }, (_, i) =>
    value(Number(pairs[2 * i]), Number(pairs[2 * i + 1])),
  );
}
