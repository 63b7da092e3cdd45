import { expect, it } from 'vitest';
import { DataToExport } from '../data/data-to-export.ts';
import { type DataInit, DataWithAxes } from '../data/data-with-axes.ts';
import { subtractBackground } from './subtract-background.ts';

const of = (init: Partial<DataInit>) =>
  new DataToExport({ name: 'cam', data: [new DataWithAxes({ name: 'image', data: [Uint16Array.of(5, 1)], ...init })] });

it('does not wrap around below zero', () => {
  const frame = of({}).with({ background: of({ data: [Uint16Array.of(2, 2)] }) });
  expect(subtractBackground(frame).get('image')?.data[0]).toEqual(Float64Array.of(3, -1));
  expect(frame.get('image')?.data[0]).toEqual(Uint16Array.of(5, 1));
});

it('adds error bars in quadrature, and keeps those of the one side that has them', () => {
  const [three, four] = [[Float64Array.of(3, 0)], [Float64Array.of(4, 1)]];
  const errorsOf = (frame: DataToExport) => subtractBackground(frame).get('image')?.errors;
  expect(errorsOf(of({ errors: three }).with({ background: of({ errors: four }) }))).toEqual([Float64Array.of(5, 1)]);
  expect(errorsOf(of({ errors: three }).with({ background: of({}) }))).toEqual(three);
  expect(errorsOf(of({}).with({ background: of({ errors: four }) }))).toEqual(four);
});

it('leaves alone what has no background', () => {
  const frame = of({});
  expect(subtractBackground(frame)).toBe(frame);
  const other = frame.with({ background: of({ name: 'other' }) });
  expect(subtractBackground(other).get('image')).toBe(frame.get('image'));
});

it('refuses a background of another shape or other units', () => {
  const wrong = of({}).with({ background: of({ data: [Uint16Array.of(1, 2, 3)] }) });
  expect(() => subtractBackground(wrong)).toThrow(/background of 'image' is 1 × \[3\] in '', the data are 1 × \[2\]/);
  expect(() => subtractBackground(of({}).with({ background: of({ units: 'V' }) }))).toThrow(
    expect.objectContaining({ code: 'data.shape' }),
  );
});
