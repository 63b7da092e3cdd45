import { DaqtorError } from '../errors/daqtor-error.ts';
import { checkUnits } from '../units/units.ts';

export interface AxisInit {
  readonly label: string;
  /** A unit that pint reads; '' for a pure number. */
  readonly units?: string;
  /** Which dimension of the data this axis describes; default 0. */
  readonly index?: number;
  /** Coordinates, one per element of that dimension; none may be NaN. */
  readonly data: ArrayLike<number>;
  /** Order among the axes that share one dimension (spread data); default 0. */
  readonly spreadOrder?: number;
}

/** Coordinates along one dimension of some data, with a label and units. */
export class Axis {
  readonly label: string;
  readonly units: string;
  readonly index: number;
  /** Coordinates, shape `[size]`. */
  readonly data: Float64Array;
  readonly spreadOrder: number;

  /** @throws DaqtorError `data.units` for an unknown unit, `data.shape` for a coordinate that is not a number */
  constructor({ label, units = '', index = 0, data, spreadOrder = 0 }: AxisInit) {
    this.label = label;
    this.units = checkUnits(units);
    this.index = index;
    this.data = data instanceof Float64Array ? data : Float64Array.from(data);
    this.spreadOrder = spreadOrder;
    if (this.data.some(Number.isNaN)) {
      throw new DaqtorError('data.shape', { problem: `axis '${label}' holds a coordinate that is not a number` });
    }
  }

  get size(): number {
    return this.data.length;
  }

  /** First coordinate and step where the coordinates are evenly spaced, else undefined. */
  get linear(): { readonly offset: number; readonly scaling: number } | undefined {
    const [offset, second] = this.data;
    if (offset === undefined || second === undefined) return undefined;
    const scaling = second - offset;
    const tolerance = Math.abs(scaling) * 1e-9;
    const even = this.data.every((value, i) => Math.abs(value - (offset + i * scaling)) <= tolerance * Math.max(1, i));
    return even ? { offset, scaling } : undefined;
  }

  /** The same axis for another dimension: data that gain scan dimensions in front shift theirs. */
  at(index: number): Axis {
    return new Axis({ ...this, index });
  }
}
