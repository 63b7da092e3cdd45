import { type AddedPoints, areRows } from './kinds/extended.ts';
import type { ScanPlan } from './plan.ts';
import { outOfReach, reachOver } from './reach.ts';

/** Why these points cannot be added to a scan: every reason. */
export function additionProblems(added: AddedPoints, plan: ScanPlan): string[] {
  const fixed = whyFixed(plan);
  if (fixed !== undefined) return [`${fixed}, so that none can be added; a scan that follows it can have more`];
  const isList = plan.distribution === 'spread';
  if (areRows(added) !== isList) {
    return [
      isList
        ? 'it is a list of points: add names whole points, e.g. [{ x: 1, y: 2 }]'
        : 'it is a grid: add names positions of its axes, e.g. { x: [3, 4] }',
    ];
  }
  const names = plan.actuators.map(({ actuator }) => actuator.name);
  const given = areRows(added) ? added.flatMap(Object.keys) : Object.keys(added);
  const unknown = [...new Set(given)].filter((name) => !names.includes(name));
  return [
    ...unknown.map((name) => `add names [${name}], which the scan does not move`),
    ...(areRows(added)
      ? names.flatMap((name) => {
          const lacking = added.flatMap((row, i) => (Object.hasOwn(row, name) ? [] : [i]));
          return lacking.length > 0 ? [`add has no position of [${name}] in points ${lacking.join(', ')}`] : [];
        })
      : []),
    ...beyondLimits(added, plan),
  ];
}

function beyondLimits(added: AddedPoints, { actuators }: ScanPlan): string[] {
  return actuators.flatMap((planned) => {
    const { name, state, limits } = planned.actuator;
    if (state !== 'idle') return [`[${name}] is ${state}, not idle`];
    const positions = positionsOf(name, added);
    return outOfReach(
      reachOver(planned, (see) => positions.forEach(see)),
      limits,
    ).map((reason) => `add: ${reason}`);
  });
}

function positionsOf(name: string, added: AddedPoints): readonly number[] {
  if (areRows(added)) return added.flatMap((row) => (Object.hasOwn(row, name) ? (row[name] as number) : []));
  return (Object.hasOwn(added, name) ? added[name] : undefined) ?? [];
}

function whyFixed({ signal, flight, isTimed, distribution, actuators, navAxes }: ScanPlan): string | undefined {
  if (signal) return 'its points follow from the data';
  if (flight) return 'its points are the bins of lines that are flown';
  if (isTimed) return 'its points have times, which pass';
  if (distribution === 'spread' && navAxes().length > actuators.length) return 'each of its points has its repetitions';
  return undefined;
}
