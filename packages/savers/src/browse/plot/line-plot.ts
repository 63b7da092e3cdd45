import { figure, named } from './figures.ts';
import type { AxisEnds } from './heat-map.ts';

export interface LinePlot {
  /** NaN where nothing was measured. */
  readonly values: ArrayLike<number>;
  readonly title: string;
  /** Of the values. */
  readonly units: string;
  readonly axis: AxisEnds;
}

/** Bits of the dots of a braille character (Unicode block 2800), by column and by row from the top. */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;

/**
 * A curve as text, drawn in dots, two by four per character. Where several values share a column of dots, all between
 * the lowest and the highest are set, so that no peak is lost.
 *
 * @param width - of the drawing in characters, without its margin
 */
export function linePlot({ values, title, units, axis }: LinePlot, width: number, height: number): string {
  const [dotsWide, dotsHigh] = [2 * width, 4 * height];
  const columns = extremes(values, dotsWide);
  const measured = columns.filter((ends) => ends !== undefined);
  const low = Math.min(...measured.map(([least]) => least));
  const high = Math.max(...measured.map(([, most]) => most));
  const rowOf = (value: number) =>
    high > low ? Math.round(((high - value) / (high - low)) * (dotsHigh - 1)) : Math.floor(dotsHigh / 2);
  const cells = Array.from({ length: height }, () => new Uint8Array(width));
  columns.forEach((ends, x) => {
    if (!ends) return;
    for (let y = rowOf(ends[1]); y <= rowOf(ends[0]); y++) {
      const row = cells[Math.floor(y / 4)] as Uint8Array;
      row[Math.floor(x / 2)] = (row[Math.floor(x / 2)] ?? 0) | (DOTS[x % 2]?.[y % 4] ?? 0);
    }
  });
  const margin = [figure(high), ...Array.from({ length: height - 2 }, () => ''), figure(low)];
  const left = Math.max(...margin.map((text) => text.length));
  const lines = cells.map((row, line) => {
    const curve = Array.from(row, (dots) => (dots === 0 ? ' ' : String.fromCodePoint(0x2800 + dots))).join('');
    return `${(margin[line] ?? '').padStart(left)} │${curve}│`;
  });
  const [from, to, name] = [figure(axis.from), figure(axis.to), named(axis.label, axis.units)];
  const gap = Math.max(2, width - from.length - to.length - name.length);
  const ruler = from + ' '.repeat(Math.floor(gap / 2)) + name + ' '.repeat(Math.ceil(gap / 2)) + to;
  const pad = ' '.repeat(left + 2);
  return [`${pad}${named(title, units)}`, ...lines, `${pad}${ruler}`].join('\n');
}

/** For each of `count` columns the least and the greatest of the values in it; between sparse values a straight line. */
function extremes(values: ArrayLike<number>, count: number): ([least: number, most: number] | undefined)[] {
  const columns: ([number, number] | undefined)[] = new Array(count).fill(undefined);
  const scale = values.length > 1 ? (count - 1) / (values.length - 1) : 0;
  const put = (column: number, value: number) => {
    const ends = columns[column];
    columns[column] = ends ? [Math.min(ends[0], value), Math.max(ends[1], value)] : [value, value];
  };
  for (let i = 0; i < values.length; i++) {
    const [value, before] = [values[i] as number, i === 0 ? Number.NaN : (values[i - 1] as number)];
    if (!Number.isFinite(value)) continue;
    const column = Math.round(i * scale);
    put(column, value);
    if (!Number.isFinite(before)) continue;
    const start = Math.round((i - 1) * scale);
    for (let x = start + 1; x < column; x++) put(x, before + ((value - before) * (x - start)) / (column - start));
  }
  return columns;
}
