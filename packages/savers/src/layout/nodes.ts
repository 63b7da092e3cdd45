import type { Axis, DataDim, DataDistribution, DataSource, NumericArray } from '@daqtor/core';
import type { Attributes, CreateArray, CreateByteRows, CreateGroup, ElementType } from '../h5/h5-operation.ts';
import { chunkShape } from './chunk-shape.ts';
import { asFloat, asInt, asNone, asStr, asTitle, asTuple } from './envelope.ts';
import type { DataType } from './kinds.ts';

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
      long_name: longName(label, units),
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

/**
 * A copy of a scan's axis, for the plot of a channel. PyMoDAQ's reader takes all axes below a channel's group for its own,
 * and that of the scan as well: the copy gets a type that it has no use for.
 */
export function plotAxisNode(path: string, axis: Axis): CreateArray {
  const { label, units, size, data } = axis;
  return {
    op: 'array',
    path,
    dtype: 'float64',
    shape: [size],
    data,
    attributes: {
      ...arrayAttributes(label, [size], 'float64'),
      long_name: longName(label, units),
      data_type: asStr('live_scan'),
      data_dimension: asStr('Data1D'),
      label: asStr(label),
      units: asStr(units),
    },
  };
}

/** What stands beside an axis of a plot. In plain text, for readers that know no envelopes. */
function longName(label: string, units: string): string {
  return asTitle(units === '' ? label : `${label} (${units})`);
}

/** An axis that gains a coordinate with each row of the data that it belongs to. Its offset and scaling say nothing. */
export function growingAxisNode(path: string, { label, units, spreadOrder }: GrowingAxis): CreateArray {
  return {
    op: 'array',
    path,
    dtype: 'float64',
    shape: [0],
    chunks: chunkShape([Number.POSITIVE_INFINITY], [], 8),
    enlargeable: true,
    attributes: {
      ...arrayAttributes(label, [0], 'float64', 'EARRAY'),
      data_type: asStr('axis'),
      data_dimension: asStr('Data1D'),
      size: asInt(0),
      label: asStr(label),
      units: asStr(units),
      index: asInt(0),
      offset: asFloat(0),
      scaling: asFloat(1),
      distribution: asStr('uniform'),
      spread_order: asInt(spreadOrder),
    },
  };
}

export interface GrowingAxis {
  readonly label: string;
  readonly units: string;
  readonly spreadOrder: number;
}

/** What an array of data says about itself. */
export interface ArrayFacts {
  readonly title: string;
  readonly label: string;
  readonly units: string;
  readonly origin: string;
  readonly dim: DataDim;
  readonly distribution: DataDistribution;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly source: DataSource;
  readonly type: DataType;
  /** Which of the stored dimensions are those of a scan, of time, or of the data's own navigation. */
  readonly navIndexes: readonly number[];
}

/** How an array of data is stored. */
export interface ArrayPlan {
  readonly dtype: ElementType;
  /** As stored, slowest dimension first. */
  readonly shape: readonly number[];
  readonly chunks?: readonly number[];
  readonly enlargeable?: boolean;
  readonly gzip?: number | undefined;
  readonly data?: NumericArray;
}

export function dataArrayNode(path: string, facts: ArrayFacts, { gzip, ...plan }: ArrayPlan): CreateArray {
  const { shape, dtype, enlargeable } = plan;
  return {
    op: 'array',
    path,
    ...plan,
    ...(gzip !== undefined && gzip > 0 && { gzip }),
    attributes: {
      ...arrayAttributes(facts.title, shape, dtype, enlargeable ? 'EARRAY' : 'CARRAY'),
      long_name: longName(facts.label, facts.units),
      data_type: asStr(facts.type),
      data_dimension: asStr(facts.dim),
      timestamp: asFloat(facts.timestamp),
      label: asStr(facts.label),
      source: asStr(facts.source),
      distribution: asStr(facts.distribution),
      origin: asStr(facts.origin),
      units: asStr(facts.units),
      nav_indexes: asTuple(facts.navIndexes),
    },
  };
}

/** An array of texts, of none at first: each row is the pickle of one. */
export function textsNode(path: string, attributes: Attributes = {}): CreateByteRows {
  return { op: 'byte-rows', path, attributes: { ...textsAttributes(), ...attributes } };
}

/** Attributes that every array of texts has. */
export function textsAttributes(): Attributes {
  return {
    CLASS: 'VLARRAY',
    TITLE: '',
    VERSION: '1.4',
    EXTDIM: 0,
    shape: asTuple([0]),
    dtype: asStr('uint8'),
    subdtype: asStr('string'),
    backend: asStr('h5py'),
    data_type: asStr('strings'),
  };
}

/** Attributes that every array has. An enlargeable one's `shape` is brought up to date when its file is closed. */
export function arrayAttributes(
  title: string,
  shape: readonly number[],
  dtype: ElementType,
  kind: 'CARRAY' | 'EARRAY' = 'CARRAY',
): Attributes {
  return {
    CLASS: kind,
    TITLE: asTitle(title),
    VERSION: '1.1',
    ...(kind === 'EARRAY' && { EXTDIM: 0 }),
    shape: asTuple(shape),
    dtype: asStr(dtype),
    subdtype: asStr(''),
    backend: asStr('h5py'),
  };
}

/**
 * The shape in which one point's data are stored: PyMoDAQ's reader squeezes dimensions of length 1 away before it looks
 * at the axes, and then fails on an axis behind one, so they are not stored. Navigation dimensions always are.
 *
 * @returns the shape, and for each dimension of `shape` its new index, -1 if it is dropped
 */
export function storedSignal(
  shape: readonly number[],
  navIndexes: readonly number[] = [],
): { signal: number[]; indexes: number[] } {
  const signal: number[] = [];
  const indexes = shape.map((length, dimension) =>
    length === 1 && !navIndexes.includes(dimension) ? -1 : signal.push(length) - 1,
  );
  return { signal, indexes };
}
