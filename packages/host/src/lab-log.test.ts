import { PassThrough } from 'node:stream';
import { DaqtorError, type LabEvent } from '@daqtor/core';
import { of } from 'rxjs';
import { expect, it } from 'vitest';
import { type LabLogOptions, labLog } from './lab-log.ts';

const error = new DaqtorError('instrument.gone', { instrument: 'x', problem: 'the wire is gone' });
const events: LabEvent[] = [
  { seq: 0, atEpochMs: 1000, source: 'x', type: 'connected' },
  { seq: 1, atEpochMs: 2000, source: 'x', type: 'grabbed' },
  { seq: 2, atEpochMs: 3000, source: 'x', type: 'faulted', error },
];

function logged(options: LabLogOptions): string[] {
  const to = new PassThrough();
  labLog(of(...events), { ...options, to });
  return String(to.read()).trimEnd().split('\n');
}

it('writes a line per event for programs, with the time of the event', () => {
  const lines = logged({ form: 'json' }).map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { level: 30, time: 1000, seq: 0, source: 'x', type: 'connected', msg: 'connected' },
    { level: 50, time: 3000, seq: 2, error: { code: 'instrument.gone' }, msg: '[x] the wire is gone' },
  ]);
});

it('shows what happens at every point only if that is wanted', () => {
  expect(logged({ form: 'json', level: 'debug' })).toHaveLength(3);
});

it('writes lines for people', () => {
  expect(logged({ form: 'text' })).toEqual([
    expect.stringMatching(/^\[\d\d:\d\d:01\.000\] INFO: x: connected$/),
    expect.stringMatching(/^\[\d\d:\d\d:03\.000\] ERROR: x: \[x\] the wire is gone$/),
  ]);
});
