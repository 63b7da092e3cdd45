import { convertUnits } from '../../units/units.ts';
import type { AxisValue } from '../axis-value.ts';
import type { Modules } from '../modules.ts';
import { type PlannedActuator, planOf, type ScanPlan } from '../plan.ts';
import { Scan } from '../scan.ts';
import type { FlyValue } from './fly-value.ts';

/** A fly scan and the instruments that it needs. */
export interface FlyPlan {
  readonly value: FlyValue;
  /** The grid that the bins make, as a plan: its last axis has the centres of the bins. */
  readonly over: ScanPlan;
  /** The way before each ramp; one line without actuators where there are none. */
  readonly lines: Pick<ScanPlan, 'size' | 'actuators' | 'at'>;
  /** The actuator that ramps; undefined if the lab has none of this name, which `over.problems` says. */
  readonly ramping: PlannedActuator | undefined;
  /** Where the ramp of a line begins and ends, in the units of the scan. */
  rampOf(line: number): readonly [begin: number, end: number];
}

/**
 * Binds a fly scan to the instruments of a lab.
 *
 * @returns the plan; `over.problems` says what is missing for it to run
 * @throws DaqtorError `scan.refused` if it makes no sense in any lab
 */
export function flyPlanOf(value: FlyValue, modules: Modules): FlyPlan {
  const { actuator, units, from, to, bins, overrun, snake } = value;
  const half = (to - from) / bins / 2;
  const centres: AxisValue = {
    kind: 'linspace',
    actuator,
    ...(units !== undefined && { units }),
    from: from + half,
    to: to - half,
    count: bins,
  };
  const grid = new Scan({ kind: 'product', scans: value.lines ? [value.lines, centres] : [centres] });
  const over = planOf(grid, modules);
  const lines = value.lines ? planOf(value.lines, modules) : ONE_LINE;
  const ramping = over.actuators.find((planned) => planned.actuator.name === actuator);
  const beyond = Math.sign(to - from) * overrun;
  const ends = [from - beyond, to + beyond] as const;
  const problems = [
    ...over.problems,
    ...(over.distribution === 'spread' ? ['the lines of a fly scan must be a grid, not a list of points'] : []),
    ...(over.isTimed ? ['the lines of a fly scan cannot have times'] : []),
    ...(ramping ? ends.flatMap((end) => beyondLimits(ramping, end)) : []),
  ];
  return {
    value,
    over: { ...over, subType: 'Fly', problems },
    lines,
    ramping,
    rampOf: (line) => (snake && line % 2 === 1 ? [ends[1], ends[0]] : ends),
  };
}

const ONE_LINE: FlyPlan['lines'] = { size: 1, actuators: [], at: () => ({ indexes: [], targets: [] }) };

function beyondLimits({ actuator, units }: PlannedActuator, end: number): string[] {
  if (actuator.state !== 'idle') return [];
  const { min, max } = actuator.limits;
  const own = convertUnits(end, units, actuator.units);
  if (own >= min && own <= max) return [];
  return [
    `[${actuator.name}] the ramp ends at ${own} ${actuator.units}, outside its limits ${min} to ${max} ${actuator.units}`,
  ];
}
