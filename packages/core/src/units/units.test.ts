import { expect, it } from 'vitest';
import { UNIT_NAMES } from './known-units.ts';
import { areCompatible, checkUnits, convertUnits } from './units.ts';

it.each(['V', 'mW', 'nm', 'um', 'µm', 'mm', 'deg', 'degC', '°C', 'K', '%', 'count', 's', 'mm/s', 'V/K', 'm**2', ''])(
  'knows %j',
  (units) => expect(checkUnits(units)).toBe(units),
);

it('refuses a text that is not a unit, and says which', () => {
  expect(() => checkUnits('bananas')).toThrow(
    expect.objectContaining({ code: 'data.units', message: expect.stringContaining("'bananas'") }),
  );
});

it('knows every listed name, alone and in a product', () => {
  for (const name of UNIT_NAMES.keys()) {
    expect(checkUnits(name)).toBe(name);
    if (name !== 'dimensionless') expect(areCompatible(`${name}/s`, `${name}*Hz`)).toBe(true);
  }
});

it.each(['Volt', 'tempC', 'dozen', 'mcount', 'arb'])('refuses %j, which pint would not read', (units) =>
  expect(() => checkUnits(units)).toThrow(expect.objectContaining({ code: 'data.units' })),
);

it.each([
  [1.5, 'mm', 'um', 1500],
  [1, 'millivolt', 'µV', 1000],
  [1, 'T', 'mT', 1000],
  [60, 'min', 'h', 1],
  [1, 'inch', 'milliinch', 1000],
  [1, 'kohm', 'Ω', 1000],
  [5, 'mK', 'K', 0.005],
  [20, 'degC', 'K', 293.15],
  [300, 'K', 'degC', 26.85],
  [2, 'V/K', 'mV/K', 2000],
  [180, 'deg', 'rad', Math.PI],
  [7, 'mm', 'mm', 7],
])('converts %d %s to %s', (value, from, to, expected) => {
  expect(convertUnits(value, from, to)).toBeCloseTo(expected, 9);
});

it('refuses to turn a length into a voltage', () => {
  expect(areCompatible('mm', 'V')).toBe(false);
  expect(() => convertUnits(1, 'mm', 'V')).toThrow(expect.objectContaining({ code: 'data.units' }));
});
