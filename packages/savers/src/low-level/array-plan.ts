import { DaqtorError, type DataDim, type Dtype, dtypeOf, type NumericArray, sizeOf } from '@daqtor/core';
import { bytesOfElement, type CreateArray, type H5Operation } from '../h5/h5-operation.ts';
import { chunkShape } from '../layout/chunk-shape.ts';
import { asStr, asValue } from '../layout/envelope.ts';
import type { DataType } from '../layout/kinds.ts';
import { arrayAttributes } from '../layout/nodes.ts';
import type { PythonValue } from '../layout/python-literal.ts';

/** What is known of an array that is to be made. */
export interface ArrayOptions {
  /** Its values, row-major; of an enlargeable array its first row. Without them it holds `fillValue`. */
  readonly array?: NumericArray;
  /** Shape of the values, slowest dimension first; default `[n]` for n values. */
  readonly dataShape?: readonly number[];
  /** Default that of the values, else float64. */
  readonly arrayType?: Dtype;
  /** What is read where nothing was written; default NaN, for integers 0. */
  readonly fillValue?: number;
  /** Default by the number of dimensions. */
  readonly dataDimension?: DataDim;
  /** Lengths of the scan's dimensions; they come first, if `addScanDim` says so. */
  readonly scanShape?: readonly number[];
  /** Makes room for the data of every point of a scan, to be filled by `write`. */
  readonly addScanDim?: boolean;
  /** Whether rows can be added: an EARRAY, and no CARRAY. */
  readonly enlargeable?: boolean;
  /** Level of gzip, 1 to 9; default none. */
  readonly gzip?: number;
  readonly title?: string;
  /** Further attributes. */
  readonly metadata?: Readonly<Record<string, PythonValue>>;
}

/**
 * What makes an array (pymodaq_data 5.0.5, h5modules/saving.py, `H5SaverLowLevel.add_array`).
 *
 * @throws DaqtorError `data.shape` if values and shape do not fit, or there is neither
 */
export function planArray(path: string, dataType: DataType, options: ArrayOptions): H5Operation[] {
  const { array, scanShape = [], addScanDim = false, enlargeable = false, gzip = 0, fillValue, title = '' } = options;
  const dtype = options.arrayType ?? (array ? dtypeOf(array) : 'float64');
  const dataShape = options.dataShape ?? (array ? [array.length] : undefined);
  if (!dataShape || (array && (array.length !== sizeOf(dataShape) || dtypeOf(array) !== dtype))) {
    throw misfit(path, array, dataShape, dtype);
  }
  // Scalars of a scan have no dimension of their own, as in PyMoDAQ.
  const ofPoint = addScanDim && dataShape.length === 1 && dataShape[0] === 1 ? [] : dataShape;
  const shape = enlargeable ? [0, ...dataShape] : addScanDim ? [...scanShape, ...ofPoint] : dataShape;
  const isWhole = array !== undefined && !enlargeable && !addScanDim;
  const dim = options.dataDimension ?? dimensionOf(dataShape);
  const make: CreateArray = {
    op: 'array',
    path,
    dtype,
    shape,
    ...(isWhole ? { data: array } : {}),
    ...(!isWhole || gzip > 0 ? { chunks: chunksOf(options, dataShape, ofPoint, bytesOfElement(dtype)) } : {}),
    ...(enlargeable && { enlargeable }),
    ...(gzip > 0 && { gzip }),
    ...(fillValue !== undefined && { fill: fillValue }),
    attributes: {
      ...arrayAttributes(title, shape, dtype, enlargeable ? 'EARRAY' : 'CARRAY'),
      data_type: asStr(dataType),
      data_dimension: asStr(dim),
      ...attributesFrom(options.metadata),
    },
  };
  if (!array || isWhole) return [make];
  return enlargeable ? [make, { op: 'append', path, count: [1, ...dataShape], data: array }] : [make];
}

/** Values in their envelopes. */
export function attributesFrom(metadata: Readonly<Record<string, PythonValue>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, asValue(value)]));
}

function chunksOf(
  { addScanDim, enlargeable, scanShape = [], gzip = 0 }: ArrayOptions,
  dataShape: readonly number[],
  ofPoint: readonly number[],
  bytes: number,
): number[] {
  if (enlargeable) return chunkShape([Number.POSITIVE_INFINITY], dataShape, bytes, gzip);
  return addScanDim ? chunkShape(scanShape, ofPoint, bytes, gzip) : chunkShape(dataShape, [], bytes, gzip);
}

function dimensionOf(shape: readonly number[]): DataDim {
  if (sizeOf(shape) === 1) return 'Data0D';
  return (['Data0D', 'Data1D', 'Data2D'] as const)[shape.length] ?? 'DataND';
}

function misfit(path: string, array: NumericArray | undefined, shape: readonly number[] | undefined, dtype: Dtype) {
  const given = array ? `${array.length} values of ${dtypeOf(array)}` : 'no values';
  return new DaqtorError('data.shape', {
    problem: `${path} is given ${given} for ${shape ? `shape [${shape.join(', ')}]` : 'no shape'} of ${dtype}`,
    advice: 'Give an array, or the shape and the type of one',
  });
}
