import { figure, named } from './figures.ts';

export interface HeatMap {
  /** Row-major, shape `[rows, columns]`; NaN where nothing was measured. */
  readonly values: ArrayLike<number>;
  readonly shape: readonly [rows: number, columns: number];
  readonly title: string;
  /** Of the values. */
  readonly units: string;
  /** Name, unit and first and last coordinate of the rows and of the columns. */
  readonly rows: AxisEnds;
  readonly columns: AxisEnds;
}

export interface AxisEnds {
  readonly label: string;
  readonly units: string;
  readonly from: number;
  readonly to: number;
}

const SHADES = ' .:-=+*#%@';
/** Dark violet to yellow; anchor colours of a perceptually even scale, each channel 0 to 255. */
const ANCHORS = [
  [24, 15, 61],
  [87, 16, 110],
  [161, 38, 103],
  [225, 83, 68],
  [251, 155, 7],
  [249, 251, 146],
] as const;

/**
 * A map as text, first row at the bottom, two characters per value.
 *
 * @param colour - 24-bit colours; else shades of ASCII
 */
export function heatMap(map: HeatMap, colour: boolean): string {
  const { values, shape, title, units, rows, columns } = map;
  const measured = Array.from(values).filter((value) => !Number.isNaN(value));
  const [low, high] = [Math.min(...measured), Math.max(...measured)];
  const cell = (value: number) => {
    if (Number.isNaN(value)) return ' ·';
    const level = high > low ? (value - low) / (high - low) : 0.5;
    return colour ? coloured(level) : (SHADES[Math.round(level * (SHADES.length - 1))] ?? ' ').repeat(2);
  };
  const ends = { [shape[0] - 1]: figure(rows.from), 0: figure(rows.to) };
  const middle = Math.floor(shape[0] / 2);
  const margin = Array.from({ length: shape[0] }, (_, line) =>
    line === middle ? named(rows.label, rows.units) : (ends[line] ?? ''),
  );
  const width = Math.max(...margin.map((text) => text.length));
  const lines = Array.from({ length: shape[0] }, (_, line) => {
    const row = shape[0] - 1 - line;
    const cells = Array.from({ length: shape[1] }, (_, column) => cell(values[row * shape[1] + column] ?? Number.NaN));
    return `${(margin[line] ?? '').padStart(width)} │${cells.join('')}│`;
  });
  const scale = Array.from({ length: 10 }, (_, i) => cell(low + ((high - low) * i) / 9)).join('');
  const [from, to] = [figure(columns.from), figure(columns.to)];
  const name = named(columns.label, columns.units);
  const gap = 2 * shape[1] - from.length - to.length - name.length;
  const left = Math.max(1, Math.floor(gap / 2));
  const ruler = from + ' '.repeat(left) + name + ' '.repeat(Math.max(1, gap - left)) + to;
  const unit = units === '' ? '' : ` ${units}`;
  return [
    `${' '.repeat(width + 2)}${title}   ${figure(low)} ${scale} ${figure(high)}${unit}`,
    ...lines,
    `${' '.repeat(width + 2)}${ruler}`,
  ].join('\n');
}

function coloured(level: number): string {
  const at = Math.min(Math.max(level, 0), 1) * (ANCHORS.length - 1);
  const from = ANCHORS[Math.floor(at)] ?? ANCHORS[0];
  const to = ANCHORS[Math.min(Math.floor(at) + 1, ANCHORS.length - 1)] ?? from;
  const [red, green, blue] = from.map((channel, i) => Math.round(channel + ((to[i] ?? channel) - channel) * (at % 1)));
  return `\x1b[48;2;${red};${green};${blue}m  \x1b[0m`;
}
