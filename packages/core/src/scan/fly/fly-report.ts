import { convertUnits } from '../../units/units.ts';
import type { PlannedActuator } from '../plan.ts';
import { type PreflightInput, type PreflightReport, preflightReport } from '../preflight.ts';
import type { FlyPlan } from './fly-plan.ts';

/** What a fly scan would do, found out without moving anything. Its duration is that of the moves. */
export async function flyReport(
  input: Omit<PreflightInput, 'over'> & { readonly over: FlyPlan },
): Promise<PreflightReport> {
  const report = await preflightReport({ ...input, over: input.over.over });
  if (Number.isNaN(report.durationMs)) return report;
  const names = input.over.over.actuators.map(({ actuator }) => actuator.name);
  const unknownDurations = report.unknownDurations.filter((name) => names.includes(name));
  return { ...report, durationMs: motionMs(input.over), unknownDurations };
}

function motionMs({ lines, ramping, rampOf }: FlyPlan): number {
  if (!ramping) return Number.NaN;
  let ms = 0;
  let here = inUnits(ramping);
  let slow = lines.actuators.map(inUnits);
  for (let line = 0; line < lines.size; line++) {
    const [begin, end] = rampOf(line);
    const { targets } = lines.at(line);
    const moves = lines.actuators.map((planned, i) => moveMs(planned, slow[i] as number, targets[i] as number));
    ms += Math.max(moveMs(ramping, here, begin), ...moves) + moveMs(ramping, begin, end);
    [here, slow] = [end, [...targets]];
  }
  return ms;
}

const inUnits = ({ actuator, units }: PlannedActuator): number =>
  convertUnits(actuator.position, actuator.units, units);

function moveMs({ actuator, units }: PlannedActuator, from: number, to: number): number {
  const own = (position: number) => convertUnits(position, units, actuator.units);
  return actuator.moveMs(own(from), own(to)) ?? 0;
}
