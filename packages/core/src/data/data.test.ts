import { expect, it } from 'vitest';
import { Axis } from './axis.ts';
import { imaginaryPart, interleave, magnitude, phase, realPart } from './complex.ts';
import { DataToExport } from './data-to-export.ts';
import { DataWithAxes } from './data-with-axes.ts';
import { elementTypeOf } from './numeric-array.ts';

const wavelength = new Axis({ label: 'Wavelength', units: 'nm', data: [400, 500, 600] });

it('takes a number as 0D, a vector as 1D, a frame as 2D', () => {
  expect(new DataWithAxes({ name: 'power', data: [1.5], units: 'mW' })).toMatchObject({ dim: 'Data0D', shape: [1] });
  expect(new DataWithAxes({ name: 'spectrum', data: [new Float64Array(3)], axes: [wavelength] }).dim).toBe('Data1D');
  expect(new DataWithAxes({ name: 'image', data: [new Uint16Array(6)], shape: [2, 3] }).dim).toBe('Data2D');
});

it('does not count navigation dimensions', () => {
  const map = new DataWithAxes({ name: 'map', data: [new Float64Array(12)], shape: [3, 4], navIndexes: [0, 1] });
  expect(map.dim).toBe('Data0D');
});

it.each([
  [{ data: [new Float64Array(5)], shape: [2, 3] }, 'needs 6'],
  [{ data: [new Float64Array(2)], axes: [wavelength] }, "axis 'Wavelength' has 3 coordinates"],
  [{ data: [new Float64Array(3)], axes: [wavelength.at(1)] }, 'dimension 1 of 1'],
  [{ data: [1, 2], labels: ['only one'] }, '1 labels for 2 arrays'],
  [{ data: [1], errors: [new Float64Array(2)] }, 'error bars'],
  [{ data: [] }, 'no array'],
  [{ data: [new Float64Array(3)], shape: [3], complex: true }, 'needs 6, two for each complex value'],
  [{ data: [new Int16Array(2)], complex: true }, 'pairs of floats'],
  [{ data: [new Float64Array(2)], errors: [new Float64Array(1)], complex: true }, 'error bars'],
])('refuses what does not fit together: %j', (init, reason) => {
  expect(() => new DataWithAxes({ name: 'bad', ...init })).toThrow(
    expect.objectContaining({ code: 'data.shape', message: expect.stringContaining(reason) }),
  );
});

it('refuses unknown units where they are given, not when the file is opened', () => {
  expect(() => new Axis({ label: 'x', units: 'parsec-ish', data: [0] })).toThrow(
    expect.objectContaining({ code: 'data.units' }),
  );
});

it('knows an evenly spaced axis from another', () => {
  expect(new Axis({ label: 'x', data: [0, 0.1, 0.2, 0.30000000000000004] }).linear).toMatchObject({ offset: 0 });
  expect(new Axis({ label: 'x', data: [0, 1, 3] }).linear).toBeUndefined();
});

it('dates an export by its earliest data', () => {
  const at = (timestamp: number) => new DataWithAxes({ name: `t${timestamp}`, data: [0], timestamp });
  const both = new DataToExport({ name: 'det', data: [at(20), at(10)] });
  expect(both.timestamp).toBe(10);
  expect(both.get('t20')?.timestamp).toBe(20);
});

it('counts complex values as pairs, whatever their dimension', () => {
  const s21 = { name: 'S21', complex: true, axes: [wavelength], data: [Float32Array.of(3, 4, 0, -1, -2, 0)] };
  const data = new DataWithAxes(s21);
  expect(data).toMatchObject({ dim: 'Data1D', shape: [3], complex: true });
  expect(new DataWithAxes({ name: 'lock-in', complex: true, data: [Float64Array.of(1, 2)] }).dim).toBe('Data0D');
  expect(() => data.with({ complex: false })).toThrow(expect.objectContaining({ code: 'data.shape' }));
  expect(elementTypeOf(data.data[0] as Float32Array, true)).toBe('complex64');
  expect(elementTypeOf(new Float64Array(2), true)).toBe('complex128');
  expect(elementTypeOf(new Uint16Array(2), false)).toBe('uint16');
});

it('takes complex values apart and puts them together', () => {
  const pairs = interleave([3, 0, -2], [4, -1, 0]);
  expect(pairs).toEqual(Float64Array.of(3, 4, 0, -1, -2, 0));
  expect([realPart(pairs), imaginaryPart(pairs)]).toEqual([Float64Array.of(3, 0, -2), Float64Array.of(4, -1, 0)]);
  expect(magnitude(pairs)).toEqual(Float64Array.of(5, 1, 2));
  expect([...phase(pairs)].slice(1)).toEqual([-Math.PI / 2, Math.PI]);
  expect(interleave(Float32Array.of(1), Float32Array.of(2))).toBeInstanceOf(Float32Array);
});
