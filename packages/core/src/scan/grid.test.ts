import { expect, it } from 'vitest';
import { lab } from '../lab/lab.ts';
import { stubActuator } from '../testing/stub-instruments.ts';
import { grid } from './builders.ts';
import { linspace, positions } from './sweep.ts';

const bench = await lab({ x: stubActuator()({}), y: stubActuator()({}), z: stubActuator()({}) });
const visited = (plan: ReturnType<typeof grid>) =>
  Array.from({ length: plan.size }, (_, step) => plan.at(step).indexes.join(''));

it('runs through the last sweep fastest', () => {
  const plan = grid(linspace(bench.y, 0, 1, 2), linspace(bench.x, 0, 2, 3));
  expect(visited(plan)).toEqual(['00', '01', '02', '10', '11', '12']);
  expect(plan).toMatchObject({ type: 'Scan2D', subType: 'Linear', shape: [2, 3], size: 6 });
});

it('reverses every second pass of each axis when it snakes', () => {
  const plan = grid(linspace(bench.y, 0, 1, 2), linspace(bench.x, 0, 2, 3)).snake();
  expect(visited(plan)).toEqual(['00', '01', '02', '12', '11', '10']);
  expect(plan.subType).toBe('LinearBackForce');
});

it('moves one axis by one index between two points when it snakes, in three dimensions too', () => {
  const plan = grid(linspace(bench.z, 0, 1, 3), linspace(bench.y, 0, 1, 4), linspace(bench.x, 0, 1, 5)).snake();
  expect(new Set(visited(plan)).size).toBe(60);
  for (let step = 1; step < plan.size; step++) {
    const [a, b] = [plan.at(step - 1).indexes, plan.at(step).indexes];
    expect(a.reduce((sum, index, axis) => sum + Math.abs(index - (b[axis] as number)), 0)).toBe(1);
  }
});

it('reaches both ends exactly and adds up no error', () => {
  const list = grid(linspace(bench.x, -1, 1, 21)).points.coordinates(0);
  expect([list[0], list[10], list[20]]).toEqual([-1, 0, 1]);
  expect(grid(linspace(bench.x, 0.7, 0.1, 3)).at(2).targets[0]).toBe(0.1);
  expect(grid(linspace(bench.x, 7, 9, 1)).at(0).targets).toEqual([7]);
});

it('refuses sweeps that make no sense, naming the actuator', () => {
  const refused = expect.objectContaining({ code: 'scan.refused', instrument: 'x' });
  expect(() => linspace(bench.x, 0, 1, 2.5)).toThrow(refused);
  expect(() => linspace(bench.x, 0, 1, 0)).toThrow(refused);
  expect(() => linspace(bench.x, 0, Number.POSITIVE_INFINITY, 3)).toThrow(refused);
  expect(() => linspace(bench.x, 0, 1, 3, 'V')).toThrow(refused);
  expect(() => positions(bench.x, [])).toThrow(refused);
});
