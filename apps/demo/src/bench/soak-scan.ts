// A scan of a day in virtual time, twice: each minute a line to and fro with simulated instruments on simulated wires, saved.
// Ends with `N passed, N failed`. `npm run soak:scan -- [hours]`
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { grid, linspace, times } from '@daqtor/core';
import { numbersGiven } from '@daqtor/core/testing';
import { esp301, keithley2000 } from '@daqtor/drivers';
import { dataset, readArray } from '@daqtor/savers';
import { simulatedEsp301, simulatedKeithley2000, virtualLab } from '@daqtor/sim';
import { check, conclude } from './verdict.ts';

const MINUTE_MS = 60_000;
const [HOURS] = numbersGiven('npm run soak:scan -- [hours]', 24);
const LINES = HOURS * 60;
const COLUMNS = 10;
/** How late a line may begin: its first move, and the poll in which its end is noticed. */
const LATE_MS = 1500;

async function day(seed: number) {
  const folder = mkdtempSync(join(tmpdir(), 'daqtor-soak-'));
  try {
    const beganMs = performance.now();
    const { bench, clock } = await virtualLab(
      ({ clock, wire }) => {
        const meter = simulatedKeithley2000({ clock, seed, input: () => 1, inputNoiseV: 0.01 });
        const stage = simulatedEsp301({ clock, stages: [{}], seed });
        return {
          x: esp301({ port: wire('stage', stage), axis: 1, epsilon: 0.002 }),
          power: keithley2000({ port: wire('meter', meter), nplc: 0.1 }),
        };
      },
      { seed },
    );
    const over = grid(times(LINES, MINUTE_MS), linspace(bench.getMove('x'), -1, 1, COLUMNS)).snake('x');
    const run = bench.scan({
      over,
      read: [bench.getViewer('power')],
      onError: 'abort',
      save: dataset(folder, {}, { commit: { everyMs: MINUTE_MS } }),
    });
    const { points, file = '', group = '' } = await run.done;
    const tookMs = clock.now();
    await bench.close();
    const array = async (path: string) => (await readArray(file, `${group}/${path}`)).data as Float64Array;
    const values = await array('Detector000/Data0D/CH00/Data00');
    const seconds = await array('Timestamps/Data0D/CH00/Data00');
    const begins = Array.from({ length: LINES }, (_, line) =>
      Math.min(...seconds.slice(line * COLUMNS, (line + 1) * COLUMNS)),
    );
    return {
      wallS: (performance.now() - beganMs) / 1000,
      hours: tookMs / 3_600_000,
      points,
      stored: values.filter(Number.isFinite).length,
      latestMs: Math.max(...begins.map((second, line) => 1000 * (second - (begins[0] ?? 0)) - line * MINUTE_MS)),
      hash: createHash('sha256').update(values).update(seconds).digest('hex').slice(0, 16),
      pending: clock.pending,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const first = await day(7);
const second = await day(7);
const other = await day(8);
console.log(`${HOURS} h, ${LINES} lines of ${COLUMNS} points`);
check('it took its time', Math.abs(first.hours - HOURS) < 0.05, `${first.hours.toFixed(3)} h`);
check('every point is in the file', first.stored === LINES * COLUMNS, `${first.stored} of ${first.points}`);
check('every line began at its time', first.latestMs < LATE_MS, `at most ${first.latestMs.toFixed(0)} ms late`);
check('no timer is left', first.pending === 0, first.pending);
check('two runs measure the same', first.hash === second.hash, `${first.hash} ${second.hash}`);
check('another seed measures something else', first.hash !== other.hash, other.hash);
check('a day takes less than a minute', first.wallS < 60, `${first.wallS.toFixed(1)} s`);
conclude();
