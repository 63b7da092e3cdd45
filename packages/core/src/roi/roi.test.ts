import { describe, expect, it } from 'vitest';
import { Axis } from '../data/axis.ts';
import { DataToExport } from '../data/data-to-export.ts';
import { type DataInit, DataWithAxes } from '../data/data-with-axes.ts';
import type { Measure } from './measures.ts';
import { circle, ellipse, linear, type Region, rectangle } from './region.ts';
import { measureRois, roi } from './roi.ts';

const wavelength = new Axis({ label: 'wavelength', units: 'nm', data: [500, 510, 520, 530, 540] });
const spectrum = (init: Partial<DataInit> = {}) =>
  new DataWithAxes({
    name: 'spectrum',
    data: [Float64Array.of(1, 2, 9, 4, 5)],
    units: 'count',
    axes: [wavelength],
    origin: 'spectrometer',
    timestamp: 12,
    ...init,
  });
/** Rows of 5, of which x is the column and y the row. */
const image = (...rows: number[][]) =>
  new DataWithAxes({
    name: 'image',
    data: [Float64Array.from(rows.flat())],
    shape: [rows.length, rows[0]?.length ?? 0],
  });
const numbered = image([0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [10, 11, 12, 13, 14]);

const measured = (region: Region, measure: Measure, ...data: DataWithAxes[]) =>
  measureRois([roi('here', region, { measures: [measure] })], new DataToExport({ name: 'det', data }));
const value = (region: Region, measure: Measure, data: DataWithAxes) =>
  measured(region, measure, data)[0]?.data[0]?.[0];

describe('a span of a curve', () => {
  it('counts both ends, in the units of the axis, whichever comes first', () => {
    expect(value(linear(510, 530), 'sum', spectrum())).toBe(15);
    expect(value(linear(530, 510), 'sum', spectrum())).toBe(15);
    expect(value(linear(510.1, 529.9), 'sum', spectrum())).toBe(9);
  });

  it('counts elements where there is no axis', () => {
    expect(value(linear(3, 4), 'mean', spectrum({ axes: [] }))).toBe(4.5);
  });

  it.each([
    ['mean', 5],
    ['sum', 15],
    ['std', Math.sqrt(26 / 3)],
    ['min', 2],
    ['max', 9],
    ['argmin', 510],
    ['argmax', 520],
    ['centroid', (2 * 510 + 9 * 520 + 4 * 530) / 15],
    ['width', Math.sqrt((2 * (-34 / 3) ** 2 + 9 * (-4 / 3) ** 2 + 4 * (26 / 3) ** 2) / 15)],
  ] as const)('gives the %s', (measure, expected) => {
    expect(value(linear(510, 530), measure, spectrum())).toBeCloseTo(expected, 9);
  });

  it('knows how well the mean and the sum are known, where the values are', () => {
    const data = spectrum({ errors: [Float64Array.of(9, 1, 2, 2, 9)] });
    expect(measured(linear(510, 530), 'mean', data)[0]?.errors?.[0]?.[0]).toBe(1);
    expect(measured(linear(510, 530), 'sum', data)[0]?.errors?.[0]?.[0]).toBe(3);
    expect(measured(linear(510, 530), 'max', data)[0]?.errors).toBeUndefined();
  });

  it('leaves out what was not measured, and is NaN of nothing', () => {
    const holes = spectrum({ data: [Float64Array.of(1, 2, Number.NaN, 4, 5)] });
    expect(value(linear(510, 530), 'mean', holes)).toBe(3);
    expect(value(linear(510, 530), 'argmax', holes)).toBe(530);
    expect(value(linear(600, 700), 'sum', holes)).toBeNaN();
    expect(value(linear(600, 700), 'argmax', holes)).toBeNaN();
  });
});

describe('a part of an image', () => {
  it('is a rectangle, edges included', () => {
    expect(value(rectangle([1, 2], [1, 2]), 'sum', numbered)).toBe(6 + 7 + 11 + 12);
  });

  it('is a circle', () => {
    expect(value(circle([2, 1], 1), 'sum', numbered)).toBe(2 + 6 + 7 + 8 + 12);
  });

  it('is an ellipse, turned from x towards y', () => {
    expect(value(ellipse([2, 1], [2, 0.5]), 'sum', numbered)).toBe(5 + 6 + 7 + 8 + 9);
    expect(value(ellipse([2, 1], [2, 0.5], 90), 'sum', numbered)).toBe(2 + 7 + 12);
    expect(value(ellipse([1, 1], [1.5, 0.2], 45), 'sum', numbered)).toBe(0 + 6 + 12);
  });

  it('has a place on each axis', () => {
    const axes = [
      new Axis({ label: 'y', units: 'um', index: 0, data: [0, 10, 20] }),
      new Axis({ label: 'x', units: 'mm', index: 1, data: [0, 1, 2, 3, 4] }),
    ];
    const [x, y] = measured(rectangle([1, 3], [0, 20]), 'argmax', numbered.with({ axes }));
    expect(x).toMatchObject({ name: 'image here argmax x', units: 'mm', data: [Float64Array.of(3)] });
    expect(y).toMatchObject({ name: 'image here argmax y', units: 'um', data: [Float64Array.of(20)] });
  });

  it('is found anew when the axes change', () => {
    const region = rectangle([1, 1], [1, 1]);
    expect(value(region, 'sum', numbered)).toBe(6);
    const axes = [new Axis({ label: 'x', index: 1, data: [4, 3, 2, 1, 0] })];
    expect(value(region, 'sum', numbered.with({ axes }))).toBe(8);
    const shifted = [new Axis({ label: 'x', index: 1, data: [1, 2, 3, 4, 5] })];
    expect(value(region, 'sum', numbered.with({ axes: shifted }))).toBe(5);
    expect(value(region, 'sum', image([0, 1], [2, 3]))).toBe(3);
  });
});

it('gives calculated data that tell where they are from, one value per array', () => {
  const two = spectrum({ data: [Float64Array.of(1, 2, 3, 4, 5), Float64Array.of(5, 4, 3, 2, 1)], labels: ['s', 'p'] });
  expect(measured(linear(500, 510), 'mean', two)).toMatchObject([
    {
      name: 'spectrum here mean',
      data: [Float64Array.of(1.5), Float64Array.of(4.5)],
      labels: ['s', 'p'],
      units: 'count',
      source: 'calculated',
      origin: 'spectrometer',
      timestamp: 12,
    },
  ]);
});

it('looks at everything that has its dimensions, or at what it names', () => {
  const frame = new DataToExport({ name: 'det', data: [spectrum(), numbered, spectrum({ name: 'dark' })] });
  const names = (of?: string) =>
    measureRois([roi('here', linear(500, 510), of ? { of } : {})], frame).map(({ name }) => name);
  expect(names()).toEqual(['spectrum here mean', 'dark here mean']);
  expect(names('dark')).toEqual(['dark here mean']);
});

it('sees the magnitude of complex data', () => {
  const complex = new DataWithAxes({ name: 'field', complex: true, data: [Float64Array.of(3, 4, 0, -2)], units: 'V' });
  expect(value(linear(0, 1), 'sum', complex)).toBe(7);
});

it('says what is there when a region finds nothing to look at', () => {
  expect(() => measured(circle([0, 0], 1), 'mean', spectrum())).toThrow(
    /data of 2 dimensions; there is 'spectrum' \[5\]/,
  );
});
