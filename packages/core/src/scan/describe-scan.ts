import type { DaqMove } from '../actors/daq-move.ts';
import type { DaqViewer } from '../actors/daq-viewer.ts';
import type { BaselineModule, ModuleRecord, ScanDescription } from '../contracts/scan-recorder.ts';
import type { ScanPlan } from './plan.ts';

/** A longer text says nothing that the axes do not: it is a list of positions. */
const MAX_TEXT = 100_000;

/**
 * A scan as it goes into the file: its points, its instruments, and itself as JSON, seeds and all.
 *
 * @param plan - `scan`: what it is as plain data
 */
export function describeScan(
  plan: Omit<ScanPlan, 'scan'> & { readonly scan: unknown },
  detectors: readonly DaqViewer[],
  settings: Readonly<Record<string, unknown>>,
  startedEpochMs: number,
): ScanDescription {
  const { type, subType, shape, distribution, actuators, scan } = plan;
  const text = JSON.stringify(scan);
  return {
    type,
    subType,
    shape,
    distribution,
    ...(plan.signal && { isAdaptive: true }),
    axes: plan.navAxes(),
    actuators: actuators.map(({ actuator, units }) => recordOf(actuator, units)),
    detectors: detectors.map((detector) => recordOf(detector, '')),
    settings: text.length > MAX_TEXT ? settings : { ...settings, definition: text },
    startedEpochMs,
  };
}

/** A module of the baseline as it goes into the file. */
export function baselineModule(module: DaqMove | DaqViewer): BaselineModule {
  const { role } = module;
  return { ...recordOf(module, module.role === 'actuator' ? module.units : ''), role };
}

/** A module as it goes into the file. */
export function recordOf({ name, spec, identity, settings }: DaqMove | DaqViewer, units: string): ModuleRecord {
  const { kind, title } = spec;
  return { name, kind, title, units, identity, settings };
}
