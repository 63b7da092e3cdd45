import { DaqtorError, DataToExport, type DataWithAxes, type Dtype, dtypeOf, type NumericArray } from '@daqtor/core';

export interface Selection {
  /** Whether data of two dimensions and more are kept. */
  readonly save2D: boolean;
  /** Whether what was computed from the measured data is left out. */
  readonly saveRawOnly: boolean;
  /** Type that data and error bars are converted to; undefined: as they are. */
  readonly dynamic?: Dtype | undefined;
}

/**
 * What of some data is to be saved, in the type that it is to be saved in.
 *
 * @throws DaqtorError `data.shape` for a value that the type cannot hold
 */
export function selectData(data: DataToExport, { save2D, saveRawOnly, dynamic }: Selection): DataToExport {
  const isWanted = (one: DataWithAxes) =>
    (save2D || one.dim === 'Data0D' || one.dim === 'Data1D') && (!saveRawOnly || one.source === 'raw');
  const wanted = data.data.filter(isWanted);
  if (dynamic === undefined)
    return wanted.length === data.data.length ? data : new DataToExport({ ...data, data: wanted });
  const converted = wanted.map((one) =>
    one.with({
      data: one.data.map((array) => convert(array, dynamic, one.name)),
      ...(one.errors && { errors: one.errors.map((array) => convert(array, dynamic, one.name)) }),
    }),
  );
  return new DataToExport({ ...data, data: converted });
}

const ARRAYS = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** Rounds to whole numbers where the type holds no others. A number that does not fit is an error, not another number. */
function convert(array: NumericArray, dtype: Dtype, name: string): NumericArray {
  if (dtypeOf(array) === dtype) return array;
  const converted = new ARRAYS[dtype](array.length);
  for (const [i, value] of array.entries()) {
    if (dtype === 'float32' || dtype === 'float64') {
      converted[i] = Number(value);
      continue;
    }
    const whole = typeof value === 'bigint' ? value : Math.round(value);
    const fits = Number.isFinite(Number(value));
    if (fits) converted[i] = dtype === 'int64' || dtype === 'uint64' ? BigInt(whole) : Number(whole);
    // biome-ignore lint/suspicious/noDoubleEquals: a number and a bigint of the same value are the same here.
    if (!fits || converted[i] != whole) {
      throw new DaqtorError('data.shape', {
        problem: `data '${name}' hold ${value}, which ${dtype} cannot`,
        advice: 'Choose another type for saving, or leave the data as they were measured',
      });
    }
  }
  return converted;
}
