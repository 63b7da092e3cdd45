import type { DaqMove } from '../actors/daq-move.ts';
import type { DaqViewer } from '../actors/daq-viewer.ts';
import { convertUnits } from '../units/units.ts';
import { countsAt } from './condition.ts';
import type { ScanPlan } from './plan.ts';
import type { ScanSettings } from './scan-settings.ts';

/** More steps than these are estimated from as many of them, evenly spread. */
const MAX_STEPS = 20_000;

/** How long a scan takes, as far as its instruments can tell. */
export interface Duration {
  /** Motion, settling, exposure and times to wait for; without saving, and what the wires and the engine take. */
  readonly ms: number;
  /** Modules whose time is not known; they count as if they took none. */
  readonly unknown: readonly string[];
}

export function estimateDuration(
  plan: ScanPlan,
  detectors: readonly DaqViewer[],
  { settleMs, waitMs, waitUntil }: Pick<ScanSettings, 'settleMs' | 'waitMs' | 'waitUntil'>,
  baseline: readonly (DaqMove | DaqViewer)[] = [],
): Duration {
  const grabs = detectors.map((detector) => detector.expected.grabMs);
  const exposureMs = Math.max(0, ...grabs.map((ms) => ms ?? 0));
  const readings = baseline.flatMap((module) => (module.role === 'detector' ? [module] : []));
  const readingMs = Math.max(0, ...readings.map(({ expected }) => expected.grabMs ?? 0));
  const here = plan.actuators.map(({ actuator }) => actuator.position);
  const targetsAt = (step: number) =>
    plan.at(step).targets.map((target, i) => {
      const { actuator, units } = plan.actuators[i] as ScanPlan['actuators'][number];
      return convertUnits(target, units, actuator.units);
    });
  const moveMs = (from: readonly number[], to: readonly number[]) =>
    Math.max(0, ...plan.actuators.map(({ actuator }, i) => actuator.moveMs(from[i] as number, to[i] as number) ?? 0));
  const unknown = [
    ...plan.actuators.flatMap(({ actuator }, i) =>
      actuator.moveMs(here[i] as number, here[i] as number) === undefined ? [actuator.name] : [],
    ),
    ...detectors.flatMap(({ name }, i) => (grabs[i] === undefined ? [name] : [])),
    ...waitUntil.map(({ module }) => module),
    ...readings.flatMap((one) => (one.expected.grabMs === undefined ? [one.name] : [])),
  ];
  const pointsMs = plan.isTimed || plan.size <= MAX_STEPS ? walk() : sample();
  return { ms: pointsMs + 2 * readingMs, unknown: [...new Set(unknown)] };

  /** The least time that a value has to be in its band; how long it takes to come there is not known. */
  function bandMs(step: number): number {
    const moved = (name: string) => {
      const axis = plan.actuators.findIndex(({ actuator }) => actuator.name === name);
      return step === 0 || plan.at(step).targets[axis] !== plan.at(step - 1).targets[axis];
    };
    const times = waitUntil.flatMap((condition) => (countsAt(condition, step, moved) ? [condition.forMs] : []));
    return Math.max(0, ...times);
  }

  /** Step by step: a point that is due waits for its time. */
  function walk(): number {
    let [ms, from] = [0, here as readonly number[]];
    for (let step = 0; step < plan.size; step++) {
      const to = targetsAt(step);
      if (step > 0) ms += waitMs;
      ms += moveMs(from, to);
      ms += Math.max(settleMs, (plan.at(step).dueMs ?? 0) - ms) + bandMs(step) + exposureMs;
      from = to;
    }
    return ms;
  }

  function sample(): number {
    let ms = 0;
    for (let i = 0; i < MAX_STEPS; i++) {
      const step = 1 + Math.floor((i * (plan.size - 1)) / MAX_STEPS);
      ms += moveMs(targetsAt(step - 1), targetsAt(step)) + bandMs(step);
    }
    const firstMs = moveMs(here, targetsAt(0)) + bandMs(0);
    const betweenMs = ms / MAX_STEPS + waitMs;
    return firstMs + betweenMs * (plan.size - 1) + plan.size * (settleMs + exposureMs);
  }
}
