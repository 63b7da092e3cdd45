import { expect, it } from 'vitest';
import { connectedMove } from '../testing/connected-move.ts';

it('drives a stage in mm as a delay in ps', async () => {
  const { x, driver } = await connectedMove(() => ({ limits: { min: 0, max: 100 } }), {
    scale: { factor: 6.671281904, offset: -10, units: 'ps' },
  });
  expect(x.units).toBe('ps');
  expect(x.position).toBe(-10);
  expect(x.limits.max).toBeCloseTo(657.128, 3);
  expect((await x.move(56.71281904)).position).toBeCloseTo(56.71281904, 9);
  expect(driver.calls).toEqual(['startMove 10']);
  await x.move(0.05671281904, 'ns');
  expect(driver.calls.at(-1)).toMatch(/^startMove (10|9\.99999999|10\.0000000)/);
});

it('counts in other units of the same kind without a factor', async () => {
  const { x, driver } = await connectedMove(undefined, { scale: { units: 'um', offset: 5 } });
  await x.move(1505);
  expect(driver.calls).toEqual(['startMove 1.5']);
  expect(x.position).toBe(1505);
});

it('turns limits round with the direction of the axis', async () => {
  const { x } = await connectedMove(() => ({ limits: { min: -1, max: 3 } }), { scale: { factor: -2, offset: 1 } });
  expect(x.limits).toEqual({ min: -5, max: 3 });
  await expect(x.move(3.1)).rejects.toMatchObject({ code: 'move.limit' });
});

it('does not connect with units that do not fit and no factor between them', async () => {
  await expect(connectedMove(undefined, { scale: { units: 'V' } })).rejects.toMatchObject({
    code: 'data.units',
    instrument: 'x',
  });
});

it('refuses a factor of 0', async () => {
  await expect(connectedMove(undefined, { scale: { factor: 0 } })).rejects.toMatchObject({ code: 'lab.settings' });
});
