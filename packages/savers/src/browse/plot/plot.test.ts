import { Axis, type DataInit, DataWithAxes } from '@daqtor/core';
import { expect, it } from 'vitest';
import { figure, quantity } from './figures.ts';
import { heatMap } from './heat-map.ts';
import { linePlot } from './line-plot.ts';
import { plotData } from './plot-data.ts';
import { meanOver, shrink } from './reduce.ts';

const plot = (init: DataInit) => plotData(new DataWithAxes(init), { columns: 60, colour: false });
const axis = { label: 'x', units: 'mm', from: 0, to: 5 };

it('writes numbers for people', () => {
  expect([figure(0.1 + 0.2), figure(1e-5), figure(Number.NaN), quantity(12870, 'count')]).toEqual([
    '0.3',
    '1.000e-5',
    '–',
    '12870 count',
  ]);
});

it('draws the first row at the bottom, with what was not measured as a dot', () => {
  const map = heatMap(
    {
      values: [0, 1, Number.NaN, 2, 3, 9],
      shape: [3, 2],
      title: 'power',
      units: 'V',
      rows: { label: 'y', units: 'mm', from: -1, to: 1 },
      columns: axis,
    },
    false,
  );
  expect(map.split('\n').slice(1, 4)).toEqual(['   1 │--@@│', 'y/mm │ ·::│', '  -1 │  ..│']);
  expect(map.split('\n')[0]).toMatch(/power {3}0 .* 9 V$/);
});

it('draws a curve from the lower left to the upper right, with gaps where nothing was measured', () => {
  const lines = linePlot({ values: [0, 1, Number.NaN, 3], title: 'ramp', units: 'V', axis }, 4, 2).split('\n');
  expect(lines).toEqual(['   ramp/V', '3 │   ⠈│', '0 │⡠⠂  │', '   0 x/mm 5']);
});

it('loses no peak when many values share a column', () => {
  const values = new Float64Array(100_000);
  values[54_321] = 7;
  const text = linePlot({ values, title: 'spike', units: '', axis }, 10, 3);
  expect(text).toMatch(/^ *7 │ {5}⢸? ?[⡇⢸] {4}│$/m);
});

it('averages what does not fit, and does not count what is not a number', () => {
  expect(shrink({ values: [1, 3, 5, 7, Number.NaN, 9, 2, 2], shape: [2, 4] }, 1, 2)).toEqual({
    values: Float64Array.of((1 + 3 + 9) / 3, (5 + 7 + 2 + 2) / 4),
    shape: [1, 2],
  });
  const small = { values: [1, 2], shape: [1, 2] };
  expect(shrink(small, 10, 10)).toEqual(small);
});

it('takes means over the dimensions that are not kept', () => {
  const block = { values: [0, 1, 2, 3, 4, 5, 6, 7], shape: [2, 2, 2] };
  expect([...Array.from(meanOver(block, [0]).values)]).toEqual([1.5, 5.5]);
  expect([...Array.from(meanOver(block, [1]).values)]).toEqual([2.5, 4.5]);
  expect([...Array.from(meanOver(block, [0, 2]).values)]).toEqual([1, 2, 5, 6]);
});

it('shows a number as a number, a vector as a curve, an image as a map', () => {
  expect(plot({ name: 'P', data: [1.5], labels: ['A'], units: 'mW' })).toBe('P · A = 1.5 mW');
  expect(plot({ name: 'S', data: [Float64Array.of(1, 2)], axes: [new Axis({ label: 'x', data: [3, 4] })] })).toMatch(
    /3 +x +4$/,
  );
  expect(plot({ name: 'I', data: [Uint16Array.of(1, 2, 3, 4)], shape: [2, 2] })).toMatch(
    /│\*\*@@│\nindex │ {2}--│\n {7}0 index 1$/,
  );
  expect(plot({ name: 'none', data: [new Float64Array(0)], labels: [''] })).toBe('none: no values');
  expect(plot({ name: 'big', data: [BigInt64Array.of(1n, 9n)], labels: [''] })).toContain('9 │');
});

it('shows of spectra on a map their means', () => {
  const data = [Float64Array.of(0, 2, 10, 12, 20, 22, 30, 32)];
  const grid = { name: 'S', data, shape: [2, 2, 2], navIndexes: [0, 1], labels: ['s'] };
  expect(plot(grid)).toMatch(/mean of S · s {3}1 .* 31/);
});

it('shows a list of points over the axes that they share: a curve, a map, and over more the values in their order', () => {
  const list = (...positions: number[][]) => {
    const axes = positions.map((data, i) => new Axis({ label: 'xyz'[i] ?? '', data, spreadOrder: i }));
    const data = [Float64Array.of(1, 4, 2, Number.NaN)];
    return plot({ name: 'P', data, navIndexes: [0], distribution: 'spread', axes });
  };
  expect(list([5, 7, 6, 99])).toMatch(/5 +x +7$/);
  const map = list([0, 1, 0, 5], [0, 0, 1, 5]).split('\n');
  expect(map.at(-1)).toMatch(/0 +x +1$/);
  expect([map.at(-2)?.slice(-3, -1), map.at(-2)?.split('│')[1]?.slice(0, 2)]).toEqual(['@@', '  ']);
  expect(map[1]).toMatch(/1 │--.*@@│$/);
  expect(list([1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4])).toMatch(/0 +point +3$/);
  expect(list([1, 1, 1, 1], [1, 2, 3, 4])).toMatch(/0 +point +3$/);
});

it('counts moments from the first one', () => {
  const axes = [new Axis({ label: 'time', units: 's', data: [1.7e9, 1.7e9 + 4] })];
  const text = plot({ name: 'P', data: [Float64Array.of(1, 2)], axes });
  expect(text).toMatch(/0 +time since 2023-11-14T22:13:20.000Z\/s +4$/);
});

it('draws maps in colours only when it may', () => {
  const data = new DataWithAxes({ name: 'I', data: [new Float64Array(4)], shape: [2, 2] });
  expect(plotData(data, { columns: 60, colour: true })).toContain('\x1b[48;2;');
  expect(plotData(data, { columns: 60, colour: false })).not.toContain('\x1b');
});
