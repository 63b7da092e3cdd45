import type { DaqMove } from '../actors/daq-move.ts';
import type { DaqViewer } from '../actors/daq-viewer.ts';
import { convertUnits } from '../units/units.ts';
import { countsAt } from './condition.ts';
import { rampOf } from './fly/flight.ts';
import type { ScanPlan } from './plan.ts';
import type { ScanSettings } from './scan-settings.ts';

/** More steps than these are estimated from as many of them, evenly spread. */
const MAX_STEPS = 20_000;

/** How long a scan takes, as far as its instruments can tell. */
export interface Duration {
  /** Motion and the way back, settling, exposure and what is waited for; without saving, and what the wires and the engine take. */
  readonly ms: number;
  /** Modules whose time is not known; they count as if they took none. */
  readonly unknown: readonly string[];
}

/** What happens in a step, as far as its time is concerned. Positions: one per actuator, in its own units. */
interface Stage {
  /** Where it begins to measure. */
  readonly begin: readonly number[];
  /** Where everything is when it has measured. */
  readonly end: readonly number[];
  readonly dueMs: number | undefined;
}

export function estimateDuration(
  plan: ScanPlan,
  detectors: readonly DaqViewer[],
  settings: Pick<ScanSettings, 'settleMs' | 'waitMs' | 'waitUntil' | 'returnTo'>,
  baseline: readonly (DaqMove | DaqViewer)[] = [],
): Duration {
  const { settleMs, waitMs, waitUntil } = settings;
  const { flight } = plan;
  const size = flight?.lines ?? plan.size;
  // What streams while an axis ramps takes no time of its own.
  const grabs = flight ? [] : detectors.map(({ name, expected: { grabMs } }) => ({ name, grabMs }));
  const exposureMs = Math.max(0, ...grabs.map(({ grabMs }) => grabMs ?? 0));
  const readings = baseline.flatMap((module) => (module.role === 'detector' ? [module] : []));
  const readingMs = Math.max(0, ...readings.map(({ expected }) => expected.grabMs ?? 0));
  const here = plan.actuators.map(({ actuator }) => actuator.position);
  const at = stagesOf(plan);
  const moveMs = (from: readonly number[], to: readonly number[]) =>
    Math.max(0, ...plan.actuators.map(({ actuator }, i) => actuator.moveMs(from[i] as number, to[i] as number) ?? 0));
  const measureMs = ({ begin, end }: Stage) => (flight ? moveMs(begin, end) : exposureMs);
  const unknown = [
    ...plan.actuators.flatMap(({ actuator }, i) =>
      actuator.moveMs(here[i] as number, here[i] as number) === undefined ? [actuator.name] : [],
    ),
    ...grabs.flatMap(({ name, grabMs }) => (grabMs === undefined ? [name] : [])),
    ...waitUntil.map(({ module }) => module),
    ...readings.flatMap((one) => (one.expected.grabMs === undefined ? [one.name] : [])),
  ];
  const backMs = size > 0 ? moveMs(at(size - 1).end, returnOf(plan, settings, at(size - 1).end, here)) : 0;
  const stepsMs = plan.isTimed || size <= MAX_STEPS ? walk() : sample();
  return { ms: stepsMs + backMs + 2 * readingMs, unknown: [...new Set(unknown)] };

  /** The least time that a value has to be in its band; how long it takes to come there is not known. */
  function bandMs(step: number): number {
    if (waitUntil.length === 0) return 0;
    const moved = (name: string) => {
      const axis = plan.actuators.findIndex(({ actuator }) => actuator.name === name);
      return step === 0 || at(step).begin[axis] !== at(step - 1).begin[axis];
    };
    const times = waitUntil.flatMap((condition) => (countsAt(condition, step, moved) ? [condition.forMs] : []));
    return Math.max(0, ...times);
  }

  /** Step by step: a point that is due waits for its time. */
  function walk(): number {
    let [ms, from] = [0, here as readonly number[]];
    for (let step = 0; step < size; step++) {
      const stage = at(step);
      if (step > 0) ms += waitMs;
      ms += moveMs(from, stage.begin);
      ms += Math.max(settleMs, (stage.dueMs ?? 0) - ms) + bandMs(step) + measureMs(stage);
      from = stage.end;
    }
    return ms;
  }

  function sample(): number {
    let ms = 0;
    for (let i = 0; i < MAX_STEPS; i++) {
      const step = 1 + Math.floor((i * (size - 1)) / MAX_STEPS);
      const stage = at(step);
      ms += moveMs(at(step - 1).end, stage.begin) + bandMs(step) + measureMs(stage);
    }
    const first = at(0);
    const firstMs = moveMs(here, first.begin) + bandMs(0) + measureMs(first);
    return firstMs + (ms / MAX_STEPS + waitMs) * (size - 1) + size * settleMs;
  }
}

/** The steps of a plan: points at which everything rests, or ramps. */
function stagesOf({ flight, actuators, at }: ScanPlan): (step: number) => Stage {
  const own = (positions: readonly number[]) =>
    positions.map((position, i) => {
      const { actuator, units } = actuators[i] as ScanPlan['actuators'][number];
      return convertUnits(position, units, actuator.units);
    });
  if (!flight) {
    return (step) => {
      const { targets, dueMs } = at(step);
      const begin = own(targets);
      return { begin, end: begin, dueMs };
    };
  }
  return (line) => {
    const { targets, dueMs } = at(line * flight.bins);
    const [begin, end] = rampOf(flight, line).map((ramp) => own([...targets.slice(0, -1), ramp]));
    return { begin: begin as readonly number[], end: end as readonly number[], dueMs };
  };
}

/** Where the axes are in the end. */
function returnOf(
  { actuators }: ScanPlan,
  { returnTo }: Pick<ScanSettings, 'returnTo'>,
  last: readonly number[],
  here: readonly number[],
): readonly number[] {
  if (returnTo === 'initial') return here;
  return actuators.map(({ actuator, units }, i) => {
    const target = returnTo?.[actuator.name];
    return target === undefined ? (last[i] as number) : convertUnits(target, units, actuator.units);
  });
}
