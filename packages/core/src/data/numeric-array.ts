/** Values of an array, row-major. Complex values are pairs in an array of floats: real part, imaginary part, real part, … */
export type NumericArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** Names of element types, as numpy has them. */
export type Dtype =
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'float32'
  | 'float64';

/** Names of element types that are a pair of floats, as numpy has them. */
export type ComplexDtype = 'complex64' | 'complex128';

const DTYPES: Readonly<Record<string, Dtype>> = {
  Int8Array: 'int8',
  Uint8Array: 'uint8',
  Int16Array: 'int16',
  Uint16Array: 'uint16',
  Int32Array: 'int32',
  Uint32Array: 'uint32',
  BigInt64Array: 'int64',
  BigUint64Array: 'uint64',
  Float32Array: 'float32',
  Float64Array: 'float64',
};

/** The numpy name of an array's element type. */
export function dtypeOf(array: NumericArray): Dtype {
  return DTYPES[array.constructor.name] ?? 'float64';
}

/** The numpy name of an element of some data: of a pair, if the array holds complex values. */
export function elementTypeOf(array: NumericArray, isComplex: boolean): Dtype | ComplexDtype {
  const dtype = dtypeOf(array);
  if (!isComplex) return dtype;
  return dtype === 'float32' ? 'complex64' : 'complex128';
}

/** How many elements an array of this shape has; 1 for the shape `[]`. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}
