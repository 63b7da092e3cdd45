import { expect, it } from 'vitest';
import { DataToExport } from '../../data/data-to-export.ts';
import { DataWithAxes } from '../../data/data-with-axes.ts';
import { FlyBins, FRAMES } from './fly-bins.ts';

const frame = (value: number) =>
  new DataToExport({ name: 'meter', data: [new DataWithAxes({ name: 'v', data: [value], units: 'V', timestamp: 0 })] });
const flown = (bins: FlyBins, detector = 0) =>
  bins.flown().flatMap(({ data }, bin) => {
    const values = data[detector];
    return values ? [[bin, values.get('v')?.data[0]?.[0], values.get(FRAMES)?.data[0]?.[0]]] : [];
  });

it('puts a frame where the actuator was at its time, on the line between two readings', () => {
  const bins = new FlyBins({ from: 0, to: 10, bins: 10 }, 1);
  bins.passed(0, 0);
  for (const atMs of [5, 25, 95]) bins.frame(0, atMs, frame(atMs));
  bins.passed(100, 10);
  expect(flown(bins)).toEqual([
    [0, 5, 1],
    [2, 25, 1],
    [9, 95, 1],
  ]);
  const places = bins.flown().map(({ position, atMs }) => [position, atMs]);
  expect([0, 2, 9].map((bin) => places[bin])).toEqual([
    [0.5, 5],
    [2.5, 25],
    [9.5, 95],
  ]);
});

it('averages what falls into one bin, with error bars, and has none for a single frame', () => {
  const bins = new FlyBins({ from: 0, to: 10, bins: 2 }, 1);
  bins.passed(0, 0);
  for (const [atMs, value] of [
    [10, 1],
    [20, 3],
    [80, 7],
  ] as const)
    bins.frame(0, atMs, frame(value));
  bins.passed(100, 10);
  const [first, second] = bins.flown();
  expect(first?.data[0]?.get('v')).toMatchObject({ data: [Float64Array.of(2)], errors: [Float64Array.of(1)] });
  expect(second?.data[0]?.get('v')).toMatchObject({
    data: [Float64Array.of(7)],
    errors: [Float64Array.of(Number.NaN)],
  });
});

it('takes frames that arrive late or early, and those at both ends, but none from outside', () => {
  const bins = new FlyBins({ from: 0, to: 10, bins: 10 }, 1);
  bins.frame(0, -1, frame(-1));
  bins.passed(0, -1);
  bins.passed(50, 4);
  bins.frame(0, 5, frame(1));
  bins.frame(0, 10, frame(2));
  bins.passed(100, 10);
  bins.frame(0, 100, frame(3));
  bins.frame(0, 101, frame(4));
  expect(flown(bins)).toEqual([
    [0, 2, 1],
    [9, 3, 1],
  ]);
});

it('tells when a bin without a frame was passed, and that one was not passed at all', () => {
  const bins = new FlyBins({ from: 0, to: 10, bins: 5 }, 1);
  bins.passed(0, 2);
  bins.passed(50, 7);
  bins.frame(0, 25, frame(1));
  expect(bins.flown().map(({ position, atMs, data }) => [position, atMs, data.length])).toEqual([
    [Number.NaN, 50, 0],
    [3, 10, 0],
    [4.5, 25, 1],
    [7, 50, 0],
    [Number.NaN, 50, 0],
  ]);
});

it('gives the same bins whichever way the ramp goes', () => {
  const bins = new FlyBins({ from: 10, to: 0, bins: 5 }, 1);
  bins.passed(0, 0);
  bins.frame(0, 10, frame(1));
  bins.frame(0, 90, frame(2));
  bins.passed(100, 10);
  expect(flown(bins)).toEqual([
    [0, 2, 1],
    [4, 1, 1],
  ]);
});

it('says NaN of a detector that was slower than another, and knows one that gave nothing', () => {
  const bins = new FlyBins({ from: 0, to: 10, bins: 2 }, 2);
  bins.passed(0, 0);
  bins.frame(0, 10, frame(1));
  bins.frame(0, 60, frame(2));
  bins.passed(100, 10);
  expect(bins.silent).toEqual([1]);
  bins.frame(1, 70, frame(5));
  expect(bins.silent).toEqual([]);
  expect(flown(bins, 1)).toEqual([
    [0, Number.NaN, 0],
    [1, 5, 1],
  ]);
});
