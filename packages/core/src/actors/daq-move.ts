import { BehaviorSubject, type Observable } from 'rxjs';
import { createActor } from 'xstate';
import type { ActuatorDriver, Limits } from '../contracts/actuator-driver.ts';
import type { ConnectContext } from '../contracts/connect-context.ts';
import type { ActuatorSpec } from '../contracts/define-actuator.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import type { Clock } from '../time/clock.ts';
import { convertUnits } from '../units/units.ts';
import { CommandDesk } from './command-desk.ts';
import { type DriveOptions, drive, untilAtRest } from './drive.ts';
import { moveMachine } from './move-machine.ts';
import { notNow } from './not-now.ts';

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
  readonly #clock: Clock;
  readonly #desk: CommandDesk;
  readonly #position = new BehaviorSubject(Number.NaN);
  /** The machine, for those who want to inspect it; its emitted events are the module's facts. */
  readonly actor;
  #driver: ActuatorDriver | undefined;
  /** False from the moment a motion is commanded until rest was confirmed: closing must then stop the axis first. */
  #atRest = true;

  constructor(name: string, spec: ActuatorSpec, clock: Clock) {
    this.name = name;
    this.spec = spec;
    this.#clock = clock;
    this.#desk = new CommandDesk(name, clock, (event) => this.actor.send(event));
    this.actor = createActor(moveMachine, { clock: clock as never, input: { begin: (id) => this.#desk.begin(id) } });
    this.actor.start();
  }

  /** What the module is doing. */
  get state() {
    return this.actor.getSnapshot().value;
  }

  /** Units of its positions; '' until it is connected. */
  get units(): string {
    return this.#driver?.units ?? '';
  }

  get identity(): string | undefined {
    return this.#driver?.identity;
  }

  /** Positions that may be asked for: the narrower of the settings' and the controller's own. */
  get limits(): Limits {
    const [min, max] = this.spec.settings.limits ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    const own = this.#driver?.limits;
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
    this.#allow('connect', 'offline', 'faulted');
    await this.#driver?.close();
    await this.#command('connect', {
      tried: 'connecting',
      timeoutMs: this.spec.settings.timeoutMs,
      run: async (signal) => {
        const driver = await this.spec.connect({ ...context, name: this.name, clock: this.#clock, signal });
        try {
          this.#position.next(await driver.readPosition(signal));
        } catch (error) {
          await driver.close();
          throw error;
        }
        if (signal.aborted) return await driver.close();
        this.#driver = driver;
      },
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
    this.#allow('move', 'idle');
    const own = convertUnits(target, units, this.units);
    this.checkTarget(own);
    return await this.#command<Arrival>('move', {
      tried: `moving to ${own} ${this.units}`,
      timeoutMs: this.spec.settings.timeoutMs,
      run: async (signal) => {
        this.#atRest = false;
        return this.#rest('arrived', await drive(this.#connected, own, this.#driveOptions, signal));
      },
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
    this.#allow('home', 'idle');
    const { startHome } = this.#connected;
    if (!startHome) {
      throw new DaqtorError('module.state', { instrument: this.name, problem: 'this axis has no reference to search' });
    }
    return await this.#command<Arrival>('home', {
      tried: 'searching the reference',
      timeoutMs: this.spec.settings.timeoutMs,
      run: async (signal) => {
        this.#atRest = false;
        await startHome.call(this.#connected, signal);
        return this.#rest('arrived', await untilAtRest(this.#connected, this.#driveOptions, signal));
      },
    });
  }

  /** Reads where the axis is, in `units`. */
  async read(): Promise<number> {
    this.#allow('read', 'idle');
    return await this.#command('read', {
      tried: 'reading the position',
      timeoutMs: this.spec.settings.timeoutMs,
      run: async (signal) => {
        const position = await this.#connected.readPosition(signal);
        this.#position.next(position);
        return position;
      },
    });
  }

  /**
   * Brings the axis to rest, whatever it does. A move under way resolves as `stopped`.
   *
   * @returns where it came to rest, read back
   */
  async stop(): Promise<Arrival> {
    this.#allow('stop', 'idle', 'moving', 'homing', 'reading');
    const waiting = this.#desk.interrupt(
      new DaqtorError('module.stopped', { instrument: this.name, problem: 'it was stopped' }),
    );
    const { epsilon: _, ...options } = this.#driveOptions;
    try {
      const rest = await this.#command<Arrival>('stop', {
        tried: 'stopping',
        timeoutMs: this.spec.settings.timeoutMs,
        run: async (signal) => {
          await this.#connected.stop(signal);
          return this.#rest('stopped', await untilAtRest(this.#connected, { ...options, epsilon: 0 }, signal));
        },
      });
      waiting?.resolve(rest as never);
      return rest;
    } catch (error) {
      waiting?.reject(error);
      throw error;
    }
  }

  /**
   * Stops the axis unless it is known to be at rest, then lets go of the instrument. Harmless when it is closed already.
   *
   * @returns what went wrong on the way, e.g. that the axis could not be told to stop; never rejects
   */
  async close(): Promise<DaqtorError | undefined> {
    if (this.state === 'offline' || this.state === 'closing') return undefined;
    const closed = new DaqtorError('module.stopped', { instrument: this.name, problem: 'it was closed' });
    this.#desk.interrupt(closed)?.reject(closed);
    const driver = this.#driver;
    this.#driver = undefined;
    return await this.#command('close', {
      tried: 'stopping before closing',
      timeoutMs: this.spec.settings.timeoutMs,
      run: async (signal) => {
        try {
          if (!this.#atRest) await driver?.stop(signal);
        } finally {
          await driver?.close();
        }
      },
    }).then(
      () => undefined,
      (error: DaqtorError) => error,
    );
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

  get #connected(): ActuatorDriver {
    if (!this.#driver) throw notNow(this.name, 'talk to it', 'offline');
    return this.#driver;
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

  #allow(command: string, ...states: readonly string[]): void {
    if (!states.includes(this.state)) throw notNow(this.name, command, this.state);
  }

  #command<T>(
    type: 'connect' | 'move' | 'home' | 'read' | 'stop' | 'close',
    task: { tried: string; timeoutMs: number; run(signal: AbortSignal): Promise<T> },
  ): Promise<T> {
    const { id, answer } = this.#desk.take(task);
    this.actor.send({ type, id });
    return answer;
  }
}
