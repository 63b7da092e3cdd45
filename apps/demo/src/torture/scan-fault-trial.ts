import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DaqtorError, fly, grid, lab, linspace, type ScanSettingsInput, VirtualClock } from '@daqtor/core';
import { dataset, readArray, readTexts } from '@daqtor/savers';
import { actuatorOnTrial, Calls, detectorOnTrial } from './drivers-on-trial.ts';
import type { Fault } from './faulty-call.ts';
import { isOpen } from './is-open.ts';

const POINTS = 4;
/** Points that are measured before anything goes wrong. */
const GOOD = 2;

/** How a scan ends. */
export interface FaultOutcome {
  readonly outcome: 'completed' | 'failed';
  /** Of each place, as in the file. */
  readonly statuses: readonly number[];
  /** Whether a person has to come. */
  readonly pauses: boolean;
}

/** What a scan measures as one: a point at rest, or a line on the fly. */
export type StepKind = 'points' | 'lines';

export interface FaultTrial {
  readonly steps: StepKind;
  /** The call that goes wrong, and how. */
  readonly call: string;
  readonly fault: Fault;
  /** Whether it goes wrong only once. */
  readonly once: boolean;
  readonly onError: ScanSettingsInput['onError'];
  readonly expected: FaultOutcome;
}

/**
 * Runs a scan that saves, in whose middle a call of a driver goes wrong. When the scan pauses, somebody mends the
 * instrument, connects it again, and resumes.
 *
 * @returns every rule that was broken
 */
export async function scanFaultTrial({
  steps,
  call,
  fault,
  once,
  onError,
  expected,
}: FaultTrial): Promise<readonly string[]> {
  const culprit = call === 'grab' || call === 'live' ? 'meter' : 'x';
  const folder = mkdtempSync(join(tmpdir(), 'daqtor-scan-faults-'));
  const clock = new VirtualClock();
  const calls = new Calls(call, fault, clock, once);
  const broken: string[] = [];
  try {
    const bench = await lab(
      {
        x: actuatorOnTrial(calls, clock, { timeoutMs: 1000, done: 'poll' }),
        y: actuatorOnTrial(new Calls('none', fault, clock), clock, { timeoutMs: 1000, done: 'poll' }),
        meter: detectorOnTrial(calls, clock, { timeoutMs: 1000 }),
      },
      { clock },
    );
    const errors: DaqtorError[] = [];
    let pauses = 0;
    bench.events$.subscribe((event) => {
      if ((event.type === 'pointSkipped' || event.type === 'scanPaused') && event.error) errors.push(event.error);
    });
    const run = bench.scan({
      over:
        steps === 'points'
          ? grid(linspace(bench.x, 1, POINTS, POINTS))
          : fly(bench.x, 0, 1, 1, { lines: linspace(bench.y, 1, POINTS, POINTS) }),
      read: [bench.meter],
      onError,
      save: dataset(folder),
    });
    run.points$.subscribe(({ step }) => {
      if (step === GOOD - 1) calls.armed = true;
    });
    const mend = async () => {
      calls.armed = false;
      await bench.connect();
      run.resume();
    };
    run.actor.on('paused', () => {
      pauses++;
      void clock.sleep(100).then(mend);
    });
    const ending = await run.done.then(
      ({ outcome, points, skipped }) => ({ outcome, points, skipped }),
      (error: DaqtorError) => {
        errors.push(error);
        return { outcome: 'failed' as const, points: Number.NaN, skipped: Number.NaN };
      },
    );
    const { file = '' } = run;
    calls.armed = false;
    await bench.close();

    const counts = [1, 2, 3, 4, 5].map((status) => expected.statuses.filter((one) => one === status).length);
    const [measured = 0, ...given] = counts;
    const skipped = given.reduce((sum, count) => sum + count, 0);
    if (ending.outcome !== expected.outcome) broken.push(`is ${ending.outcome}, not ${expected.outcome}`);
    if (ending.outcome === 'completed' && (ending.points !== measured || ending.skipped !== skipped))
      broken.push(`tells of ${ending.points} + ${ending.skipped} points, not ${measured} + ${skipped}`);
    if (pauses !== (expected.pauses ? 1 : 0)) broken.push(`paused ${pauses} times`);
    const faults = skipped + (expected.pauses ? 1 : 0) + (expected.outcome === 'failed' ? 1 : 0);
    if (errors.length !== faults) broken.push(`told ${errors.length} errors, not ${faults}`);
    for (const error of errors)
      if (error.instrument !== culprit) broken.push(`an error does not name [${culprit}]: ${error.message}`);
    if (isOpen(file)) broken.push('the file stays open');
    broken.push(...(await lookInto(file, expected, { steps, call, fault }, errors)));
  } finally {
    rmSync(folder, { recursive: true });
  }
  return broken;
}

/** Reads the file back: statuses, values, read-backs and times agree, and the log has every error. */
async function lookInto(
  file: string,
  { outcome, statuses: wanted }: FaultOutcome,
  { steps, call, fault }: Pick<FaultTrial, 'steps' | 'call' | 'fault'>,
  errors: readonly DaqtorError[],
): Promise<readonly string[]> {
  const broken: string[] = [];
  const numbers = async (path: string, channel = 'CH00') => {
    const { data } = await readArray(file, `/RawData/Scan000/${path}/Data0D/${channel}/Data00`);
    return Array.from(data as ArrayLike<number>, Number);
  };
  const statuses = await numbers('Status');
  if (String(statuses) !== String(wanted)) return [`statuses are ${statuses.join()}, not ${wanted.join()}`];
  const [values, positions, times] = [
    // On the fly, the number of frames comes first.
    await numbers('Detector000', steps === 'lines' ? 'CH01' : 'CH00'),
    await numbers('Actuator000'),
    await numbers('Timestamps'),
  ];
  for (const [i, status] of statuses.entries()) {
    const isMeasured = status === 1;
    const mayBeNaN = fault === 'NaN';
    if (isMeasured !== Number.isFinite(values[i]) && !(isMeasured && mayBeNaN))
      broken.push(`place ${i} has status ${status} and the value ${values[i]}`);
    // An axis that only says that it moves is read back where it stayed.
    const isThere = call === 'startMove' ? Number.isFinite(positions[i]) : positions[i] === i + 1;
    if (isMeasured && !isThere) broken.push(`place ${i} was measured at ${positions[i]}`);
    if ((status === 0) === Number.isFinite(times[i]))
      broken.push(`place ${i} has status ${status} and the time ${times[i]}`);
  }
  const log = (await readTexts(file)).join('\n');
  for (const { problem } of errors) if (!log.includes(problem)) broken.push(`the log lacks: ${problem}`);
  if (!log.includes(outcome)) broken.push(`the log does not say that it ${outcome}`);
  return broken;
}
