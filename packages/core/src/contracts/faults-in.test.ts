import { expect, test } from 'vitest';
import { z } from 'zod';
import { errorPolicies } from '../scan/error-policy.ts';
import { scanSchema } from '../scan/scan-value.ts';
import { faultsIn } from './faults-in.ts';

const form = z.object({
  onError: errorPolicies,
  returnTo: z.union([z.literal('initial'), z.record(z.string(), z.number())]),
});
const faults = (given: object) => {
  const all = { onError: 'skip', returnTo: 'initial', ...given };
  return faultsIn(form.safeParse(all).error?.issues ?? [], all, 'settings');
};

test('a word that is none of those that there are is answered with them, and with the other forms', () => {
  expect(faults({ onError: 'ignore', returnTo: 'home' })).toEqual([
    'onError: Invalid input: expected one of "pause"|"skip"|"abort", or object, or array',
    'returnTo: Invalid input: expected "initial", or record',
  ]);
});

test.each([
  [{ retry: { times: 0 } }, 'onError.retry.times: Too small: expected number to be >0'],
  [
    { retry: { times: 1, otherwise: 'x' } },
    'onError.retry.otherwise: Invalid option: expected one of "pause"|"skip"|"abort"',
  ],
  [[{ policy: 'skip' }, { modul: 'x', policy: 'skip' }], 'onError.1: Unrecognized key: "modul"'],
  [[{ policy: 'x' }], 'onError.0.policy: Invalid input: expected one of "pause"|"skip"|"abort", or object'],
  [{ retri: {} }, 'onError.retry is missing; onError: Unrecognized key: "retri"'],
])('of %j it is told what is wrong with the form that was meant', (onError, told) => {
  expect(faults({ onError }).join('; ')).toBe(told);
});

test('data that are wrong as a whole, and where they stand', () => {
  expect(faultsIn(form.safeParse(3).error?.issues ?? [], 3, 'the file')).toEqual([
    'the file: Invalid input: expected object, received number',
  ]);
  const scan = { kind: 'linspce' };
  const { issues = [] } = scanSchema.safeParse(scan).error ?? {};
  const [fault] = faultsIn(issues, scan, 'the scan', ['scans', 0, 'over']);
  expect(fault).toMatch(/^scans\.0\.over\.kind: .*'linspace'/);
});
