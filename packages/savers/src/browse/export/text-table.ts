import { type Axis, DaqtorError, type DataWithAxes, sizeOf } from '@daqtor/core';
import { named } from '../plot/figures.ts';

/** A table a line at a time. */
type Lines = Generator<string>;

/**
 * Data as numpy's loadtxt reads them: a comment that names the columns, then numbers between tabs. Data of up to one
 * dimension have a column of coordinates for each axis, then one for each label and its error; an image is a matrix, whose
 * axes stand in the comments.
 *
 * @throws DaqtorError `data.shape` for data of more dimensions, and for an image with several labels or complex values
 */
export function* txtLines(data: DataWithAxes): Lines {
  const long = longDimensions(data);
  if (long.length < 2) {
    const [names, rows] = columnsOf(data);
    yield `# ${names.join('\t')}`;
    for (const row of rows) yield row.join('\t');
    return;
  }
  if (long.length > 2 || data.data.length > 1 || data.complex) throw tooMuchForText(data);
  yield `# ${named(data.labels[0] || data.name, data.units)}`;
  for (const [i, what] of ['rows', 'columns'].entries()) {
    const axis = data.axes.find(({ index }) => index === long[i]);
    if (axis) yield `# ${what}: ${named(axis.label, axis.units)}: ${[...axis.data].map(text).join(' ')}`;
  }
  const [rows, columns] = long.map((dimension) => data.shape[dimension] as number) as [number, number];
  const [values] = data.data;
  for (let row = 0; row < rows; row++) {
    yield Array.from({ length: columns }, (_, column) => text(values?.[row * columns + column])).join('\t');
  }
}

/**
 * Data of any shape as a table, one line for each value: a column for each dimension, the slowest first, then one for
 * each label and its error; of complex values for each part. RFC 4180; what is not a number is `nan`.
 */
export function* csvLines(data: DataWithAxes): Lines {
  const [names, rows] = columnsOf(data);
  yield names.map(quoted).join(',');
  for (const row of rows) yield row.join(',');
}

/** Names of the columns and the rows below them. */
function columnsOf(data: DataWithAxes): [names: string[], rows: Generator<string[]>] {
  const { labels, units, errors, shape } = data;
  const places = longDimensions(data).map((dimension) => placeOf(data, dimension));
  const parts = data.complex ? [' (real)', ' (imaginary)'] : [''];
  const heads = labels.flatMap((label) => parts.map((part) => named(`${label}${part}`, units)));
  const names = [...places.flatMap((place) => place.names), ...heads];
  if (errors) names.push(...heads.map((head) => `error of ${head}`));
  return [names, rowsOf()];

  function* rowsOf(): Generator<string[]> {
    for (let at = 0; at < sizeOf(shape); at++) {
      const row = places.flatMap((place) => place.at(at));
      for (const values of [...data.data, ...(errors ?? [])]) {
        for (let part = 0; part < parts.length; part++) row.push(text(values[at * parts.length + part]));
      }
      yield row;
    }
  }
}

/** Columns that say where along a dimension a value belongs: coordinates of all its axes, or its index. */
function placeOf({ shape, axes }: DataWithAxes, dimension: number) {
  const stride = sizeOf(shape.slice(dimension + 1));
  const length = shape[dimension] as number;
  const own: readonly Axis[] = axes.filter(({ index }) => index === dimension);
  return {
    names: own.length === 0 ? [`index ${dimension}`] : own.map(({ label, units }) => named(label, units)),
    at: (place: number) => {
      const index = Math.floor(place / stride) % length;
      return own.length === 0 ? [String(index)] : own.map(({ data }) => text(data[index]));
    },
  };
}

/** Dimensions that have more than one element or an axis of their own; a number alone has none. */
function longDimensions({ shape, axes }: DataWithAxes): number[] {
  const isLong = (length: number, dimension: number) => length !== 1 || axes.some(({ index }) => index === dimension);
  return shape.flatMap((length, dimension) => (isLong(length, dimension) ? [dimension] : []));
}

/** The shortest text that reads as the same number, as Python spells it. */
function text(value: number | bigint | undefined): string {
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  return Object.is(value, -0) ? '-0' : String(value);
}

function quoted(name: string): string {
  return /[",\n\r]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}

function tooMuchForText({ name, shape, data }: DataWithAxes): DaqtorError {
  return new DaqtorError('data.shape', {
    problem: `data '${name}' of shape [${shape.join(', ')}] and ${data.length} arrays do not fit into a text table`,
    advice: 'Export them as .csv, .npy or .h5, or one array alone',
  });
}
