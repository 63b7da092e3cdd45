import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DaqtorError, fly, grid, lab, linspace, VirtualClock } from '@daqtor/core';
import { dataset } from '@daqtor/savers';
import { actuatorOnTrial, Calls, detectorOnTrial } from './drivers-on-trial.ts';
import type { Culprit, FaultTrial } from './fault-trial.ts';
import { isOpen } from './is-open.ts';
import { faultsInFile } from './scan-fault-file.ts';

const POINTS = 4;
/** Points that are measured before anything goes wrong amid a scan. */
const GOOD = 2;

/**
 * Runs a scan that saves, in the course of which a call of a driver goes wrong. When the scan pauses, or is held, somebody
 * mends the instrument, connects it again, and resumes.
 *
 * @returns every rule that was broken
 */
export async function scanFaultTrial(trial: FaultTrial): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'daqtor-scan-faults-'));
  try {
    return await brokenIn(trial, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function brokenIn(trial: FaultTrial, folder: string): Promise<readonly string[]> {
  const { place, call, fault, once, onError, expected } = trial;
  const culprit = place.culprit(call);
  const clock = new VirtualClock();
  const faulty = new Calls(call, fault, clock, once);
  const well = new Calls('none', fault, clock);
  const callsOf = (name: Culprit) => (name === culprit ? faulty : well);
  const broken: string[] = [];
  const bench = await lab(
    {
      x: actuatorOnTrial(callsOf('x'), clock, { timeoutMs: 1000, done: 'poll' }),
      y: actuatorOnTrial(well, clock, { timeoutMs: 1000, done: 'poll' }),
      z: actuatorOnTrial(callsOf('z'), clock, { timeoutMs: 1000, done: 'poll' }),
      meter: detectorOnTrial(callsOf('meter'), clock, { timeoutMs: 1000 }),
      gauge: detectorOnTrial(callsOf('gauge'), clock, { timeoutMs: 1000 }),
    },
    { clock },
  );
  const errors: DaqtorError[] = [];
  let [pauses, holds] = [0, 0];
  bench.events$.subscribe((event) => {
    if ((event.type === 'pointSkipped' || event.type === 'scanPaused') && event.error) errors.push(event.error);
  });
  const { baseline = [], ...settings } = place.options?.(call) ?? {};
  if (place.arms === 'at once') faulty.armed = true;
  const run = bench.scan({
    over:
      place.steps === 'points'
        ? grid(linspace(bench.x, 1, POINTS, POINTS))
        : fly(bench.x, 0, 1, 1, { lines: linspace(bench.y, 1, POINTS, POINTS) }),
    read: [bench.meter],
    baseline: baseline.map((name) => bench[name]),
    ...settings,
    onError,
    save: dataset(folder),
  });
  run.points$.subscribe(({ step }) => {
    if (place.arms === 'amid' && step === GOOD - 1) faulty.armed = true;
    if (place.arms === 'after the last' && step === POINTS - 1) faulty.armed = true;
  });
  let hasFlown = false;
  run.actor.subscribe(({ value, context }) => {
    if (place.arms !== 'on the ramp' || hasFlown || value !== 'grabbing' || context.step !== GOOD) return;
    hasFlown = true;
    faulty.armed = true;
  });
  const mend = async () => {
    faulty.armed = false;
    await bench.connect();
  };
  run.actor.on('paused', () => {
    pauses++;
    void clock.sleep(100).then(async () => {
      await mend();
      run.resume();
    });
  });
  run.actor.on('held', () => {
    holds++;
    void clock.sleep(100).then(mend);
  });
  const ending = await run.done.then(
    ({ outcome, points, skipped, troubles }) => ({ outcome, points, skipped, troubles }),
    (error: DaqtorError) => {
      errors.push(error);
      return { outcome: 'failed' as const, points: Number.NaN, skipped: Number.NaN, troubles: [] };
    },
  );
  const { file = '' } = run;
  faulty.armed = false;
  await bench.close();

  const counts = [1, 2, 3, 4, 5].map((status) => expected.statuses.filter((one) => one === status).length);
  const [measured = 0, ...given] = counts;
  const skipped = given.reduce((sum, count) => sum + count, 0);
  if (ending.outcome !== expected.outcome) broken.push(`is ${ending.outcome}, not ${expected.outcome}`);
  if (ending.outcome === 'completed' && (ending.points !== measured || ending.skipped !== skipped))
    broken.push(`tells of ${ending.points} + ${ending.skipped} points, not ${measured} + ${skipped}`);
  if (pauses !== (expected.pauses ? 1 : 0)) broken.push(`paused ${pauses} times`);
  if (holds > 0 !== (expected.holds ?? false)) broken.push(`was held ${holds} times`);
  // What does not answer to the end cannot be told to rest either.
  if (expected.hasTrouble ? ending.troubles.length === 0 : once && ending.troubles.length > 0)
    broken.push(`told ${ending.troubles.length} troubles`);
  const faults = skipped + (expected.pauses ? 1 : 0) + (expected.outcome === 'failed' ? 1 : 0);
  if (errors.length !== faults) broken.push(`told ${errors.length} errors, not ${faults}`);
  const told = [...errors, ...ending.troubles];
  for (const error of told)
    if (error.instrument !== culprit) broken.push(`an error does not name [${culprit}]: ${error.message}`);
  if (isOpen(file)) broken.push('the file stays open');
  broken.push(...(await faultsInFile(file, { ...trial, hasBaseline: baseline.length > 0 }, told)));
  return broken;
}
