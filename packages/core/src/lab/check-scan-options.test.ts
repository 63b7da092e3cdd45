import { expect, it } from 'vitest';
import { grid } from '../scan/builders.ts';
import { suspendWhile } from '../scan/suspender.ts';
import { linspace } from '../scan/sweep.ts';
import { stubActuator, stubDetector } from '../testing/stub-instruments.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { lab } from './lab.ts';

/** What a scan, and its dry run, say to options as a script without types gives them. */
async function refusal(options: (b: { meter: unknown }) => object): Promise<string> {
  const modules = await lab({ x: stubActuator()({}), meter: stubDetector()({}) }, { clock: new VirtualClock() });
  const all = { over: grid(linspace(modules.x, 0, 1, 2)), read: [modules.meter], ...options(modules) };
  const dry = await modules.dryRun(all).then(
    () => 'would run',
    (error: Error) => error.message,
  );
  const run = async () => (await modules.scan(all).done).outcome;
  const real = await run().catch((error: Error) => error.message);
  expect(real === 'completed' ? 'would run' : real).toBe(dry);
  return dry;
}

it.each([
  ['a name in other letters', () => ({ settlems: 20 }), "there is no option 'settlems'; it is 'settleMs'"],
  ['a name that nobody knows', () => ({ dwell: 20 }), "there is no option 'dwell'; there are over, read, baseline,"],
  [
    'several at once',
    () => ({ onerror: 'skip', read: [], Save: 1 }),
    "'onerror'; it is 'onError'; there is no option 'Save'",
  ],
  ['nothing to read', () => ({ read: undefined }), 'read is a list of detectors, in brackets'],
  ['a detector without brackets', ({ meter }: { meter: unknown }) => ({ read: meter }), 'read is a list of detectors'],
  [
    'a name that is not in the lab',
    () => ({ read: [undefined] }),
    'read.0 is undefined, and no module of this lab, which has x, meter',
  ],
  ['a name in place of a module', () => ({ baseline: ['meter'] }), 'baseline.0 is meter, and no module of this lab'],
  [
    'a rule in place of a suspender',
    () => ({ suspend: [{ module: 'x', above: 1 }] }),
    'suspend.0 is not made by suspendWhile',
  ],
  ['a folder in place of a recorder', () => ({ save: './data' }), "save is no recorder, e.g. dataset('./data')"],
] as const)('a scan is refused with %s, and says what is meant', async (_, options, problem) => {
  expect(await refusal(options)).toContain(problem);
});

it('a suspender is refused that watches nothing', () => {
  expect(() => suspendWhile({ watch: undefined as never, above: 1 })).toThrow(
    'suspendWhile watches undefined: give it a module of the lab, or a stream of values',
  );
});

it('an axis is refused that is not in the lab', () => {
  expect(() => linspace(undefined as never, 0, 1, 2)).toThrow('an axis is undefined, and no actuator or its name');
});
