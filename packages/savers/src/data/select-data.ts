import {
  DaqtorError,
  type DataToExport,
  type DataWithAxes,
  type Dtype,
  dtypeOf,
  type NumericArray,
} from '@daqtor/core';
import { ARRAYS } from '../h5/h5-operation.ts';

export interface Selection {
  /** Whether data of two dimensions and more are kept. */
  readonly save2D: boolean;
  /** Whether what was computed from the measured data is left out. */
  readonly saveRawOnly: boolean;
  /** Type that data and error bars are converted to, complex data in their parts; undefined: as they are. */
  readonly dynamic?: Dtype | undefined;
}

/**
 * What of some data is to be saved, in the type that it is to be saved in.
 *
 * @throws DaqtorError `data.shape` for a value that the type cannot hold
 */
export function selectData(data: DataToExport, selection: Selection): DataToExport {
  const { save2D, saveRawOnly, dynamic } = selection;
  const background = data.background && selectData(data.background, selection);
  const isWanted = (one: DataWithAxes) =>
    (save2D || one.dim === 'Data0D' || one.dim === 'Data1D') && (!saveRawOnly || one.source === 'raw');
  const wanted = data.data.filter(isWanted);
  if (dynamic === undefined) return wanted.length === data.data.length ? data : data.with({ data: wanted, background });
  const converted = wanted.map((one) => {
    if (one.complex && !dynamic.startsWith('float')) throw notComplex(one, dynamic);
    return one.with({
      data: one.data.map((array) => convert(array, dynamic, one.name)),
      ...(one.errors && { errors: one.errors.map((array) => convert(array, dynamic, one.name)) }),
    });
  });
  return data.with({ data: converted, background });
}

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

function notComplex({ name }: DataWithAxes, dtype: Dtype): DaqtorError {
  return new DaqtorError('data.shape', {
    problem: `data '${name}' are complex, which ${dtype} cannot hold`,
    advice: 'Choose float32 or float64 for saving, or leave the data as they were measured',
  });
}
