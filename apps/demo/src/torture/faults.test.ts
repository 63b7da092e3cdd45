import { expect, it } from 'vitest';
import { driverMatrix } from './driver-matrix.ts';
import { runCells } from './run-cells.ts';
import { wireMatrix } from './wire-matrix.ts';

const failures = async (cells: ReturnType<typeof driverMatrix>) =>
  (await runCells(cells))
    .filter(({ broken }) => broken.length > 0)
    .map(({ cell, broken }) => `${cell.subject}, ${cell.fault}: ${broken.join('; ')}`);

it('leaves every module in the right state, whatever a call of its driver does', async () => {
  expect(await failures(driverMatrix())).toEqual([]);
});

it('leaves every module in the right state, whatever its wire does', async () => {
  expect(await failures(wireMatrix())).toEqual([]);
});
