import { expect, it } from 'vitest';
import { DaqtorError } from './daqtor-error.ts';

const timeout = new DaqtorError('instrument.timeout', {
  problem: "no answer to '1TP' within 500 ms",
  advice: 'Check the cable',
  cause: new Error('EIO'),
});

it('reads as [instrument] problem. Advice.', () => {
  expect(DaqtorError.of(timeout, 'x', 'reading').message).toBe(
    "[x] no answer to '1TP' within 500 ms. Check the cable.",
  );
});

it('keeps code, cause and the first instrument that it was named after', () => {
  const named = DaqtorError.of(DaqtorError.of(timeout, 'x', ''), 'scan', '');
  expect(named).toMatchObject({ code: 'instrument.timeout', instrument: 'x', cause: timeout.cause });
});

it('says what was tried when the driver threw something of its own', () => {
  const cause = new TypeError('undefined is not a function');
  const error = DaqtorError.of(cause, 'camera', 'grabbing');
  expect(error.message).toContain('[camera] grabbing failed: undefined is not a function');
  expect(error.cause).toBe(cause);
});

it('survives a worker boundary as data', () => {
  const copy = DaqtorError.from(structuredClone(DaqtorError.of(timeout, 'x', '').toJSON()));
  expect(DaqtorError.is(copy)).toBe(true);
  expect(copy).toMatchObject({ code: 'instrument.timeout', instrument: 'x', cause: 'Error: EIO' });
});
