import type { DaqMove } from '../actors/daq-move.ts';
import type { DaqViewer } from '../actors/daq-viewer.ts';
import type { ActuatorSpec } from '../contracts/define-actuator.ts';
import type { DetectorSpec } from '../contracts/define-detector.ts';
import { connectError } from './connect-report.ts';
import { LabCore } from './lab-core.ts';
import type { LabOptions, LabSpecs } from './lab-options.ts';

/** A lab whose instruments are its properties: `bench.x` is a DaqMove, `bench.power` a DaqViewer. */
export type Lab<Specs extends LabSpecs> = LabCore & {
  readonly [Name in keyof Specs]: Specs[Name] extends ActuatorSpec<infer Input>
    ? DaqMove<Input>
    : Specs[Name] extends DetectorSpec<infer Input>
      ? DaqViewer<Input>
      : never;
};

/**
 * Connects to all instruments at once.
 *
 * @param specs - name → instrument, e.g. `{ x: esp301({ port: 'serial:/dev/ttyUSB0', axis: 1 }) }`
 * @returns the lab; `await using` closes it at the end of its block
 * @throws DaqtorError why instruments did not answer, all of them; those that did are closed again, unless
 *   `whenMissing` says to go on without
 */
export async function lab<Specs extends LabSpecs>(specs: Specs, options: LabOptions = {}): Promise<Lab<Specs>> {
  const core = await startLab(new LabCore(specs, options));
  return Object.assign(core, core.modules) as LabCore as Lab<Specs>;
}

/** Connects a lab; see `lab`. */
export async function startLab(core: LabCore): Promise<LabCore> {
  const error = connectError(await core.connect());
  if (!error || core.whenMissing === 'goOn') return core;
  await core.close();
  throw error;
}
