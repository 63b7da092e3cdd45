// A day of logging five instruments whose links are lost a hundred times, in virtual time, twice. Ends with
// `N passed, N failed`.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { numbersGiven } from '@daqtor/core/testing';
import { esp301, keithley2000 } from '@daqtor/drivers';
import { logFile, readArray } from '@daqtor/savers';
import { simulatedEsp301, simulatedKeithley2000, virtualLab } from '@daqtor/sim';
import { check, conclude } from './verdict.ts';

const HOUR_MS = 3_600_000;
const [HOURS] = numbersGiven('npm run soak:lab -- [hours]', 24);
const LOSSES = 100;
const LONGEST_MS = 60_000;

async function day(seed: number) {
  const folder = mkdtempSync(join(tmpdir(), 'daqtor-soak-'));
  try {
    const beganMs = performance.now();
    const lab = await virtualLab(
      ({ clock, wire }) => {
        const meter = (i: number) =>
          keithley2000({
            port: wire(`meter${i}`, simulatedKeithley2000({ clock, seed: i, input: () => i, inputNoiseV: 0.01 })),
            nplc: 0.1,
          });
        const stage = esp301({ port: wire('stage', simulatedEsp301({ clock, stages: [{}], seed })), axis: 1 });
        return { stage, a: meter(1), b: meter(2), c: meter(3), d: meter(4) };
      },
      { seed, reconnect: { firstMs: 500, longestMs: 10_000 } },
    );
    const { bench, clock, events } = lab;
    const modules = Object.values(bench.modules).map((module, i) => ({ module, everyMs: 4000 + 1000 * i }));
    const logger = await bench.log({ modules, to: logFile(folder, { commit: { everyMs: 60_000 } }) });
    const file = logger.file ?? '';
    lab.loseLinks({ count: LOSSES, withinMs: HOURS * HOUR_MS, awayMs: [12_000, 45_000] });
    await clock.sleep(HOURS * HOUR_MS + LONGEST_MS);
    const states = Object.values(bench.modules).map(({ state }) => state);
    await bench.close();
    const rows = await Promise.all(
      [0, 1, 2, 3].map(
        async (i) => (await readArray(file, `/RawData/Scan000/Detector00${i}/NavAxes/Axis00`)).data.length,
      ),
    );
    // The folder has a name of its own each time.
    const told = JSON.stringify(events).replaceAll(folder, '');
    return {
      seconds: (performance.now() - beganMs) / 1000,
      count: (type: string) => events.filter((event) => event.type === type).length,
      events: events.length,
      hash: createHash('sha256').update(told).digest('hex').slice(0, 16),
      rows: rows.reduce((sum, each) => sum + each, 0),
      isWell: states.every((state) => state === 'idle' || state === 'grabbing'),
      states: states.join(' '),
      pending: clock.pending,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const first = await day(7);
const second = await day(7);
const other = await day(8);
console.log(`${HOURS} h of five instruments, ${LOSSES} links lost, ${first.events} events`);
check('links were lost and came back', first.count('reconnected') >= 0.9 * LOSSES, first.count('reconnected'));
check('all instruments are well in the end', first.isWell, first.states);
check('every grab is in the file', first.rows === first.count('grabbed'), `${first.rows} of ${first.count('grabbed')}`);
check('no timer is left', first.pending === 0, first.pending);
check('two runs tell the same', first.hash === second.hash, `${first.hash} ${second.hash}`);
check('another seed tells something else', first.hash !== other.hash, other.hash);
check('a day takes less than a minute', first.seconds < 60, `${first.seconds.toFixed(1)} s`);
conclude();
