import { expect, it } from 'vitest';
import { moveTableOf, msIn } from './move-table.ts';

/** 2 units per second, 10 units per second squared. */
function trapezoidMs(distance: number): number {
  const [velocity, acceleration] = [2, 10];
  const ramps = velocity ** 2 / acceleration;
  return distance < ramps
    ? 2000 * Math.sqrt(distance / acceleration)
    : 1000 * (distance / velocity + velocity / acceleration);
}

it('knows within 1 % how long a move of any distance takes', () => {
  const table = moveTableOf((from, to) => trapezoidMs(Math.abs(to - from)));
  if (!table) throw new Error('there is no table');
  for (let distance = 1e-6; distance < 1e4; distance *= 1.37) {
    expect(msIn(table, distance) / trapezoidMs(distance)).toBeCloseTo(1, 2);
  }
  expect(msIn(table, 0)).toBe(0);
  expect(msIn(table, 1e-12)).toBeLessThan(0.1);
});

it('is none of an axis whose moves take longer the further out they are, or of nonsense', () => {
  expect(moveTableOf((from, to) => Math.abs(to ** 2 - from ** 2))).toBeUndefined();
  expect(moveTableOf(() => Number.NaN)).toBeUndefined();
});
