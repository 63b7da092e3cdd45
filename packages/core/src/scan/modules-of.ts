import type { DaqMove } from '../actors/daq-move.ts';
import type { DaqViewer } from '../actors/daq-viewer.ts';
import type { Modules } from './modules.ts';
import type { ScanPlan } from './plan.ts';

/** What a scan is made with, as far as it names modules. */
export interface ModulesIn {
  readonly over: Pick<ScanPlan, 'actuators'>;
  readonly read: readonly DaqViewer[];
  readonly baseline?: readonly (DaqMove | DaqViewer)[] | undefined;
}

/** The modules of a scan by their names: those that it knows without a lab. */
export function modulesOf({ over, read, baseline = [] }: ModulesIn): Modules {
  const all = [...over.actuators.map(({ actuator }) => actuator), ...read, ...baseline];
  return Object.fromEntries(all.map((module) => [module.name, module]));
}
