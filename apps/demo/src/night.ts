import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type BatchScan,
  batch,
  both,
  type DaqScan,
  DataWithAxes,
  defineDetector,
  ellipse,
  grid,
  type Lab,
  lab,
  linspace,
  realClock,
  retry,
  type Suspender,
  steps,
  suspendWhile,
  VirtualClock,
} from '@daqtor/core';
import { dataset, describeFile, documents, formatTree, resumeScan } from '@daqtor/savers';
import { mockActuator } from '@daqtor/sim';
import { BehaviorSubject } from 'rxjs';
import { z } from 'zod';

/**
 * A night's work without anybody there, in virtual time: three scans in a batch, a detector that fails now and then and is
 * asked again, a beam that is lost for ten minutes, and, if asked for, a crash in the middle: `npm run demo:night --
 * --crash-at 40`, then `npm run demo:night -- --resume`.
 */
const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: './data/night' },
    'crash-at': { type: 'string' },
    resume: { type: 'boolean', default: false },
  },
});
/** The beam is lost after so many points of the first scan, for so long. */
const BEAM_LOST = { afterPoints: 30, forMs: 600_000 } as const;
const MORNING_MS = options.resume ? 8 * 3_600_000 : 0;
const clock = new VirtualClock(realClock.epochMs() + MORNING_MS);

/** A diode that fails at every thirtieth grab. */
const diode = defineDetector({
  kind: 'moody-diode',
  title: 'A diode with moods',
  settings: z.object({}),
  connect: async (_, { clock }) => {
    let grabs = 0;
    return {
      identity: 'diode 7',
      grab: async (signal) => {
        await clock.sleep(2000, signal);
        if (++grabs % 30 === 0) throw new Error('it was in a mood');
        return [new DataWithAxes({ name: 'power', data: [1 + Math.sin(grabs)], units: 'mW' })];
      },
      close: async () => {},
    };
  },
});

const specs = { x: mockActuator({ velocity: 2 }), y: mockActuator({ velocity: 2 }), power: diode({}) };

/** The current of the beam. */
const beam$ = new BehaviorSubject(1);
const suspend: readonly Suspender[] = [suspendWhile({ watch: beam$, name: 'beam', below: 0.5, forMs: 5000 })];

function nightOf({ x, y, power }: Lab<typeof specs>): readonly BatchScan[] {
  const common = {
    read: [power],
    settleMs: 50,
    onError: retry({ times: 3, backoffMs: 500, otherwise: 'skip' as const }),
    suspend,
  };
  return [
    { name: 'overview', over: grid(linspace(y, -2, 2, 9), linspace(x, -2, 2, 9)).snake(), ...common },
    {
      name: 'disc',
      over: grid(steps(y, -1, 1, 0.25), steps(x, -1, 1, 0.25)).inside(ellipse([0, 0], [1, 1]), x, y),
      ...common,
    },
    { name: 'line in random order', over: grid(linspace(x, -1, 1, 41)).shuffled(7), ...common },
  ];
}

function loseBeam(run: DaqScan): void {
  run.actor.on('pointSaved', ({ measured }) => {
    if (measured !== BEAM_LOST.afterPoints) return;
    beam$.next(0);
    clock.setTimeout(() => beam$.next(1), BEAM_LOST.forMs);
  });
}

/** Shows how a scan ends, and dies in its middle if it was told to. */
function follow(name: string, run: DaqScan, crashAt: number): void {
  run.actor.on('held', ({ by }) => console.log(`  ${name}: held by ${by.join(', ')}`));
  run.actor.on('lifted', ({ measured }) => console.log(`  ${name}: goes on after ${measured} points`));
  run.actor.on('retrying', ({ error }) => console.log(`  ${name}: once more, for ${error.message}`));
  run.actor.on('pointSaved', ({ measured }) => {
    if (measured !== crashAt) return;
    console.log(`  ${name}: the process is killed after ${measured} points`);
    process.kill(process.pid, 'SIGKILL');
  });
}

function lastFile(folder: string): string {
  const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
  const last = names
    .filter((name) => name.endsWith('.h5'))
    .sort()
    .at(-1);
  if (last === undefined) throw new Error(`there is nothing to resume in ${folder}`);
  return join(folder, last);
}

const bench = await lab(specs, { clock });
const night = nightOf(bench);
const runs = documents(join(options.out, 'documents'));
let [next, file] = [0, undefined as string | undefined];
if (options.resume) {
  file = lastFile(options.out);
  const { run, from, gap, remarks } = await resumeScan(file, bench, { suspend, save: (same) => both(same, runs) });
  console.log(
    `${file}: ${from} points are there, nothing happened for ${(gap.untilEpochMs - gap.fromEpochMs) / 1000} s`,
  );
  for (const remark of remarks) console.log(`  ${remark}`);
  follow('resumed', run, Number.NaN);
  const { group = '', points } = await run.done;
  console.log(`${group} is complete, with ${points} points`);
  next = Number(group.slice(-3)) + 1;
}
const save = both(dataset(options.out, { sample: 'a night' }, file === undefined ? {} : { file }), runs);
const rest = batch(bench, night.slice(next), { save });
// The crash comes in the second scan: in the middle of the night, and of the file.
rest.runs$.subscribe(({ name, index, run }) => {
  console.log(`${name} begins`);
  if (next + index === 0) loseBeam(run as DaqScan);
  follow(name, run as DaqScan, next + index === 1 ? Number(options['crash-at'] ?? Number.NaN) : Number.NaN);
});
const { entries } = await rest.done;
for (const { name, state, result } of entries) {
  console.log(`${name} ${state}: ${result?.points} points, ${result?.skipped} skipped`);
  file ??= result?.file;
}
await bench.close();
if (file !== undefined)
  console.log(
    formatTree(await describeFile(file))
      .split('\n')
      .filter((line) => /Scan\d|Power|power/.test(line))
      .join('\n'),
  );
