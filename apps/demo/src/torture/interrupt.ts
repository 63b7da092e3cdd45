import { adaptive1D, adaptive2D, DaqtorError, fly, grid, inBand, linspace, retry, times } from '@daqtor/core';
import { scanKinds } from '@daqtor/core/testing';
import { INTERRUPTIONS } from './interrupt-actions.ts';
import { type Course, instantsOf, trial } from './interrupt-trial.ts';
import { table } from './table.ts';

/** Interrupts every scan in every state of its machine, in every way: `npm run torture:interrupt [-- NAME]`. */

const line = ({ x }: Parameters<Course['make']>[0]) => grid(linspace(x, 0, 3, 4));
const refusal = new DaqtorError('instrument.fault', { problem: 'it refuses' });

/** Scans that do not run smoothly by themselves: they have states that others have not. */
const ROUGH: Readonly<Record<string, Course>> = {
  'one that tries again': {
    make: line,
    settings: { onError: retry({ times: 9, backoffMs: 10, factor: 1 }) },
    fault: () => {
      let grabs = 0;
      return (name) => (name === 'meter' && ++grabs === 3 ? refusal : undefined);
    },
  },
  'one that gives up points': {
    make: line,
    settings: { onError: 'skip' },
    fault: () => (name, target) => (name === 'x' && target === 2 ? refusal : undefined),
  },
  'one that is held': { make: line, beamLostAtMs: 60 },
  'one that pauses by itself': {
    make: line,
    fault: () => {
      let grabs = 0;
      return (name) => (name === 'meter' && ++grabs === 3 ? refusal : undefined);
    },
  },
};

/** Scans that do more than measure points. */
const RICH: Readonly<Record<string, Course>> = {
  'with a baseline': { make: line, hasBaseline: true },
  'with a condition': {
    make: line,
    settings: {
      waitUntil: [
        inBand('y', { from: 0, to: 1, forMs: 4, withinMs: 500, everyMs: 2 }),
        inBand('camera', { data: 'camera', of: 'max', from: 0, forMs: 1, withinMs: 500, everyMs: 2, steps: [1, 2] }),
      ],
    },
  },
};

const KINDS = {
  ...scanKinds,
  adaptive_line: adaptive1D('x', 0, 2, { signal: 'meter', count: 6, initial: 3 }),
  fly: fly('x', 0, 4, 3, { overrun: 0.5 }),
  fly_lines: fly('x', 0, 4, 3, { lines: linspace('y', 0, 1, 3), snake: true }),
  fly_timed: fly('x', 0, 4, 9, { lines: times(2, 80) }),
  adaptive_plane: adaptive2D(['x', 0, 1], ['y', 0, 1], { signal: 'meter', count: 7, initial: 4 }),
};

const COURSES: Readonly<Record<string, Course>> = {
  ...Object.fromEntries(Object.entries(KINDS).map(([name, scan]): [string, Course] => [name, { make: () => scan }])),
  ...RICH,
  ...ROUGH,
};

async function main(): Promise<void> {
  const stray: unknown[] = [];
  process.on('unhandledRejection', (reason) => stray.push(reason));
  const [wanted] = process.argv.slice(2);
  if (wanted !== undefined && !(wanted in COURSES)) {
    throw new Error(`no kind of scan is called ${wanted}: there are ${Object.keys(COURSES).join(', ')}`);
  }
  const rows: string[][] = [];
  const failures: string[] = [];
  const hits = new Map<string, number>();
  let [passed, refused] = [0, 0];
  for (const [kind, course] of Object.entries(COURSES)) {
    if (wanted !== undefined && kind !== wanted) continue;
    const whole = await trial(course);
    const row = [kind, String(whole.points.length)];
    for (const rule of whole.broken) failures.push(`${kind}, uninterrupted: ${rule}`);
    for (const [name, { act, judge }] of Object.entries(INTERRUPTIONS)) {
      let [runs, bad] = [0, 0];
      for (const instant of instantsOf(whole)) {
        const trail = await trial(course, instant, act);
        const broken = [
          ...trail.broken,
          ...judge(trail, whole, kind in ROUGH),
          ...stray.splice(0).map((one) => `nobody handled: ${String(one)}`),
        ];
        runs++;
        if (trail.refusal !== undefined) refused++;
        if (trail.hit) hits.set(trail.hit.name, (hits.get(trail.hit.name) ?? 0) + 1);
        if (broken.length === 0) passed++;
        else {
          bad++;
          const where = `${trail.hit?.name ?? 'the end'} of step ${trail.hit?.step} (${instant.entry}+${instant.afterMs} ms)`;
          failures.push(`${kind}, ${name} in ${where}: ${broken.join('; ')}`);
        }
      }
      row.push(bad > 0 ? `${bad} of ${runs} FAILED` : String(runs));
    }
    rows.push(row);
  }
  console.log(table([['scan', 'points', ...Object.keys(INTERRUPTIONS)], ...rows]));
  console.log(`\nInterruptions by state: ${[...hits].map(([name, count]) => `${name} ${count}`).join(', ')}`);
  console.log(`${refused} commands were refused with their reason, and changed nothing\n`);
  for (const failure of failures.slice(0, 50)) console.log(failure);
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

await main();
