import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DaqtorError, grid, lab, linspace, VirtualClock } from '@daqtor/core';
import { dataset, readArray } from '@daqtor/savers';
import type { Cell, Verdict } from './cell.ts';
import { actuatorOnTrial, Calls, detectorOnTrial } from './drivers-on-trial.ts';
import { FAULTS } from './faulty-call.ts';
import { type Kind, verdict } from './verdict.ts';

const CALLS: Readonly<Record<string, Kind>> = {
  startMove: 'tells',
  isMoving: 'asks',
  readPosition: 'asks',
  grab: 'measures',
};
const POINTS = 4;
/** Points that are measured before anything goes wrong. */
const GOOD = 2;

/** The calls of a scan point, with every fault, in the middle of a scan that saves. */
export function scanMatrix(): Cell[] {
  return Object.entries(CALLS).flatMap(([call, kind]) =>
    FAULTS.map((fault): Cell => {
      const expected = verdict(kind, fault);
      const clock = new VirtualClock();
      const run = () => runScan(new Calls(call, fault, clock), clock, call === 'grab' ? 'meter' : 'x', expected);
      return { subject: `DAQ_Scan ${call}`, fault, expected, run };
    }),
  );
}

/** A scan of a faulty instrument must end, name it, and leave a file that is closed and holds what was measured. */
async function runScan(
  calls: Calls,
  clock: VirtualClock,
  culprit: string,
  expected: Verdict,
): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'daqtor-faults-'));
  const broken: string[] = [];
  try {
    const bench = await lab(
      {
        x: actuatorOnTrial(calls, clock, { timeoutMs: 1000, done: 'poll' }),
        meter: detectorOnTrial(calls, clock, { timeoutMs: 1000 }),
      },
      { clock },
    );
    const run = bench.scan({
      over: grid(linspace(bench.x, 1, POINTS, POINTS)),
      read: [bench.meter],
      onError: 'abort',
      save: dataset(folder),
    });
    run.points$.subscribe(({ step }) => {
      calls.armed = step === GOOD - 1;
    });
    const error = await run.done.then(
      () => undefined,
      (error: DaqtorError) => error,
    );
    if (expected === 'works' && error) broken.push(`failed: ${error.message}`);
    if (expected !== 'works' && error?.instrument !== culprit)
      broken.push(`the error does not name it: ${error?.message}`);
    const { file = '' } = run;
    calls.armed = false;
    await bench.close();
    if (!existsSync(file)) broken.push('there is no file');
    else if (isOpen(file)) broken.push('the file stays open');
    else broken.push(...(await lookInto(file, expected === 'works' ? POINTS : GOOD)));
  } finally {
    rmSync(folder, { recursive: true });
  }
  return broken;
}

/** Whether this process still has a file open. */
function isOpen(file: string): boolean {
  const here = '/proc/self/fd';
  if (!existsSync(here)) return false; // only Linux tells
  return readdirSync(here).some((fd) => {
    try {
      return readlinkSync(join(here, fd)) === file;
    } catch {
      // It was closed since it was listed.
      return false;
    }
  });
}

/** Reads the file back, and counts the points that it marks as measured. */
async function lookInto(file: string, points: number): Promise<readonly string[]> {
  const { data } = await readArray(file, '/RawData/Scan000/Status/Data0D/CH00/Data00');
  const measured = Array.from(data as ArrayLike<number>).filter((status) => Number(status) === 1).length;
  return measured === points ? [] : [`the file holds ${measured} points, not ${points}`];
}
