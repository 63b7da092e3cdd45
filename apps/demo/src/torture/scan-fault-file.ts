import type { DaqtorError } from '@daqtor/core';
import { readArray, readTexts } from '@daqtor/savers';
import type { FaultTrial } from './fault-trial.ts';

/** Reads the file back: statuses, values, read-backs, times and the baseline agree, and the log has every error. */
export async function faultsInFile(
  file: string,
  { place, call, fault, expected, hasBaseline }: FaultTrial & { readonly hasBaseline: boolean },
  errors: readonly DaqtorError[],
): Promise<readonly string[]> {
  const { outcome, statuses: wanted, lacking = [], holds = false } = expected;
  const culprit = place.culprit(call);
  const broken: string[] = [];
  const statuses = await numbers(file, 'Status');
  if (String(statuses) !== String(wanted)) return [`statuses are ${statuses.join()}, not ${wanted.join()}`];
  const [values, positions, times] = [
    // An array is made with the first value. On the fly, the number of frames comes first.
    wanted.includes(1) ? await numbers(file, 'Detector000', place.steps === 'lines' ? 'CH01' : 'CH00') : [],
    await numbers(file, 'Actuator000'),
    await numbers(file, 'Timestamps'),
  ];
  for (const [i, status] of statuses.entries()) {
    const isMeasured = status === 1;
    const mayBeNaN = fault === 'NaN' && culprit === 'meter';
    if (isMeasured !== Number.isFinite(values[i] ?? Number.NaN) && !(isMeasured && mayBeNaN))
      broken.push(`place ${i} has status ${status} and the value ${values[i]}`);
    // An axis that only says that it moves is read back where it stayed.
    const isThere = call === 'startMove' ? Number.isFinite(positions[i]) : positions[i] === i + 1;
    if (isMeasured && !isThere) broken.push(`place ${i} was measured at ${positions[i]}`);
    if ((status === 0) === Number.isFinite(times[i]))
      broken.push(`place ${i} has status ${status} and the time ${times[i]}`);
  }
  if (hasBaseline) {
    const kept = expected.lacking === undefined ? 0 : 2;
    for (const [name, group] of [
      ['gauge', 'Detector000'],
      ['z', 'Actuator000'],
    ]) {
      const rows = await rowsOf(file, `Baseline/${group}`);
      const should = name === culprit ? kept - lacking.length : kept;
      if (rows !== should) broken.push(`the baseline has [${name}] ${rows} times, not ${should}`);
    }
  }
  const log = await readTexts(file);
  const text = log.join('\n');
  for (const { problem } of errors) if (!text.includes(problem)) broken.push(`the log lacks: ${problem}`);
  if (!text.includes(outcome)) broken.push(`the log does not say that it ${outcome}`);
  const isHeld = log.some((line) => line.includes(`${culprit} holds the scan: `));
  if (isHeld !== holds) broken.push(`the log says ${isHeld ? '' : 'not '}that it was held`);
  const lines = log.filter((line) => line.includes(`the baseline lacks a module: [${culprit}]`)).length;
  if (lines !== lacking.length) broken.push(`the log says ${lines} times what the baseline lacks`);
  return broken;
}

async function numbers(file: string, path: string, channel = 'CH00'): Promise<readonly number[]> {
  const { data } = await readArray(file, `/RawData/Scan000/${path}/Data0D/${channel}/Data00`);
  return Array.from(data as ArrayLike<number>, Number);
}

/** How often a module of the baseline was read; its array is made with the first row. */
async function rowsOf(file: string, group: string): Promise<number> {
  const { data } = await readArray(file, `/RawData/Scan000/${group}/Data0D/CH00/EnlData00`).catch(() => ({ data: [] }));
  return data.length;
}
