import { expect, it } from 'vitest';
import { lab } from '../lab/lab.ts';
import { stubActuator, stubDetector } from '../testing/stub-instruments.ts';
import { describeScan } from './describe-scan.ts';
import { planOf } from './plan.ts';
import { positions } from './sweep.ts';
import { tabular } from './tabular.ts';

const bench = await lab({
  x: stubActuator()({ limits: [-5, 5] }),
  y: stubActuator()({}),
  meter: stubDetector()({}),
});
const { x, y, meter } = bench;

it('visits the points in the order of the table, also the same point again', () => {
  const plan = tabular({ x, y }, [
    { x: 3, y: -1 },
    { x: 1, y: 0 },
    { x: 3, y: -1 },
  ]);
  expect(plan).toMatchObject({ type: 'Tabular', subType: 'Linear', shape: [3], distribution: 'spread', size: 3 });
  expect([0, 1, 2].map((step) => plan.at(step))).toEqual([
    { indexes: [0], targets: [3, -1] },
    { indexes: [1], targets: [1, 0] },
    { indexes: [2], targets: [3, -1] },
  ]);
});

it('takes a list for each actuator as well, in units of its own', async () => {
  const over = tabular(positions(x, [0, 500, 2000], 'um'), positions(y, [1, 1, 0]));
  const run = bench.scan({ over, read: [meter] });
  const visited: number[][] = [];
  run.points$.subscribe((point) => visited.push([...point.indexes, ...point.positions]));
  expect(await run.done).toMatchObject({ outcome: 'completed', points: 3 });
  expect(visited).toEqual([
    [0, 0, 1],
    [1, 500, 1],
    [2, 2000, 0],
  ]);
  expect(await x.read()).toBe(2);
});

it('is described with one axis per actuator along the only dimension', () => {
  const { axes, shape, distribution } = describeScan(
    planOf(tabular({ x, y }, [{ x: 3, y: -1 }]), { x, y }),
    [meter],
    {},
    0,
  );
  expect({ shape, distribution }).toEqual({ shape: [1], distribution: 'spread' });
  expect(axes.map(({ label, units, index, spreadOrder, data }) => [label, units, index, spreadOrder, ...data])).toEqual(
    [
      ['x', 'mm', 0, 0, 3],
      ['y', 'mm', 0, 1, -1],
    ],
  );
});

it('refuses a table that has no points, or not a position of every actuator for each', () => {
  const refused = (problem: string) =>
    expect.objectContaining({ code: 'scan.refused', message: expect.stringContaining(problem) });
  expect(() => tabular({ x }, [])).toThrow(refused('at least one position'));
  expect(() => tabular({}, [])).toThrow(refused('at least one actuator'));
  // @ts-expect-error the second point has no y
  expect(() => tabular({ x, y }, [{ x: 0, y: 0 }, { x: 1 }])).toThrow(refused('not a finite number'));
  expect(() => tabular(positions(x, [0, 1]), positions(y, [0]))).toThrow(refused('[y] a table has 1 positions of it'));
  expect(() => tabular(positions(x, [0, 1], 'V'))).toThrow(refused("positions in 'V'"));
});

it('is refused before anything moves where one of its points lies beyond a limit', async () => {
  await x.move(1);
  const over = tabular({ x, y }, [
    { x: 0, y: 0 },
    { x: 5.5, y: 0 },
  ]);
  await expect(bench.scan({ over, read: [meter] }).done).rejects.toThrow(
    /\[x\] 1 of 2 positions \(0 to 5.5 mm\) lie outside its limits -5 to 5 mm/,
  );
  expect(await x.read()).toBe(1);
});
