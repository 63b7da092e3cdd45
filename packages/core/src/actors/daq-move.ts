import type { Observable } from 'rxjs';
import type { Limits } from '../contracts/actuator-driver.ts';
import { type Capability, capabilitiesOf } from '../contracts/capabilities.ts';
import type { ActuatorSpec } from '../contracts/define-actuator.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import type { Clock } from '../time/clock.ts';
import { convertSpan, convertUnits } from '../units/units.ts';
import type { ConnectWith } from './driver-keeper.ts';
import { estimateMoveMs } from './estimate-move.ts';
import { estimatedMs } from './estimated-ms.ts';
import { inTheNameOf } from './in-the-name-of.ts';
import { type MoveParts, type MoveSettings, movePartsOf, OWN_MOVE_SETTINGS } from './move-parts.ts';
import type { ChangeOptions } from './settings-desk.ts';
import { jogEnd, narrowed, refuseBeyond } from './target-limits.ts';

/** Where a move ended. */
export interface Arrival {
  /** `stopped`: somebody stopped it on the way. */
  readonly status: 'arrived' | 'stopped';
  /** Read back from the instrument after it came to rest. */
  readonly position: number;
  readonly units: string;
}

/** An actuator of the lab: one axis, driven through its driver, with its life kept by a state machine. */
export class DaqMove<Input = Readonly<Record<string, unknown>>> {
  readonly role = 'actuator';
  readonly name: string;
  readonly spec: ActuatorSpec<Input>;
  /** The machine, for those who want to inspect it; its emitted events are the module's facts. */
  readonly actor;
  readonly #parts: MoveParts;
  #stopping: Promise<Arrival> | undefined;

  constructor(name: string, spec: ActuatorSpec<Input>, clock: Clock) {
    this.name = name;
    this.spec = spec;
    this.#parts = movePartsOf(name, spec as ActuatorSpec, clock, () => this.stop());
    this.actor = this.#parts.actor;
    this.actor.start();
  }

  /** What the module is doing. */
  get state() {
    return this.actor.getSnapshot().value;
  }

  /** Units of its positions; '' until it is connected. */
  get units(): string {
    return this.#parts.keeper.connected?.units ?? '';
  }

  get identity(): string | undefined {
    return this.#parts.keeper.connected?.identity;
  }

  /** False from the moment a motion is commanded until rest was confirmed; so also after a motion that failed. */
  get isAtRest(): boolean {
    return this.#parts.motion.isAtRest;
  }

  /** Settings that hold, as the instrument took them. */
  get settings(): MoveSettings {
    return this.#parts.settings.current;
  }

  /** What its driver can beside its duties; undefined while it is not connected. */
  get capabilities(): readonly Capability[] | undefined {
    const driver = this.#parts.keeper.connected;
    return driver && capabilitiesOf(driver);
  }

  /** Names of the settings that can be changed without connecting again; undefined while it is not connected. */
  get liveSettings(): readonly string[] | undefined {
    const driver = this.#parts.keeper.connected;
    return driver && [...OWN_MOVE_SETTINGS, ...(driver.adjust?.names ?? [])];
  }

  /** Positions that may be asked for, in `units`. */
  get limits(): Limits {
    const { limits, backlash } = this.settings;
    return narrowed(limits, this.#parts.keeper.connected?.limits, backlash);
  }

  /** Last position that was read, in `units`; NaN before the first. */
  get position(): number {
    return this.#parts.position.value;
  }

  /** Positions as they are read, the last one first; on the way too while somebody looks. In `units`. */
  get position$(): Observable<number> {
    return this.#parts.position.asObservable();
  }

  /**
   * Connects and reads the position once.
   *
   * @throws DaqtorError `instrument.connect` and others: why it does not answer, and what to do
   */
  async connect(context: ConnectWith): Promise<void> {
    await this.#parts.keeper.connect(context);
  }

  /**
   * Changes settings: at once while it is idle, for the next connection while it is not connected.
   *
   * @param options - `reconnect`: connect again for what the instrument cannot change while it is connected
   * @returns the settings that hold then, as the instrument took them
   * @throws as `SettingsDesk`
   */
  async set(changes: Partial<Input>, options: ChangeOptions = {}): Promise<MoveSettings> {
    await this.#parts.changes.make(changes, options);
    return this.settings;
  }

  /**
   * Positions as long as somebody looks: read every `everyMs` while the axis is at rest, and as they are read on the way.
   * A command never waits for more than one reading, and is never refused because of it. What goes wrong is told by the
   * module's facts, and the readings go on once it is connected again.
   *
   * @param misread - told too why a position could not be read
   */
  watch$(everyMs: number, misread?: (error: DaqtorError) => void): Observable<number> {
    return this.#parts.reader.watch$(everyMs, this.position$, () => this.state === 'idle', misread);
  }

  /**
   * Moves to an absolute position and waits until it is read back there.
   *
   * @param target - in `units`, or in the units given
   * @returns where it came to rest, read back, in `units`
   * @throws DaqtorError `move.limit`, `data.units` before anything is sent; `instrument.*` if it does not arrive
   */
  async move(target: number, units: string = this.units): Promise<Arrival> {
    this.#parts.keeper.allow('move', 'idle');
    const own = inTheNameOf(this.name, 'converting the target', () => convertUnits(target, units, this.units));
    this.checkTarget(own);
    return await this.#drive(`moving to ${own} ${this.units}`, own);
  }

  /** Moves by a distance from where it is, read afresh. As `move` otherwise. */
  async moveBy(distance: number, units: string = this.units): Promise<Arrival> {
    const own = inTheNameOf(this.name, 'converting the distance', () => convertSpan(distance, units, this.units));
    return await this.move((await this.read()) + own);
  }

  /**
   * Moves in one direction until it is stopped, or has arrived at its limit. It may take any time, as long as the
   * controller answers.
   *
   * @param direction - 1 towards higher positions, -1 towards lower ones
   * @throws DaqtorError `move.limit` if there is no limit in that direction
   */
  async jog(direction: 1 | -1): Promise<Arrival> {
    this.#parts.keeper.allow('jog', 'idle');
    const end = jogEnd(this.name, direction, this.limits);
    return await this.#drive(`jogging towards ${end} ${this.units}`, end, true);
  }

  async #drive(tried: string, target: number, endless = false): Promise<Arrival> {
    return await this.#parts.keeper.command('move', tried, async (signal, watch) =>
      this.#arrival('arrived', await this.#parts.motion.to(target, signal, endless ? watch.answered : undefined)),
    );
  }

  /**
   * Searches the reference and waits until it is found.
   *
   * @throws DaqtorError `module.state` if the axis has no reference
   */
  async home(): Promise<Arrival> {
    this.#parts.keeper.allow('home', 'idle');
    if (!this.#parts.keeper.driver.startHome) {
      throw new DaqtorError('module.state', { instrument: this.name, problem: 'this axis has no reference to search' });
    }
    return await this.#parts.keeper.command('home', 'searching the reference', async (signal) =>
      this.#arrival('arrived', await this.#parts.motion.home(signal)),
    );
  }

  /** Reads where the axis is, in `units`. */
  async read(): Promise<number> {
    this.#parts.keeper.allow('read', 'idle');
    return await this.#parts.keeper.command('read', 'reading the position', async (signal) => {
      if (this.#parts.reader.isBusy) await this.#parts.reader.whenFree(signal);
      const position = await this.#parts.keeper.driver.readPosition(signal);
      this.#parts.position.next(position);
      return position;
    });
  }

  /**
   * Brings the axis to rest, whatever it does, also after a fault. A move under way resolves as `stopped`. A second call
   * joins the first.
   *
   * @returns where it came to rest, read back
   */
  async stop(): Promise<Arrival> {
    this.#stopping ??= this.#stop().finally(() => {
      this.#stopping = undefined;
    });
    return await this.#stopping;
  }

  async #stop(): Promise<Arrival> {
    this.#parts.keeper.allow('stop', 'idle', 'moving', 'homing', 'reading', 'setting', 'faulted');
    const isMotion = this.state === 'moving' || this.state === 'homing';
    const { driver } = this.#parts.keeper;
    const waiting = this.#parts.keeper.interrupt('it was stopped');
    this.#parts.motion.forgetPlay();
    try {
      const rest = await this.#parts.keeper.command('stop', 'stopping', async (signal) =>
        this.#arrival('stopped', await this.#parts.motion.stop(driver, signal)),
      );
      if (isMotion) waiting.resolve(rest as never);
      else waiting.reject(waiting.reason);
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
    this.#parts.reader.abort();
    return await this.#parts.keeper.close('stopping before closing', async (driver, signal) => {
      if (!this.isAtRest) await driver.stop(signal);
    });
  }

  /**
   * Checks a target without moving.
   *
   * @param target - in `units`
   * @throws DaqtorError `move.limit`
   */
  checkTarget(target: number): void {
    refuseBeyond(this.name, target, this.limits, this.units);
  }

  /**
   * How long a move would take until its position can be read back, in milliseconds, without what the wire takes.
   *
   * @param from - where it begins, in `units`
   * @returns undefined if the driver cannot tell, or an end is not known
   * @throws DaqtorError if the driver tells no time
   */
  moveMs(from: number, to: number): number | undefined {
    const driver = this.#parts.keeper.connected;
    if (!driver?.moveMs || !Number.isFinite(from) || !Number.isFinite(to)) return undefined;
    const { settings } = this;
    const motionMs = (begin: number, end: number) =>
      estimatedMs(this.name, 'a move', () => driver.moveMs?.(begin, end));
    const isTold = driver.whenAtRest !== undefined && settings.done !== 'poll';
    return estimateMoveMs(from, to, { ...settings, isTold, motionMs });
  }

  #arrival(status: Arrival['status'], position: number): Arrival {
    return { status, position, units: this.units };
  }
}
