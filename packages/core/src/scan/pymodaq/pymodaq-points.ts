import { actuatorAxis, type PointAxis, type Points } from '../points.ts';
import { refusal } from '../refuse.ts';
import { pymodaqPositions } from './pymodaq-positions.ts';
import type { PymodaqValue } from './pymodaq-value.ts';

/**
 * A scan as PyMoDAQ does it: its positions, and their places in its arrays. On a grid a position's place is that among
 * the sorted positions of its axis; a line and a table are stored in their order.
 *
 * @throws DaqtorError `scan.refused` where PyMoDAQ makes no points
 */
export function pymodaqPoints({ actuators, settings }: PymodaqValue): Points {
  const rows = pymodaqPositions(settings);
  const axes = actuators.map(actuatorAxis);
  if (rows.length === 0) throw refusal('the scan has no point');
  if (rows.some((row) => row.length !== axes.length)) {
    throw refusal(`its settings are for another number of axes than ${axes.map(({ name }) => name).join(', ')}`);
  }
  const isGrid = settings.type === 'Scan2D' || settings.type === 'Sequential';
  return isGrid ? onGrid(axes, rows) : inOrder(axes, rows, settings.type === 'Tabular' ? 'spread' : 'uniform');
}

function inOrder(
  axes: readonly PointAxis[],
  rows: readonly (readonly number[])[],
  distribution: Points['distribution'],
) {
  return {
    axes,
    shape: [rows.length],
    distribution,
    size: rows.length,
    isComplete: true,
    at: (step: number) => ({ indexes: [step], values: rows[step] ?? [] }),
    coordinates: (axis: number) => Float64Array.from(rows, (row) => row[axis] as number),
  };
}

function onGrid(axes: readonly PointAxis[], rows: readonly (readonly number[])[]): Points {
  const unique = axes.map((_, axis) => [...new Set(rows.map((row) => row[axis] as number))].sort((a, b) => a - b));
  const places = unique.map((list) => new Map(list.map((value, place) => [value, place])));
  return {
    axes,
    shape: unique.map(({ length }) => length),
    distribution: 'uniform',
    size: rows.length,
    isComplete: true,
    at: (step) => {
      const values = rows[step] ?? [];
      return { indexes: values.map((value, axis) => places[axis]?.get(value) ?? 0), values };
    },
    coordinates: (axis) => Float64Array.from(unique[axis] ?? []),
  };
}
