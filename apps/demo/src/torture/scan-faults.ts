import { type FaultCase, PLACES, type PlaceOnTrial } from './fault-places.ts';
import { faultPolicies } from './fault-policies.ts';
import type { FaultOutcome } from './fault-trial.ts';
import { FAULTS } from './faulty-call.ts';
import { scanFaultTrial } from './scan-fault-trial.ts';
import { table } from './table.ts';

/**
 * What each fault in each call of a scan leads to by each policy: `npm run torture:scan-faults`, or of some places only:
 * `npm run torture:scan-faults -- condition 'way back'`.
 */

/** Those of places where policies make no difference. */
const FEW: readonly string[] = ['by default', 'skip', 'retry, abort'];

interface Tried {
  readonly short: string;
  readonly broken: readonly string[];
}

async function tried(place: PlaceOnTrial, call: string, one: FaultCase): Promise<Tried> {
  const expected = place.expected(call, one);
  const { fault, once, policy } = one;
  const broken = await scanFaultTrial({ place, call, fault, once, onError: policy.onError, expected }).catch(
    (error: unknown) => [`broke the trial itself: ${String(error)}`],
  );
  return { short: broken.length > 0 ? 'FAILED' : shortOf(expected), broken };
}

async function main(wanted: readonly string[]): Promise<void> {
  const failures: string[] = [];
  process.on('unhandledRejection', (reason) => failures.push(`nobody handled: ${String(reason)}`));
  let passed = 0;
  for (const place of PLACES.filter(({ title }) => wanted.every((word) => title.includes(word)))) {
    for (const once of [true, false]) {
      const when = once ? 'a call that goes wrong once' : 'a call that goes wrong from then on';
      const cases = Object.keys(place.calls).flatMap((call) =>
        Object.entries(faultPolicies(place.culprit(call)))
          .filter(([name]) => !place.hasOneWay || FEW.includes(name))
          .flatMap(([name, policy]) => FAULTS.map((fault) => ({ call, name, fault, once, policy }))),
      );
      const trials: Tried[] = [];
      for (const one of cases) trials.push(await tried(place, one.call, one));
      for (const [i, { broken }] of trials.entries()) {
        const { call, fault, name } = cases[i] as (typeof cases)[number];
        if (broken.length > 0)
          failures.push(`${place.title}, ${call} ${fault}, ${when}, ${name}: ${broken.join('; ')}`);
        else passed++;
      }
      const rows = cases.flatMap(({ call, name }, i) =>
        i % FAULTS.length > 0 ? [] : [[call, name, ...trials.slice(i, i + FAULTS.length).map(({ short }) => short)]],
      );
      console.log(`${place.title}, ${when}\n\n${table([['', 'policy', ...FAULTS], ...rows])}\n`);
    }
  }
  console.log(
    'Statuses of the four places, a line having one bin: 1 measured, 2 given up in moving, 3 in settling, 4 in grabbing, 0 not visited; -begin, -end: a reading of the baseline that lacks the module',
  );
  for (const failure of failures.slice(0, 50)) console.log(failure);
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

function shortOf({ outcome, statuses, pauses, holds, hasTrouble, lacking = [] }: FaultOutcome): string {
  const words = [
    statuses.join(''),
    ...lacking.map((at) => `-${at}`),
    ...(pauses ? ['paused'] : []),
    ...(holds ? ['held'] : []),
    ...(hasTrouble ? ['not back'] : []),
    ...(outcome === 'failed' ? ['failed'] : []),
  ];
  return words.join(' ');
}

await main(process.argv.slice(2));
