import { BehaviorSubject, type Observable } from 'rxjs';
import { createActor } from 'xstate';
import type { ActuatorDriver, Limits } from '../contracts/actuator-driver.ts';
import { type ActuatorSettings, type ActuatorSpec, actuatorSettings } from '../contracts/define-actuator.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import type { Clock } from '../time/clock.ts';
import { convertSpan, convertUnits } from '../units/units.ts';
import { approachPoint } from './backlash.ts';
import { type ChangeOptions, changeSettings } from './change-settings.ts';
import { checkedActuator } from './checked-actuator.ts';
import { type DriveOptions, drive, untilAtRest } from './drive.ts';
import { type ConnectWith, DriverKeeper } from './driver-keeper.ts';
import { estimateMoveMs } from './estimate-move.ts';
import type { SettingsFact } from './module-life.ts';
import { ModuleSettings } from './module-settings.ts';
import { moveMachine } from './move-machine.ts';
import { PositionReader } from './position-reader.ts';
import { scaledActuator } from './scaled-actuator.ts';
import { jogEnd, narrowed, refuseBeyond } from './target-limits.ts';

/** Where a move ended. */
export interface Arrival {
  /** `stopped`: somebody stopped it on the way. */
  readonly status: 'arrived' | 'stopped';
  /** Read back from the instrument after it came to rest. */
  readonly position: number;
  readonly units: string;
}

type Settings = ActuatorSettings & Readonly<Record<string, unknown>>;

/** What the module itself does with each of these; its driver is adapted to the scale when it is connected. */
const OWN_SETTINGS: ReadonlySet<string> = new Set(
  Object.keys(actuatorSettings.shape).filter((name) => name !== 'scale'),
);

/** An actuator of the lab: one axis, driven through its driver, with its life kept by a state machine. */
export class DaqMove<Input = Readonly<Record<string, unknown>>> {
  readonly role = 'actuator';
  readonly name: string;
  readonly spec: ActuatorSpec<Input>;
  /** The machine, for those who want to inspect it; its emitted events are the module's facts. */
  readonly actor;
  readonly #clock: Clock;
  readonly #settings: ModuleSettings<Settings>;
  readonly #keeper: DriverKeeper<ActuatorDriver, 'move' | 'home' | 'read' | 'stop', Settings>;
  readonly #reader: PositionReader;
  readonly #position = new BehaviorSubject(Number.NaN);
  /** Whether the last move ended in the direction of approach, so that the play of the mechanics is on that side. */
  #playTaken = false;
  /** Closing must stop the axis first while this is false. */
  #atRest = true;
  #stopping: Promise<Arrival> | undefined;

  constructor(name: string, spec: ActuatorSpec<Input>, clock: Clock) {
    this.name = name;
    this.spec = spec;
    this.#clock = clock;
    this.#settings = new ModuleSettings<Settings>(spec as ActuatorSpec);
    this.#keeper = new DriverKeeper({
      name,
      spec,
      settings: this.#settings,
      adapt: (driver) => scaledActuator(checkedActuator(driver), this.#settings.asked.scale ?? { offset: 0 }),
      greet: async (driver, signal) => {
        this.#playTaken = false;
        this.#reader.abort();
        this.#position.next(await driver.readPosition(signal));
      },
      clock,
      state: () => this.state,
      send: (event) => this.actor.send(event),
    });
    this.#reader = new PositionReader({
      name,
      clock,
      timeoutMs: () => this.settings.timeoutMs,
      read: (signal) => this.#keeper.driver.readPosition(signal),
      seen: (position) => this.#position.next(position),
      failed: (type, error) => this.actor.send({ type, error }),
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

  /** False from the moment a motion is commanded until rest was confirmed; so also after a motion that failed. */
  get isAtRest(): boolean {
    return this.#atRest;
  }

  /** Settings that hold, as the instrument took them. */
  get settings(): Settings {
    return this.#settings.current;
  }

  /** Positions that may be asked for, in `units`. */
  get limits(): Limits {
    const { limits, backlash } = this.settings;
    return narrowed(limits, this.#keeper.connected?.limits, backlash);
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
  async connect(context: ConnectWith): Promise<void> {
    await this.#keeper.connect(context);
  }

  /**
   * Changes settings: at once while it is idle, for the next connection while it is not connected.
   *
   * @param options - `reconnect`: connect again for what the instrument cannot change while it is connected
   * @returns the settings that hold then, as the instrument took them
   * @throws as `changeSettings`
   */
  async set(changes: Partial<Input>, options: ChangeOptions = {}): Promise<Settings> {
    const inTurn = async <T>(ask: () => Promise<T>, signal: AbortSignal) => {
      if (this.#reader.isBusy) await this.#reader.whenFree(signal);
      return await ask();
    };
    const module = {
      name: this.name,
      settings: this.#settings,
      keeper: this.#keeper,
      state: this.state,
      own: OWN_SETTINGS,
      inTurn,
      beforeReconnect: () => (this.#atRest ? undefined : this.stop()),
      tell: (changes: SettingsFact['changes']) => {
        if ('backlash' in changes) this.#playTaken = false;
        this.actor.send({ type: 'settingsChanged', changes });
      },
    };
    await changeSettings(module, changes, options);
    return this.settings;
  }

  /**
   * Positions as long as somebody looks: read every `everyMs` while the axis is at rest, and as they are read on the way.
   * A command never waits for more than one reading, and is never refused because of it. What goes wrong is told by the
   * module's facts, and the readings go on once it is connected again.
   */
  watch$(everyMs: number): Observable<number> {
    return this.#reader.watch$(everyMs, this.position$, () => this.state === 'idle');
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
    return await this.#drive(`moving to ${own} ${this.units}`, own);
  }

  /** Moves by a distance from where it is, read afresh. As `move` otherwise. */
  async moveBy(distance: number, units: string = this.units): Promise<Arrival> {
    const own = convertSpan(distance, units, this.units);
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
    this.#keeper.allow('jog', 'idle');
    const end = jogEnd(this.name, direction, this.limits);
    return await this.#drive(`jogging towards ${end} ${this.units}`, end, true);
  }

  async #drive(tried: string, target: number, endless = false): Promise<Arrival> {
    const { backlash } = this.settings;
    return await this.#keeper.command('move', tried, async (signal, watch) => {
      if (this.#reader.isBusy) await this.#reader.whenFree(signal);
      this.#atRest = false;
      const via = approachPoint(this.position, target, backlash, this.#playTaken);
      this.#playTaken = false;
      const options = endless ? { ...this.#driveOptions, answered: watch.answered } : this.#driveOptions;
      const position = await drive(this.#keeper.driver, { target, via }, options, signal);
      this.#playTaken = true;
      return this.#rest('arrived', position);
    });
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
      if (this.#reader.isBusy) await this.#reader.whenFree(signal);
      const { driver } = this.#keeper;
      this.#atRest = false;
      this.#playTaken = false;
      await driver.startHome?.(signal);
      return this.#rest('arrived', await untilAtRest(driver, this.#driveOptions, signal));
    });
  }

  /** Reads where the axis is, in `units`. */
  async read(): Promise<number> {
    this.#keeper.allow('read', 'idle');
    return await this.#keeper.command('read', 'reading the position', async (signal) => {
      if (this.#reader.isBusy) await this.#reader.whenFree(signal);
      const position = await this.#keeper.driver.readPosition(signal);
      this.#position.next(position);
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
    this.#keeper.allow('stop', 'idle', 'moving', 'homing', 'reading', 'setting', 'faulted');
    const isMotion = this.state === 'moving' || this.state === 'homing';
    const { driver } = this.#keeper;
    const waiting = this.#keeper.interrupt('it was stopped');
    this.#playTaken = false;
    try {
      const rest = await this.#keeper.command('stop', 'stopping', async (signal) => {
        await driver.stop(signal);
        if (this.#reader.isBusy) await this.#reader.whenFree(signal);
        return this.#rest('stopped', await untilAtRest(driver, this.#driveOptions, signal));
      });
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
    this.#reader.abort();
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
    refuseBeyond(this.name, target, this.limits, this.units);
  }

  /**
   * How long a move would take until its position can be read back, in milliseconds, without what the wire takes.
   *
   * @param from - where it begins, in `units`
   * @returns undefined if the driver cannot tell
   */
  moveMs(from: number, to: number): number | undefined {
    const driver = this.#keeper.connected;
    if (!driver?.moveMs) return undefined;
    const { settings } = this;
    const isTold = driver.whenAtRest !== undefined && settings.done !== 'poll';
    return estimateMoveMs(from, to, { ...settings, isTold, motionMs: driver.moveMs });
  }

  get #driveOptions(): DriveOptions {
    const { epsilon, pollMs, done, settleMs } = this.settings;
    return {
      epsilon,
      pollMs,
      done,
      settleMs,
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
