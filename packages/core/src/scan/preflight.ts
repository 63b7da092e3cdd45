import type { DaqViewer } from '../actors/daq-viewer.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { convertUnits } from '../units/units.ts';
import type { ScanPlan } from './plan.ts';

/**
 * Looks for everything that would make a scan fail, before anything moves.
 *
 * @throws DaqtorError `scan.refused` with every reason at once
 */
export function preflight({ sweeps }: ScanPlan, detectors: readonly DaqViewer[]): void {
  const reasons: string[] = [];
  const modules = [...sweeps.map(({ actuator }) => actuator), ...detectors];
  for (const [i, module] of modules.entries()) {
    if (modules.indexOf(module) !== i) reasons.push(`[${module.name}] takes part twice`);
    else if (module.state !== 'idle') reasons.push(`[${module.name}] is ${module.state}, not idle`);
  }
  for (const { actuator, positions, units } of sweeps) {
    if (actuator.state !== 'idle') continue;
    const { min, max } = actuator.limits;
    const targets = Array.from(positions, (position) => convertUnits(position, units, actuator.units));
    const outside = targets.filter((target) => !(target >= min && target <= max)).length;
    if (outside > 0) {
      const span = `${Math.min(...targets)} to ${Math.max(...targets)} ${actuator.units}`;
      reasons.push(
        `[${actuator.name}] ${outside} of ${targets.length} positions (${span}) lie outside its limits ${min} to ${max} ${actuator.units}`,
      );
    }
  }
  if (reasons.length === 0) return;
  throw new DaqtorError('scan.refused', {
    problem: `the scan cannot run: ${reasons.join('; ')}`,
    advice: 'Nothing has moved',
  });
}
