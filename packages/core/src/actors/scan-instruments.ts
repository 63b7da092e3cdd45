import { waitFor } from 'xstate';
import type { DataToExport } from '../data/data-to-export.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import type { FalliblePhase } from '../scan/error-policy.ts';
import type { PlannedActuator, ScanPlan } from '../scan/plan.ts';
import { convertUnits } from '../units/units.ts';
import type { BaselineReader, BaselineValues } from './baseline-reader.ts';
import type { DaqMove } from './daq-move.ts';
import type { DaqViewer } from './daq-viewer.ts';
import type { OwnGrabs } from './own-grabs.ts';
import type { ScanConditions } from './scan-conditions.ts';

type Module = DaqMove | DaqViewer;

export interface ScanInstrumentsOptions {
  readonly over: Pick<ScanPlan, 'actuators'>;
  readonly read: readonly DaqViewer[];
  readonly baseline: BaselineReader;
  /** What else is needed to measure a point: what its conditions look at. */
  readonly conditions: Pick<ScanConditions, 'modules'>;
  /** Grabs for the baseline and for conditions. */
  readonly grabs: OwnGrabs;
  /** Connects a faulted module again; left out, nobody does. */
  readonly reconnect?: ((module: Module) => Promise<void>) | undefined;
}

/** The instruments of a scan, told as one what a point asks of them. */
export class ScanInstruments {
  readonly #actuators: readonly PlannedActuator[];
  readonly #detectors: readonly DaqViewer[];
  readonly #baseline: BaselineReader;
  readonly #conditions: Pick<ScanConditions, 'modules'>;
  readonly #grabs: OwnGrabs;
  readonly #reconnect: ScanInstrumentsOptions['reconnect'];

  constructor({ over, read, baseline, conditions, grabs, reconnect }: ScanInstrumentsOptions) {
    this.#actuators = over.actuators;
    this.#detectors = read;
    this.#baseline = baseline;
    this.#conditions = conditions;
    this.#grabs = grabs;
    this.#reconnect = reconnect;
  }

  /**
   * Those that cannot be used until they are connected again.
   *
   * @param isReading - whether the baseline is due: its modules are needed then, and no others
   */
  away(isReading: boolean): readonly Module[] {
    return this.#needed(isReading).filter(({ state }) => isAway(state));
  }

  /** Reads the modules of the baseline, if that is still wanted when it can begin. Never rejects. */
  readBaseline(isWanted: () => boolean): Promise<BaselineValues> {
    return this.#baseline.read(isWanted);
  }

  /**
   * Moves all axes at once.
   *
   * @param targets - one per actuator, in the units of the scan
   * @returns positions read back, in the same units
   * @throws DaqtorError of the first that does not arrive; others may still be moving
   */
  async move(targets: readonly number[]): Promise<readonly number[]> {
    return await Promise.all(this.#actuators.map((one, i) => arrive(one, targets[i] as number)));
  }

  /** Moves some axes to positions by their names, in the units of the scan; as `move` otherwise. */
  async moveSome(positions: Readonly<Record<string, number>>): Promise<void> {
    const chosen = this.#actuators.filter(({ actuator }) => Object.hasOwn(positions, actuator.name));
    await Promise.all(chosen.map((one) => arrive(one, positions[one.actuator.name] as number)));
  }

  /** Where the axes are, read afresh, by their names, in the units of the scan. */
  async positions(): Promise<Readonly<Record<string, number>>> {
    const read = this.#actuators.map(async ({ actuator, units }) => {
      const position = await actuator.read();
      return [actuator.name, convertUnits(position, actuator.units, units)] as const;
    });
    return Object.fromEntries(await Promise.all(read));
  }

  /** Reads all detectors at once; one that somebody else reads just now, after that. */
  async grab(): Promise<readonly DataToExport[]> {
    return await Promise.all(
      this.#detectors.map(async (detector) => {
        if (detector.state === 'grabbing') await untilFree(detector);
        return await detector.grab();
      }),
    );
  }

  /** Waits while somebody else reads a detector. */
  async untilFree(): Promise<void> {
    await Promise.all(this.#detectors.map(untilFree));
  }

  /** Where the axes are, in the units of the scan; NaN for one that cannot be read. Never rejects. */
  async readBack(): Promise<readonly number[]> {
    return await Promise.all(
      this.#actuators.map(async ({ actuator, units }) => {
        if (actuator.state !== 'idle') return Number.NaN;
        // Its facts tell why it could not be read; the point is lost already.
        const position = await actuator.read().catch(() => Number.NaN);
        return convertUnits(position, actuator.units, units);
      }),
    );
  }

  /**
   * Brings everything to rest: what moves is stopped, grabs are ended, and nothing is under way any more.
   *
   * @returns what could not be stopped, and why; `wasLost`: it could not be reached before either
   */
  async rest(): Promise<readonly { readonly error: DaqtorError; readonly wasLost: boolean }[]> {
    const ends = [
      ...this.#actuators.map(({ actuator }) => ({ module: actuator, isBusy: !actuator.isAtRest })),
      ...this.#detectors.map((detector) => ({
        module: detector,
        isBusy: detector.state === 'grabbing' || detector.state === 'live',
      })),
      ...this.#grabs.underWay.map((detector) => ({ module: detector, isBusy: true })),
    ].map(async ({ module, isBusy }) => {
      const wasLost = module.state === 'faulted' || module.state === 'offline';
      try {
        await settled(module);
        if (isBusy || module.state === 'stopping') await module.stop();
        return [];
      } catch (error) {
        return [{ error: DaqtorError.of(error, module.name, 'stopping'), wasLost }];
      }
    });
    return (await Promise.all(ends)).flat();
  }

  /**
   * Connects again what is faulted, unless somebody else does.
   *
   * @param isReading - whether it is the baseline that needs it
   * @throws DaqtorError why it does not answer
   */
  async mend(isReading: boolean): Promise<void> {
    await Promise.all(this.#needed(isReading).map(settled));
    const reconnect = this.#reconnect;
    if (reconnect) for (const module of this.away(isReading)) await reconnect(module);
  }

  /** The step of a point in which a module is needed: of its policies those for that step count. */
  phaseOf(name: string | undefined): FalliblePhase {
    if (this.#detectors.some((detector) => detector.name === name)) return 'grabbing';
    return this.#actuators.some(({ actuator }) => actuator.name === name) ? 'moving' : 'settling';
  }

  #needed(isReading: boolean): readonly Module[] {
    if (isReading) return this.#baseline.modules;
    return [
      ...new Set([...this.#actuators.map(({ actuator }) => actuator), ...this.#detectors, ...this.#conditions.modules]),
    ];
  }
}

async function untilFree({ actor }: DaqViewer): Promise<void> {
  await waitFor(actor, ({ value }) => value !== 'grabbing');
}
const isAway = (state: Module['state']): boolean =>
  state === 'faulted' || state === 'offline' || state === 'connecting';

/** Waits while somebody else connects it. */
async function settled(module: Module): Promise<void> {
  if (module.state !== 'connecting') return;
  if (module.role === 'actuator') await waitFor(module.actor, ({ value }) => value !== 'connecting');
  else await waitFor(module.actor, ({ value }) => value !== 'connecting');
}

/** @returns the position read back, in the units of the scan */
async function arrive({ actuator, units }: PlannedActuator, target: number): Promise<number> {
  const { status, position, units: own } = await actuator.move(target, units);
  if (status === 'arrived') return convertUnits(position, own, units);
  throw new DaqtorError('module.stopped', {
    instrument: actuator.name,
    problem: `it was stopped at ${position} ${own} while the scan was moving it`,
  });
}
