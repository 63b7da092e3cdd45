import { expect, it } from 'vitest';
import { DataToExport } from '../data/data-to-export.ts';
import { DataWithAxes } from '../data/data-with-axes.ts';
import type { NumericArray } from '../data/numeric-array.ts';
import { RunningMean } from './running-mean.ts';

const frame = (...data: NumericArray[]) =>
  new DataToExport({ name: 'det', data: [new DataWithAxes({ name: 'a', data, units: 'V', timestamp: data.length })] });
const meanOf = (...frames: DataToExport[]) => {
  const mean = new RunningMean();
  for (const one of frames) mean.add(one);
  return mean.mean()?.get('a');
};

it('is the true mean, each weighing the same', () => {
  const zero = frame(Float64Array.of(0));
  const ten = frame(Float64Array.of(10));
  expect(meanOf(ten, zero)?.data[0]?.[0]).toBe(5);
  expect(meanOf(ten, zero, zero)?.data[0]?.[0]).toBeCloseTo(10 / 3, 12);
  expect(meanOf(ten, zero, zero, zero)?.data[0]?.[0]).toBe(2.5);
});

it('has the standard error of the mean as error bars', () => {
  const mean = meanOf(...[2, 4, 4, 4, 5, 5, 7, 9].map((value) => frame(Float64Array.of(value))));
  expect(mean?.data[0]?.[0]).toBe(5);
  expect(mean?.errors?.[0]?.[0]).toBeCloseTo(Math.sqrt(32 / 7 / 8), 12);
});

it('keeps its digits where the scatter is small against the value', () => {
  const mean = meanOf(...[1e9 + 1, 1e9 + 2, 1e9 + 3].map((value) => frame(Float64Array.of(value))));
  expect(mean?.errors?.[0]?.[0]).toBeCloseTo(Math.sqrt(1 / 3), 9);
});

it('averages every element of every array, whole numbers too', () => {
  const mean = meanOf(
    frame(Uint8Array.of(255, 0), Uint8Array.of(1, 2)),
    frame(Uint8Array.of(255, 1), Uint8Array.of(3, 4)),
  );
  expect(mean?.data).toEqual([Float64Array.of(255, 0.5), Float64Array.of(2, 3)]);
  expect(meanOf(frame(BigInt64Array.of(1n)), frame(BigInt64Array.of(2n)))?.data[0]?.[0]).toBe(1.5);
});

it('averages both parts of complex values', () => {
  const complex = (...pairs: number[]) =>
    new DataToExport({
      name: 'det',
      data: [new DataWithAxes({ name: 'a', complex: true, data: [Float32Array.from(pairs)] })],
    });
  const mean = meanOf(complex(1, 5), complex(3, -5));
  expect(mean).toMatchObject({ complex: true, shape: [1], data: [Float64Array.of(2, 0)] });
});

it('of one frame is that frame, without error bars that it does not have', () => {
  const mean = meanOf(frame(Uint8Array.of(7)));
  expect(mean).toMatchObject({ data: [Float64Array.of(7)], errors: undefined, units: 'V' });
});

it('does not change what it has given away', () => {
  const mean = new RunningMean();
  mean.add(frame(Float64Array.of(0)));
  const early = mean.mean();
  mean.add(frame(Float64Array.of(10)));
  expect(early?.get('a')?.data[0]?.[0]).toBe(0);
});

it('refuses frames that do not fit together', () => {
  expect(() => meanOf(frame(Float64Array.of(1)), frame(Float64Array.of(1, 2)))).toThrow(/shape of 'a' went from \[1\]/);
  const inMv = frame(Float64Array.of(1)).get('a')?.with({ units: 'mV' }) as DataWithAxes;
  expect(() => meanOf(frame(Float64Array.of(1)), new DataToExport({ name: 'det', data: [inMv] }))).toThrow(/units/);
  const renamed = new DataToExport({ name: 'det', data: [new DataWithAxes({ name: 'b', data: [1], units: 'V' })] });
  expect(() => meanOf(frame(Float64Array.of(1)), renamed)).toThrow(/'b' was not there/);
});
