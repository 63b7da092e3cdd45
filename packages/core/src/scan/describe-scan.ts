import type { DaqMove } from '../actors/daq-move.ts';
import type { DaqViewer } from '../actors/daq-viewer.ts';
import type { ModuleRecord, ScanDescription } from '../contracts/scan-recorder.ts';
import { Axis } from '../data/axis.ts';
import type { ScanPlan } from './plan.ts';

/** A scan as it goes into the file. */
export function describeScan(
  { type, subType, shape, distribution, sweeps }: ScanPlan,
  detectors: readonly DaqViewer[],
  settings: Readonly<Record<string, unknown>>,
  startedEpochMs: number,
): ScanDescription {
  return {
    type,
    subType,
    shape,
    distribution,
    axes: sweeps.map(({ actuator, units, positions }, i) => {
      const place = distribution === 'uniform' ? { index: i } : { spreadOrder: i };
      return new Axis({ label: actuator.name, units, data: positions, ...place });
    }),
    actuators: sweeps.map(({ actuator, units }) => recordOf(actuator, units)),
    detectors: detectors.map((detector) => recordOf(detector, '')),
    settings,
    startedEpochMs,
  };
}

function recordOf({ name, spec, identity }: DaqMove | DaqViewer, units: string): ModuleRecord {
  const { kind, title, settings } = spec;
  return { name, kind, title, units, identity, settings };
}
