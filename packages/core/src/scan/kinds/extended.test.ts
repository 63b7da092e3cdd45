import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grid } from '../builders.ts';
import { linspace, positions } from '../sweep.ts';
import { tabular } from '../tabular.ts';
import { extendedOf } from './extended.ts';

type Lengths = readonly (readonly [length: number, more: number])[];

function axesOf(lengths: Lengths) {
  const [first, ...others] = lengths.map(([length], i) => linspace(`a${i}`, 0, 1, length));
  if (!first) throw new RangeError('a grid has an axis');
  return [first, ...others] as const;
}

const all = ({ size, at }: Pick<ReturnType<typeof extendedOf>, 'size' | 'at'>) =>
  Array.from({ length: size }, (_, i) => at(i));

describe('a scan with more points', () => {
  it('has those of a list behind it', () => {
    const list = tabular(positions('x', [0, 2]), positions('y', [1, 3])).points;
    const more = extendedOf(extendedOf(list, [{ y: 5, x: 4 }]), [{ x: 6, y: 7 }]);
    expect(all(more).map(({ indexes, values }) => [...indexes, ...values])).toEqual([
      [0, 0, 1],
      [1, 2, 3],
      [2, 4, 5],
      [3, 6, 7],
    ]);
    expect([more.shape, [...more.coordinates(1)]]).toEqual([[4], [1, 3, 5, 7]]);
  });

  it('has on a grid all combinations that are new, row by row', () => {
    const map = grid(linspace('y', 0, 1, 2), linspace('x', 0, 1, 2)).snake().points;
    const more = extendedOf(map, { x: [5], y: [7] });
    expect(all(more).slice(0, 4)).toEqual(all(map));
    expect(all(more).slice(4)).toEqual([
      { indexes: [0, 2], values: [0, 5] },
      { indexes: [1, 2], values: [1, 5] },
      { indexes: [2, 0], values: [7, 0] },
      { indexes: [2, 1], values: [7, 1] },
      { indexes: [2, 2], values: [7, 5] },
    ]);
    expect([more.shape, [...more.coordinates(0)], [...more.coordinates(1)]]).toEqual([
      [3, 3],
      [0, 1, 7],
      [0, 1, 5],
    ]);
  });

  it('visits each place of any grid once, and those that it had first and in their order', () => {
    const lengths = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 3 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(lengths, lengths, (first, second) => {
        const inner = grid(...axesOf(first)).points;
        const added = (by: Lengths) =>
          Object.fromEntries(by.flatMap(([, more], i) => (more > 0 ? [[`a${i}`, Array(more).fill(i)]] : [])));
        const points = extendedOf(extendedOf(inner, added(first)), added(second.slice(0, first.length)));
        const places = all(points).map(({ indexes }) => indexes.join());
        expect(new Set(places).size).toBe(points.shape.reduce((product, length) => product * length, 1));
        expect(places.length).toBe(points.size);
        expect(all(points).slice(0, inner.size)).toEqual(all(inner));
        for (const { indexes, values } of all(points))
          expect(values).toEqual(indexes.map((index, axis) => points.coordinates(axis)[index]));
      }),
    );
  });

  it('takes points for a list and axes for a grid, not the other way round', () => {
    expect(() => extendedOf(grid(linspace('x', 0, 1, 2)).points, [{ x: 1 }])).toThrow(
      'to a grid positions of its axes',
    );
    expect(() => extendedOf(tabular(positions('x', [0])).points, { x: [1] })).toThrow('to a list are whole points');
  });
});
