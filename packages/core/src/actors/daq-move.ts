import { BehaviorSubject, type Observable } from 'rxjs';
import { createActor } from 'xstate';
import type { ActuatorDriver, Limits } from '../contracts/actuator-driver.ts';
import type { ConnectContext } from '../contracts/connect-context.ts';
import type { ActuatorSpec } from '../contracts/define-actuator.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import type { Clock } from '../time/clock.ts';
import { convertUnits } from '../units/units.ts';
import { type DriveOptions, drive, untilAtRest } from './drive.ts';
import { DriverKeeper } from './driver-keeper.ts';
import { moveMachine } from './move-machine.ts';

/** Where a move ended. */
export interface Arrival {
  /** `stopped`: somebody stopped it on the way. */
  readonly status: 'arrived' | 'stopped';
  /** Read back from the instrument after it came to rest. */
  readonly position: number;
  readonly units: string;
}

/** An actuator of the lab: one axis, driven through its driver, with its life kept by a state machine. */
export class DaqMove {
  readonly role = 'actuator';
  readonly name: string;
  readonly spec: ActuatorSpec;
  /** The machine, for those who want to inspect it; its emitted events are the module's facts. */
  readonly actor;
  readonly #clock: Clock;
  readonly #keeper: DriverKeeper<ActuatorDriver, 'move' | 'home' | 'read' | 'stop'>;
  readonly #position = new BehaviorSubject(Number.NaN);
  /** False from the moment a motion is commanded until rest was confirmed: closing must then stop the axis first. */
  #atRest = true;

  constructor(name: string, spec: ActuatorSpec, clock: Clock) {
    this.name = name;
    this.spec = spec;
    this.#clock = clock;
    this.#keeper = new DriverKeeper({
      name,
      spec,
      clock,
      state: () => this.state,
      send: (event) => this.actor.send(event),
    });
    const begin = (id: number) => this.#keeper.begin(id);
    this.actor = createActor(moveMachine, { clock: clock as never, input: { begin } });
    this.actor.start();
  }

  /** What the module is doing. */
  get state() {
    return this.actor.getSnapshot().value;
  }

  /** Units of its positions; '' until it is connected. */
  get units(): string {
    return this.#keeper.connected?.units ?? '';
  }

  get identity(): string | undefined {
    return this.#keeper.connected?.identity;
  }

  /** Positions that may be asked for: the narrower of the settings' and the controller's own. */
  get limits(): Limits {
    const [min, max] = this.spec.settings.limits ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    const own = this.#keeper.connected?.limits;
    return { min: Math.max(min, own?.min ?? min), max: Math.min(max, own?.max ?? max) };
  }

  /** Last position that was read, in `units`; NaN before the first. */
  get position(): number {
    return this.#position.value;
  }

  /** Positions as they are read, the last one first; on the way too while somebody looks. In `units`. */
  get position$(): Observable<number> {
    return this.#position.asObservable();
  }

  /**
   * Connects and reads the position once.
   *
   * @throws DaqtorError `instrument.connect` and others: why it does not answer, and what to do
   */
  async connect(context: Pick<ConnectContext, 'share' | 'trace'>): Promise<void> {
    await this.#keeper.connect(context, async (driver, signal) => {
      this.#position.next(await driver.readPosition(signal));
    });
  }

  /**
   * Moves to an absolute position and waits until it is read back there.
   *
   * @param target - in `units`, or in the units given
   * @returns where it came to rest, read back, in `units`
   * @throws DaqtorError `move.limit` before anything is sent; `instrument.*` if it does not arrive
   */
  async move(target: number, units: string = this.units): Promise<Arrival> {
    this.#keeper.allow('move', 'idle');
    const own = convertUnits(target, units, this.units);
    this.checkTarget(own);
    return await this.#keeper.command('move', `moving to ${own} ${this.units}`, async (signal) => {
      this.#atRest = false;
      return this.#rest('arrived', await drive(this.#keeper.driver, own, this.#driveOptions, signal));
    });
  }

  /** Moves by a distance from the position last read. As `move` otherwise. */
  async moveBy(distance: number, units: string = this.units): Promise<Arrival> {
    return await this.move(this.position + convertUnits(distance, units, this.units));
  }

  /**
   * Searches the reference and waits until it is found.
   *
   * @throws DaqtorError `module.state` if the axis has no reference
   */
  async home(): Promise<Arrival> {
    this.#keeper.allow('home', 'idle');
    if (!this.#keeper.driver.startHome) {
      throw new DaqtorError('module.state', { instrument: this.name, problem: 'this axis has no reference to search' });
    }
    return await this.#keeper.command('home', 'searching the reference', async (signal) => {
      const { driver } = this.#keeper;
      this.#atRest = false;
      await driver.startHome?.(signal);
      return this.#rest('arrived', await untilAtRest(driver, this.#driveOptions, signal));
    });
  }

  /** Reads where the axis is, in `units`. */
  async read(): Promise<number> {
    this.#keeper.allow('read', 'idle');
    return await this.#keeper.command('read', 'reading the position', async (signal) => {
      const position = await this.#keeper.driver.readPosition(signal);
      this.#position.next(position);
      return position;
    });
  }

  /**
   * Brings the axis to rest, whatever it does. A move under way resolves as `stopped`.
   *
   * @returns where it came to rest, read back
   */
  async stop(): Promise<Arrival> {
    this.#keeper.allow('stop', 'idle', 'moving', 'homing', 'reading');
    const waiting = this.#keeper.interrupt('it was stopped');
    try {
      const rest = await this.#keeper.command('stop', 'stopping', async (signal) => {
        const { driver } = this.#keeper;
        await driver.stop(signal);
        return this.#rest('stopped', await untilAtRest(driver, this.#driveOptions, signal));
      });
      waiting.resolve(rest as never);
      return rest;
    } catch (error) {
      waiting.reject(error);
      throw error;
    }
  }

  /**
   * Stops the axis unless it is known to be at rest, then lets go of the instrument. Harmless when it is closed already.
   *
   * @returns what went wrong on the way, e.g. that the axis could not be told to stop; never rejects
   */
  async close(): Promise<DaqtorError | undefined> {
    return await this.#keeper.close('stopping before closing', async (driver, signal) => {
      if (!this.#atRest) await driver.stop(signal);
    });
  }

  /**
   * Checks a target without moving.
   *
   * @param target - in `units`
   * @throws DaqtorError `move.limit`
   */
  checkTarget(target: number): void {
    const { min, max } = this.limits;
    if (target >= min && target <= max) return;
    throw new DaqtorError('move.limit', {
      instrument: this.name,
      problem: `target ${target} ${this.units} is outside the limits ${min} to ${max} ${this.units}`,
      advice: "Choose a target inside, or change the 'limits' setting if the stage can really go there",
    });
  }

  get #driveOptions(): DriveOptions {
    const { epsilon, pollMs } = this.spec.settings;
    return {
      epsilon,
      pollMs,
      clock: this.#clock,
      seen: (position) => this.#position.next(position),
      watched: () => this.#position.observed,
    };
  }

  #rest(status: Arrival['status'], position: number): Arrival {
    this.#atRest = true;
    return { status, position, units: this.units };
  }
}
