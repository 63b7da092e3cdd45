import { refusal } from '../refuse.ts';
import { linspaceStep } from './linspace-step.ts';
import { numpyNorm } from './numpy-norm.ts';
import { numpyShuffled } from './numpy-shuffle.ts';
import type { PymodaqSettings } from './pymodaq-value.ts';

type Row = readonly number[];
type Range = readonly [start: number, stop: number, step: number];

/**
 * The positions of PyMoDAQ's scanners, one row per step, to the last bit (pymodaq 4.4, utils/scanner/scanners).
 *
 * @throws DaqtorError `scan.refused` where PyMoDAQ raises, or goes on with the positions that it had before
 */
export function pymodaqPositions(settings: PymodaqSettings): readonly Row[] {
  switch (settings.type) {
    case 'Scan1D': {
      if (settings.subType === 'Sparse') return sparse(settings.text).map((position) => [position]);
      const line = linspaceStep(settings.start, settings.stop, settings.step).map((position) => [position]);
      return settings.subType === 'Random' ? numpyShuffled(line, settings.seed) : line;
    }
    case 'Scan2D': {
      if (settings.subType === 'Spiral') return spiral(settings.npts, settings.centre, settings.rmax);
      const [slow, fast] = [linspaceStep(...settings.axis1), linspaceStep(...settings.axis2)];
      const isBackForce = settings.subType === 'LinearBackForce';
      const rows = slow.flatMap((a, i) => (isBackForce && i % 2 === 1 ? fast.toReversed() : fast).map((b) => [a, b]));
      return settings.subType === 'Random' ? numpyShuffled(rows, settings.seed) : rows;
    }
    case 'Sequential':
      return sequential(settings.rows);
    case 'Tabular':
      return settings.subType === 'Linear' ? settings.rows : subSegmented(settings.rows, settings.step);
  }
}

/** Ranges as start:step:stop and single positions; two numbers are nothing to PyMoDAQ. */
function sparse(text: string): number[] {
  return (text.match(/[^,\s]+/g) ?? []).flatMap((token) => {
    const numbers = token.split(':').map(Number);
    if (!numbers.every(Number.isFinite) || token === '') throw refusal(`'${token}' is neither a position nor a range`);
    const [start = 0, step = 0, stop = 0] = numbers;
    if (numbers.length === 3) return linspaceStep(start, stop, step);
    return numbers.length === 1 ? [start] : [];
  });
}

/** A square spiral of `(npts + 1)²` points, lopsided for odd `npts`. */
function spiral(npts: number, centre: Row, rmax: Row): Row[] {
  const total = (npts + 1) ** 2;
  const spacing = rmax.map((radius) => (2 * radius) / npts);
  const place = (axis: 0 | 1, index: number) => index * (spacing[axis] as number) + (centre[axis] as number);
  const at: [number, number] = [0, 0];
  const rows: Row[] = [[place(0, 0), place(1, 0)]];
  if (rmax.includes(0)) return rows;
  for (let leg = 1; rows.length < total; leg++) {
    for (const axis of [0, 1] as const) {
      for (let i = 0; i < leg && rows.length < total; i++) {
        at[axis] += leg % 2 === 1 ? 1 : -1;
        rows.push([place(0, at[0]), place(1, at[1])]);
      }
    }
  }
  return rows;
}

/** Nested loops whose positions add up step after step, rounding and all. */
function sequential(ranges: readonly Range[]): Row[] {
  if (ranges.some(([, , step]) => step === 0)) throw refusal('a step must not be 0');
  const position = ranges.map(([start]) => start);
  const isBeyond = (axis: number) => {
    const [, stop, step] = ranges[axis] as Range;
    return step >= 0 ? (position[axis] as number) > stop : (position[axis] as number) < stop;
  };
  const axes = ranges.map((_, axis) => axis);
  const rows: Row[] = [[...position]];
  while (!isBeyond(0)) {
    const beyond = axes.findIndex(isBeyond);
    const moved = beyond < 0 ? ranges.length - 1 : beyond - 1;
    if (beyond > 0) position[beyond] = (ranges[beyond] as Range)[0];
    position[moved] = (position[moved] as number) + (ranges[moved] as Range)[2];
    if (!axes.some(isBeyond)) rows.push([...position]);
  }
  return rows;
}

/** Straight lines in steps from each vertex; what is left of a line is not carried over to the next. */
function subSegmented(vertices: readonly Row[], step: number): Row[] {
  const rows: Row[] = [];
  for (let i = 0; i + 1 < vertices.length; i++) {
    const [from, to] = [vertices[i] ?? [], vertices[i + 1] ?? []];
    const along = from.map((value, axis) => (to[axis] as number) - value);
    const length = numpyNorm(along);
    const unit = along.map((value) => (1 / length) * value);
    for (let k = 0; k * step < length; k++) {
      rows.push(from.map((value, axis) => value + (unit[axis] as number) * k * step));
    }
  }
  return [...rows, vertices.at(-1) ?? []];
}
