import { retry, type ScanSettingsInput } from '@daqtor/core';
import { FAULTS, type Fault } from './faulty-call.ts';
import { type FaultOutcome, type StepKind, scanFaultTrial } from './scan-fault-trial.ts';
import { table } from './table.ts';
import { type Kind, verdict } from './verdict.ts';

/** What each fault in each call of a scan leads to by each policy: `npm run torture:scan-faults`. */

const CALLS: Readonly<Record<string, Kind>> = {
  startMove: 'tells',
  isMoving: 'asks',
  readPosition: 'asks',
  grab: 'measures',
  live: 'streams',
};
const MOVES = ['startMove', 'isMoving', 'readPosition'];

/** The calls of each kind of scan. */
const STEPS: Readonly<Record<StepKind, readonly string[]>> = { points: [...MOVES, 'grab'], lines: [...MOVES, 'live'] };

type LastResort = 'pause' | 'skip' | 'abort';
interface Policy {
  readonly onError: ScanSettingsInput['onError'];
  readonly tries: boolean;
  readonly last: LastResort;
}

const again = (otherwise: LastResort) => retry({ times: 2, backoffMs: 20, otherwise });
const POLICIES: Readonly<Record<string, Policy>> = {
  'by default': { onError: undefined, tries: false, last: 'pause' },
  pause: { onError: 'pause', tries: false, last: 'pause' },
  skip: { onError: 'skip', tries: false, last: 'skip' },
  abort: { onError: 'abort', tries: false, last: 'abort' },
  'retry, pause': { onError: again('pause'), tries: true, last: 'pause' },
  'retry, skip': { onError: again('skip'), tries: true, last: 'skip' },
  'retry, abort': { onError: again('abort'), tries: true, last: 'abort' },
  'by module and step': {
    onError: [
      { module: 'x', phase: 'moving', policy: 'skip' },
      { module: 'meter', phase: 'grabbing', policy: 'skip' },
      { policy: 'abort' },
    ],
    tries: false,
    last: 'skip',
  },
};

/** What should come of it, from what becomes of the module. */
function expectedOf(call: string, fault: Fault, { tries, last }: Policy, once: boolean): FaultOutcome {
  // A frame that takes longer than the ramp is none.
  const isLate = call === 'live' && fault === '100 times slower';
  const became = isLate ? 'refused' : verdict(CALLS[call] as Kind, fault);
  const whole: FaultOutcome = { outcome: 'completed', statuses: [1, 1, 1, 1], pauses: false };
  if (became === 'works' || (once && tries)) return whole;
  if (last === 'pause') return { ...whole, pauses: true };
  if (last === 'abort') return { outcome: 'failed', statuses: [1, 1, 0, 0], pauses: false };
  const isRead = call === 'grab' || call === 'live';
  const given = isRead ? 4 : 2;
  // Who gives points up does not mend: a detector that is lost stays lost. An axis is told to stop, and is trusted again
  // once it has obeyed and was read at rest.
  const isOver = once && (became === 'refused' || !isRead);
  return { ...whole, statuses: [1, 1, given, isOver ? 1 : given] };
}

async function main(): Promise<void> {
  const stray: unknown[] = [];
  process.on('unhandledRejection', (reason) => stray.push(reason));
  const failures: string[] = [];
  let passed = 0;
  for (const steps of ['points', 'lines'] as const) {
    for (const once of [true, false]) {
      const rows: string[][] = [];
      for (const call of STEPS[steps]) {
        for (const [name, policy] of Object.entries(POLICIES)) {
          const row = [call, name];
          for (const fault of FAULTS) {
            const expected = expectedOf(call, fault, policy, once);
            const trial = { steps, call, fault, once, onError: policy.onError, expected };
            const broken = [
              ...(await scanFaultTrial(trial)),
              ...stray.splice(0).map((one) => `nobody handled: ${String(one)}`),
            ];
            const when = `${steps}, ${call} ${fault}, ${once ? 'once' : 'from then on'}, ${name}`;
            if (broken.length > 0) failures.push(`${when}: ${broken.join('; ')}`);
            else passed++;
            row.push(broken.length > 0 ? 'FAILED' : shortOf(expected));
          }
          rows.push(row);
        }
      }
      const title = once ? 'a call that goes wrong once' : 'a call that goes wrong from then on';
      console.log(`A scan of ${steps}, ${title}\n`);
      console.log(`${table([['', 'policy', ...FAULTS], ...rows])}\n`);
    }
  }
  console.log(
    'Statuses of the four places, a line having one bin: 1 measured, 2 given up in moving, 4 given up in grabbing, 0 not visited',
  );
  for (const failure of failures.slice(0, 50)) console.log(failure);
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

function shortOf({ outcome, statuses, pauses }: FaultOutcome): string {
  return `${statuses.join('')}${pauses ? ' paused' : ''}${outcome === 'failed' ? ' failed' : ''}`;
}

await main();
