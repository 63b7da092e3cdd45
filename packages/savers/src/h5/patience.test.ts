import { DaqtorError, VirtualClock } from '@daqtor/core';
import { expect, test } from 'vitest';
import { saveFailed } from './h5-errors.ts';
import { Patience } from './patience.ts';

const failure = (code: string) =>
  DaqtorError.from(saveFailed('committing', 'a.h5', Object.assign(new Error(code), { code })));

function patience() {
  const clock = new VirtualClock();
  const one = new Patience(clock);
  const troubles: (string | undefined)[] = [];
  one.trouble$.subscribe((trouble) => troubles.push(trouble?.problem));
  return { clock, one, troubles };
}

test('a full disk is waited for a second at a time, and told once', async () => {
  const { clock, one, troubles } = patience();
  one.begin();
  for (const _ of [1, 2]) expect(await one.endures(failure('ENOSPC'))).toBe(true);
  expect(clock.now()).toBe(2000);
  one.end();
  expect(troubles).toEqual([undefined, expect.stringContaining('No space left'), undefined]);
});

test('before it is patient, and for any other cause, it does not wait', async () => {
  const { clock, one, troubles } = patience();
  expect(await one.endures(failure('ENOSPC'))).toBe(false);
  one.begin();
  expect(await one.endures(failure('EIO'))).toBe(false);
  expect(clock.now()).toBe(0);
  expect(troubles).toEqual([undefined]);
});

test('who gives up does not wait any longer', async () => {
  const { clock, one } = patience();
  one.begin();
  const enduring = one.endures(failure('EDQUOT'));
  one.giveUp();
  expect(await enduring).toBe(false);
  expect(clock.now()).toBe(0);
  expect(await one.endures(failure('EDQUOT'))).toBe(false);
});
