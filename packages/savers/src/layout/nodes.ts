import type { Axis, DataDim, DataDistribution, DataSource, Dtype } from '@daqtor/core';
import type { Attributes, CreateArray, CreateGroup } from '../h5/h5-operation.ts';
import { chunkShape } from './chunk-shape.ts';
import { asFloat, asInt, asNone, asStr, asTitle, asTuple } from './envelope.ts';

/** Names of PyMoDAQ's `DataType`: what an array is for. */
export type DataType = 'data' | 'error';

/** A group. `CLASS` and `TITLE` are needed by PyMoDAQ's reader on every node, `VERSION` by nobody; PyTables writes it. */
export function groupNode(path: string, title: string, attributes: Attributes = {}): CreateGroup {
  return { op: 'group', path, attributes: { CLASS: 'GROUP', TITLE: asTitle(title), VERSION: '1.0', ...attributes } };
}

/**
 * An axis, stored in full also where it is linear.
 *
 * @param index - the dimension it describes in the stored array
 */
export function axisNode(path: string, axis: Axis, index = axis.index): CreateArray {
  const { label, units, size, linear, spreadOrder, data } = axis;
  return {
    op: 'array',
    path,
    dtype: 'float64',
    shape: [size],
    data,
    attributes: {
      ...arrayAttributes(label, [size], 'float64'),
      data_type: asStr('axis'),
      data_dimension: asStr('Data1D'),
      size: asInt(size),
      label: asStr(label),
      units: asStr(units),
      index: asInt(index),
      offset: linear ? asFloat(linear.offset) : asNone(),
      scaling: linear ? asFloat(linear.scaling) : asNone(),
      distribution: asStr(linear ? 'uniform' : 'spread'),
      spread_order: asInt(spreadOrder),
    },
  };
}

/** What an array in a scan says about itself. */
export interface ScanArray {
  readonly title: string;
  readonly label: string;
  readonly units: string;
  readonly origin: string;
  readonly dtype: Dtype;
  /** Shape of the scan, slowest dimension first. */
  readonly nav: readonly number[];
  /** Shape of one point's data; `[]` for 0D. */
  readonly signal: readonly number[];
  readonly dim: DataDim;
  readonly distribution: DataDistribution;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly source?: DataSource;
  readonly type?: DataType;
}

/** An array with a place for every point of a scan: shape `[...nav, ...signal]`. */
export function scanArrayNode(path: string, array: ScanArray): CreateArray {
  const { title, label, units, origin, dtype, nav, signal, dim, distribution, timestamp } = array;
  const shape = [...nav, ...signal];
  return {
    op: 'array',
    path,
    dtype,
    shape,
    chunks: chunkShape(nav, signal, BYTES[dtype]),
    attributes: {
      ...arrayAttributes(title, shape, dtype),
      data_type: asStr(array.type ?? 'data'),
      data_dimension: asStr(dim),
      timestamp: asFloat(timestamp),
      label: asStr(label),
      source: asStr(array.source ?? 'raw'),
      distribution: asStr(distribution),
      origin: asStr(origin),
      units: asStr(units),
      nav_indexes: asTuple(nav.map((_, dimension) => dimension)),
    },
  };
}

function arrayAttributes(title: string, shape: readonly number[], dtype: Dtype): Attributes {
  return {
    CLASS: 'CARRAY',
    TITLE: asTitle(title),
    VERSION: '1.1',
    shape: asTuple(shape),
    dtype: asStr(dtype),
    subdtype: asStr(''),
    backend: asStr('h5py'),
  };
}

const BYTES: Readonly<Record<Dtype, number>> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float32: 4,
  float64: 8,
};

/**
 * The shape in which one point's data are stored: PyMoDAQ's reader squeezes dimensions of length 1 away before it looks
 * at the axes, and then fails on an axis behind one, so they are not stored.
 *
 * @returns the shape, and for each dimension of `shape` its new index, -1 if it is dropped
 */
export function storedSignal(shape: readonly number[]): { signal: number[]; indexes: number[] } {
  const signal: number[] = [];
  const indexes = shape.map((length) => (length === 1 ? -1 : signal.push(length) - 1));
  return { signal, indexes };
}
