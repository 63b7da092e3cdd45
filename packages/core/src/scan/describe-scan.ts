import type { DaqMove } from '../actors/daq-move.ts';
import type { DaqViewer } from '../actors/daq-viewer.ts';
import type { ModuleRecord, ScanDescription } from '../contracts/scan-recorder.ts';
import type { ScanPlan } from './plan.ts';

/** A longer text says nothing that the axes do not: it is a list of positions. */
const MAX_TEXT = 100_000;

/** A scan as it goes into the file: its points, its instruments, and itself as JSON, seeds and all. */
export function describeScan(
  plan: ScanPlan,
  detectors: readonly DaqViewer[],
  settings: Readonly<Record<string, unknown>>,
  startedEpochMs: number,
): ScanDescription {
  const { type, subType, shape, distribution, actuators, scan, base } = plan;
  const text = JSON.stringify(scan);
  return {
    type,
    subType,
    shape,
    distribution,
    axes: plan.navAxes(),
    actuators: actuators.map(({ actuator, units }) => recordOf(actuator, units)),
    detectors: detectors.map((detector) => recordOf(detector, '')),
    settings: text.length > MAX_TEXT ? settings : { ...settings, definition: text },
    scan,
    base,
    startedEpochMs,
  };
}

/** A module as it goes into the file. */
export function recordOf({ name, spec, identity, settings }: DaqMove | DaqViewer, units: string): ModuleRecord {
  const { kind, title } = spec;
  return { name, kind, title, units, identity, settings };
}
