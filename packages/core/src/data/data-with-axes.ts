import { DaqtorError } from '../errors/daqtor-error.ts';
import { checkUnits } from '../units/units.ts';
import type { Axis } from './axis.ts';
import { type NumericArray, sizeOf } from './numeric-array.ts';

/** Dimensionality of the signal, navigation dimensions not counted. */
export type DataDim = 'Data0D' | 'Data1D' | 'Data2D' | 'DataND';
/** Measured, or computed from what was measured. */
export type DataSource = 'raw' | 'calculated';
/** On a grid, or a list of points anywhere. */
export type DataDistribution = 'uniform' | 'spread';

export interface DataInit {
  readonly name: string;
  /** One array per label, all of the same shape. A plain number is taken as a 0D value, shape `[1]`. */
  readonly data: readonly (NumericArray | number)[];
  /**
   * Whether each value is complex: a pair of real and imaginary part, next to each other in a `Float32Array` (numpy's
   * complex64) or `Float64Array` (complex128). Shapes count values, not parts. Default false.
   */
  readonly complex?: boolean;
  /** Length of each dimension, slowest first; default `[n]` for n values. */
  readonly shape?: readonly number[];
  /** One per array; default `CH00`, `CH01`, … */
  readonly labels?: readonly string[];
  /** A unit that pint reads; '' for a pure number. */
  readonly units?: string;
  readonly axes?: readonly Axis[];
  /** Which dimensions are those of the scan or of time; default none. */
  readonly navIndexes?: readonly number[];
  /** Standard uncertainty of each value (of each part of a complex one), same units and shapes as `data`. */
  readonly errors?: readonly NumericArray[];
  /** The module that produced the data; DAQ_Viewer fills it in. */
  readonly origin?: string;
  /** When the data were taken, in seconds since 1970; DAQ_Viewer fills it in. */
  readonly timestamp?: number;
  readonly source?: DataSource;
  readonly distribution?: DataDistribution;
}

/**
 * Measured values with what is needed to understand them. Immutable: arrays travel by reference and belong to the data
 * from the moment they are handed over.
 */
export class DataWithAxes {
  readonly name: string;
  /** Row-major, one array per label; pairs of real and imaginary part if `complex`. */
  readonly data: readonly NumericArray[];
  readonly complex: boolean;
  readonly shape: readonly number[];
  readonly labels: readonly string[];
  readonly units: string;
  readonly axes: readonly Axis[];
  readonly navIndexes: readonly number[];
  readonly errors: readonly NumericArray[] | undefined;
  readonly origin: string;
  readonly timestamp: number;
  readonly source: DataSource;
  readonly distribution: DataDistribution;

  /**
   * @throws DaqtorError `data.shape` if arrays, shape, labels, axes or errors do not fit together
   * @throws DaqtorError `data.units` if the units are unknown
   */
  constructor(init: DataInit) {
    this.name = init.name;
    this.data = arraysOf(init.data);
    this.complex = init.complex ?? false;
    this.shape = init.shape ?? [Math.floor((this.data[0]?.length ?? 0) / (this.complex ? 2 : 1))];
    this.labels = init.labels ?? defaultLabels(this.data.length);
    this.units = checkUnits(init.units ?? '');
    this.axes = init.axes ?? [];
    this.navIndexes = init.navIndexes ?? [];
    this.errors = init.errors;
    this.origin = init.origin ?? '';
    this.timestamp = init.timestamp ?? Number.NaN;
    this.source = init.source ?? 'raw';
    this.distribution = init.distribution ?? 'uniform';
    const fault = shapeFault(this);
    if (fault !== undefined) {
      throw new DaqtorError('data.shape', { problem: `data '${this.name}' do not fit together: ${fault}` });
    }
  }

  /** Dimensionality of one signal: what is left beside the navigation dimensions. */
  get dim(): DataDim {
    const signal = this.shape.filter((_, dimension) => !this.navIndexes.includes(dimension));
    if (sizeOf(signal) === 1 && signal.length <= 1) return 'Data0D';
    return signal.length === 1 ? 'Data1D' : signal.length === 2 ? 'Data2D' : 'DataND';
  }

  /** The same data with some facts replaced. */
  with(facts: Partial<DataInit>): DataWithAxes {
    const { errors, ...rest } = this;
    return new DataWithAxes({ ...rest, ...(errors && { errors }), ...facts });
  }
}

function arraysOf(data: DataInit['data']): readonly NumericArray[] {
  for (const array of data) if (typeof array === 'number') return data.map(asArray);
  return data as readonly NumericArray[];
}

const asArray = (value: NumericArray | number) => (typeof value === 'number' ? Float64Array.of(value) : value);

/** By number of arrays: made once, since most data that come have them. */
const knownLabels = new Map<number, readonly string[]>();

function defaultLabels(count: number): readonly string[] {
  const known = knownLabels.get(count);
  if (known) return known;
  const labels = Object.freeze(Array.from({ length: count }, (_, i) => `CH${String(i).padStart(2, '0')}`));
  knownLabels.set(count, labels);
  return labels;
}

const isFloat = (array: NumericArray) => array instanceof Float32Array || array instanceof Float64Array;

function shapeFault({ data, complex, shape, labels, axes, errors }: DataWithAxes): string | undefined {
  if (data.length === 0) return 'there is no array';
  if (complex && ![...data, ...(errors ?? [])].every(isFloat)) return 'complex values are pairs of floats';
  const size = sizeOf(shape) * (complex ? 2 : 1);
  let wrong = 0;
  while (wrong < data.length && data[wrong]?.length === size) wrong++;
  if (wrong < data.length) {
    const needs = `shape [${shape.join(', ')}] needs ${size}${complex ? ', two for each complex value' : ''}`;
    return `array ${wrong} has ${data[wrong]?.length} values, ${needs}`;
  }
  if (labels.length !== data.length) return `${labels.length} labels for ${data.length} arrays`;
  if (errors && (errors.length !== data.length || errors.some((array) => array.length !== size))) {
    return 'error bars differ in number or shape from the data';
  }
  for (const { label, index, size: length } of axes) {
    if (shape[index] === undefined) return `axis '${label}' describes dimension ${index} of ${shape.length}`;
    if (shape[index] !== length) {
      return `axis '${label}' has ${length} coordinates, dimension ${index} has ${shape[index]} elements`;
    }
  }
  return undefined;
}
