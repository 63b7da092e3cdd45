import { expect, it } from 'vitest';
import { connectedMove, slow } from '../testing/connected-move.ts';

it('approaches every target from below', async () => {
  const { x, driver } = await connectedMove(undefined, { backlash: 0.5 });
  await x.move(2);
  await x.move(1);
  expect(driver.calls).toEqual(['startMove 2', 'startMove 0.5', 'startMove 1']);
});

it('goes directly as long as it goes on in the same direction, however small the step', async () => {
  const { x, driver } = await connectedMove(undefined, { backlash: 0.5 });
  await x.move(2);
  await x.move(2.001);
  await x.move(2.001);
  expect(driver.calls).toEqual(['startMove 2', 'startMove 2.001', 'startMove 2.001']);
});

it('takes up the play where it does not know on which side it is', async () => {
  const { x, clock, driver } = await connectedMove(slow, { backlash: 0.5 });
  await x.move(0.1);
  expect(driver.calls).toEqual(['startMove -0.4', 'startMove 0.1']);
  const move = x.move(3);
  await clock.sleep(100);
  await x.stop();
  await move;
  driver.calls.length = 0;
  await x.move(3.1);
  expect(driver.calls).toEqual(['startMove 2.6', 'startMove 3.1']);
});

it('approaches from above where the backlash is negative', async () => {
  const { x, driver } = await connectedMove(undefined, { backlash: -0.5 });
  await x.move(-1);
  await x.move(2);
  expect(driver.calls).toEqual(['startMove -1', 'startMove 2.5', 'startMove 2']);
});

it('keeps the approach within the limits, by refusing targets that leave no room for it', async () => {
  const { x, driver } = await connectedMove(undefined, { backlash: 0.5, limits: [0, 10] });
  expect(x.limits).toEqual({ min: 0.5, max: 10 });
  await expect(x.move(0.4)).rejects.toMatchObject({ code: 'move.limit' });
  expect(driver.calls).toEqual([]);
});
