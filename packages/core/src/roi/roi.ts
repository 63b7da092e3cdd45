import type { DataToExport } from '../data/data-to-export.ts';
import { DataWithAxes } from '../data/data-with-axes.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { magnitudes } from '../processing/magnitudes.ts';
import { isPlace, type Measure, type Place, place, type Statistic, statistic, uncertainty } from './measures.ts';
import { type Region, rankOf } from './region.ts';
import { type Selection, select } from './selection.ts';

/** A region of interest: where to look, at what, and what to make of it. Plain data. */
export interface Roi {
  readonly name: string;
  readonly region: Region;
  /** Name of the data object it looks at; default every one that has as many dimensions as the region. */
  readonly of?: string | undefined;
  readonly measures: readonly Measure[];
}

/**
 * A region of interest, e.g. `roi('spot', circle([0, 0], 120), { measures: ['sum', 'centroid'] })`.
 *
 * @param options - `of`: name of the data object; `measures`: default the mean
 */
export function roi(
  name: string,
  region: Region,
  { of, measures = ['mean'] }: { readonly of?: string; readonly measures?: readonly Measure[] } = {},
): Roi {
  return { name, region, of, measures };
}

/**
 * What regions of interest make of an export: calculated 0D data, named after the data, the region and the measure, e.g.
 * `image spot mean`, with an array for each of the data. Places have one object per axis: `image spot centroid x`. Of complex
 * data they see the magnitude.
 *
 * @throws DaqtorError `data.shape` if a region finds nothing to look at
 */
export function measureRois(rois: readonly Roi[], frame: DataToExport): readonly DataWithAxes[] {
  return rois.flatMap((roi) => {
    const rank = rankOf(roi.region);
    const fits = frame.data.filter(
      ({ name, shape, navIndexes }) =>
        (roi.of === undefined || name === roi.of) && shape.length === rank && navIndexes.length === 0,
    );
    if (fits.length === 0) throw nothingThere(roi, rank, frame);
    return fits.flatMap((data) => measure(roi, magnitudes(data)));
  });
}

function measure({ name, region, measures }: Roi, data: DataWithAxes): readonly DataWithAxes[] {
  const selection = select(region, data);
  return measures.flatMap((measure) =>
    isPlace(measure) ? places(measure, name, data, selection) : [summary(measure, name, data, selection)],
  );
}

function summary(measure: Statistic, name: string, data: DataWithAxes, { indexes }: Selection): DataWithAxes {
  const { errors } = data;
  const adds = measure === 'mean' || measure === 'sum';
  return calculated(data, `${data.name} ${name} ${measure}`, data.units, {
    data: data.data.map((array) => statistic(measure, array, indexes)),
    ...(errors && adds && { errors: errors.map((array) => Float64Array.of(uncertainty(measure, array, indexes))) }),
  });
}

function places(measure: Place, name: string, data: DataWithAxes, selection: Selection): readonly DataWithAxes[] {
  const { indexes, coordinates } = selection;
  return coordinates.map(({ label, units, values }) =>
    calculated(data, `${data.name} ${name} ${measure}${coordinates.length > 1 ? ` ${label}` : ''}`, units, {
      data: data.data.map((array) => place(measure, array, indexes, values)),
    }),
  );
}

function calculated(
  from: DataWithAxes,
  name: string,
  units: string,
  values: { readonly data: readonly number[]; readonly errors?: readonly Float64Array[] },
): DataWithAxes {
  const { labels, origin, timestamp } = from;
  return new DataWithAxes({ name, units, labels, origin, timestamp, source: 'calculated', ...values });
}

function nothingThere({ name, of }: Roi, rank: number, frame: DataToExport): DaqtorError {
  const there = frame.data.map(({ name, shape }) => `'${name}' [${shape.join(', ')}]`).join(', ');
  return new DaqtorError('data.shape', {
    problem: `the region '${name}' looks at ${of === undefined ? 'data' : `'${of}'`} of ${rank} dimensions; there is ${there}`,
    advice: 'Give it the name of a data object with as many dimensions as the region, or another region',
  });
}
