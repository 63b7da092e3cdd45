import type { ConnectContext } from '../contracts/connect-context.ts';
import type { InstrumentSpec } from '../contracts/define-instrument.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import type { Clock } from '../time/clock.ts';
import { CommandDesk, type CommandEvent, type Interrupted, type Task } from './command-desk.ts';
import type { ModuleSettings } from './module-settings.ts';
import { orAborted } from './or-aborted.ts';

/** What every driver can do. */
export interface Closeable {
  readonly identity?: string | undefined;
  close(): Promise<void>;
}

/** What a driver is connected with, of what the lab has. */
export type ConnectWith = Pick<ConnectContext, 'share' | 'trace'>;

export type KeptSettings = Readonly<Record<string, unknown>> & { readonly timeoutMs: number };

export interface DriverKeeperOptions<Driver, Command extends string, Settings extends KeptSettings> {
  readonly name: string;
  readonly spec: Pick<InstrumentSpec<string, Settings, Driver>, 'connect'>;
  readonly settings: ModuleSettings<Settings>;
  /** Makes of a new driver what the module works with. */
  readonly adapt: (driver: Driver) => Driver;
  /** What is asked of a new driver before it counts as connected. */
  readonly greet: (driver: Driver, signal: AbortSignal) => Promise<void>;
  readonly clock: Clock;
  /** The state of the module's machine. */
  readonly state: () => string;
  /** Gives the module's machine an event. */
  readonly send: (event: CommandEvent | { readonly type: Command | LifeCommand; readonly id: number }) => void;
}

/** Commands that every module has. */
export type LifeCommand = 'connect' | 'reconnect' | 'set' | 'close';

/**
 * Keeps a module's driver and gives its commands to the module's machine: what DAQ_Move and DAQ_Viewer have in common.
 */
export class DriverKeeper<
  Driver extends Closeable,
  Command extends string,
  Settings extends KeptSettings = KeptSettings,
> {
  readonly #options: DriverKeeperOptions<Driver, Command, Settings>;
  readonly #desk: CommandDesk;
  #driver: Driver | undefined;
  /** Who answered last; after a fault nobody else may take its place. */
  #identity: string | undefined;
  /** What it was connected with last. */
  #context: ConnectWith | undefined;

  constructor(options: DriverKeeperOptions<Driver, Command, Settings>) {
    this.#options = options;
    this.#desk = new CommandDesk(options.name, options.clock, options.send);
  }

  /** The driver, while there is one. */
  get connected(): Driver | undefined {
    return this.#driver;
  }

  /** @throws DaqtorError `module.state` while there is none */
  get driver(): Driver {
    if (!this.#driver) throw this.notNow('talk to it', 'offline');
    return this.#driver;
  }

  /** Runs the command of this id: for the machine, as it enters the state that the command is about. */
  begin(id: number): void {
    this.#desk.begin(id);
  }

  /** @throws DaqtorError `module.state` unless the module is in one of these states */
  allow(command: string, ...states: readonly string[]): void {
    const state = this.#options.state();
    if (!states.includes(state)) throw this.notNow(command, state);
  }

  notNow(command: string, state: string): DaqtorError {
    const isAway = state === 'faulted' || state === 'offline';
    return new DaqtorError('module.state', {
      instrument: this.#options.name,
      problem: `cannot ${command} while ${state}`,
      advice: isAway ? 'Connect it again first' : 'Wait until it has finished, or stop it',
    });
  }

  /** Gives the machine a command and waits for its end. */
  command<T>(type: Command | LifeCommand, tried: string, run: Task<T>['run']): Promise<T> {
    const timeoutMs = () => this.#options.settings.current.timeoutMs;
    const { id, answer } = this.#desk.take({ tried, timeoutMs, run });
    this.#options.send({ type, id });
    return answer;
  }

  /** Aborts the command under way; whoever waits for it is owed an answer. */
  interrupt(problem: string): Interrupted & { readonly reason: DaqtorError } {
    const reason = new DaqtorError('module.stopped', { instrument: this.#options.name, problem });
    const { resolve, reject } = this.#desk.interrupt(reason) ?? { resolve: () => {}, reject: () => {} };
    return { resolve, reject, reason };
  }

  /** Connects; a driver that comes too late is closed again, and so is another instrument than the one that was lost. */
  async connect(context: ConnectWith): Promise<void> {
    this.allow('connect', 'offline', 'faulted');
    this.#context = context;
    await this.#connect('connect', context);
  }

  /** Lets go of the driver and connects as before, with the settings that are asked for now; whoever answers is right. */
  async reconnect(): Promise<void> {
    this.allow('reconnect', 'idle');
    this.#identity = undefined;
    if (this.#context) await this.#connect('reconnect', this.#context);
  }

  async #connect(command: 'connect' | 'reconnect', context: ConnectWith): Promise<void> {
    const { name, spec, settings, clock, adapt, greet } = this.#options;
    const old = this.#driver;
    this.#driver = undefined;
    await this.command(command, 'connecting', async (signal) => {
      await old?.close();
      const plain = await spec.connect({ ...context, name, clock, signal }, settings.asked);
      try {
        this.#refuseStranger(plain.identity);
        const driver = adapt(plain);
        await orAborted(greet(driver, signal), signal);
        signal.throwIfAborted();
        this.#driver = driver;
        this.#identity = plain.identity;
      } catch (error) {
        await letGo(plain);
        throw error;
      }
    });
  }

  /**
   * Ends what is under way, then lets go of the driver. Harmless when it is closed already.
   *
   * @param tried - for the error, when `farewell` fails
   * @param farewell - what is asked of the driver before it is closed
   * @returns what went wrong on the way; never rejects
   */
  async close(
    tried: string,
    farewell: (driver: Driver, signal: AbortSignal) => Promise<void>,
  ): Promise<DaqtorError | undefined> {
    const state = this.#options.state();
    if (state === 'offline' || state === 'closing') return undefined;
    const { reject, reason } = this.interrupt('it was closed');
    reject(reason);
    const driver = this.#driver;
    this.#driver = undefined;
    this.#identity = undefined;
    return await this.command('close', tried, async (signal) => {
      if (!driver) return;
      try {
        await orAborted(farewell(driver, signal), signal);
      } finally {
        await driver.close();
      }
    }).then(
      () => undefined,
      (error: DaqtorError) => error,
    );
  }

  /** @throws DaqtorError `instrument.connect` */
  #refuseStranger(identity: string | undefined): void {
    if (this.#identity === undefined || identity === undefined || identity === this.#identity) return;
    throw new DaqtorError('instrument.connect', {
      instrument: this.#options.name,
      problem: `another instrument answers: it was ${this.#identity}, and is ${identity}`,
      advice: 'Put the right one back, or close it and connect again if this one is to take its place',
    });
  }
}

/** Closes what did not connect. Why it did not matters more than what closing it may add. */
async function letGo(driver: Closeable): Promise<void> {
  try {
    await driver.close();
  } catch {}
}
