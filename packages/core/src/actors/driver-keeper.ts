import type { ConnectContext } from '../contracts/connect-context.ts';
import type { InstrumentSpec } from '../contracts/define-instrument.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import type { Clock } from '../time/clock.ts';
import { CommandDesk, type CommandEvent, type Interrupted, type Task } from './command-desk.ts';
import { orAborted } from './or-aborted.ts';

/** What every driver can do. */
interface Closeable {
  readonly identity?: string | undefined;
  close(): Promise<void>;
}

export interface DriverKeeperOptions<Driver, Command extends string> {
  readonly name: string;
  readonly spec: InstrumentSpec<string, { readonly timeoutMs: number }, Driver>;
  /** Makes of a new driver what the module works with. */
  readonly adapt: (driver: Driver) => Driver;
  readonly clock: Clock;
  /** The state of the module's machine. */
  readonly state: () => string;
  /** Gives the module's machine an event. */
  readonly send: (event: CommandEvent | { readonly type: Command | 'connect' | 'close'; readonly id: number }) => void;
}

/**
 * Keeps a module's driver and gives its commands to the module's machine: what DAQ_Move and DAQ_Viewer have in common.
 */
export class DriverKeeper<Driver extends Closeable, Command extends string> {
  readonly #options: DriverKeeperOptions<Driver, Command>;
  readonly #desk: CommandDesk;
  #driver: Driver | undefined;
  /** Who answered last; after a fault nobody else may take its place. */
  #identity: string | undefined;

  constructor(options: DriverKeeperOptions<Driver, Command>) {
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
  command<T>(type: Command | 'connect' | 'close', tried: string, run: Task<T>['run']): Promise<T> {
    const { timeoutMs } = this.#options.spec.settings;
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

  /**
   * Connects; a driver that comes too late is closed again, and so is another instrument than the one that was lost.
   *
   * @param greet - what is asked of a new driver before it counts as connected
   */
  async connect(
    context: Pick<ConnectContext, 'share' | 'trace'>,
    greet: (driver: Driver, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    this.allow('connect', 'offline', 'faulted');
    const { name, spec, clock, adapt } = this.#options;
    const old = this.#driver;
    this.#driver = undefined;
    await this.command('connect', 'connecting', async (signal) => {
      await old?.close();
      const plain = await spec.connect({ ...context, name, clock, signal });
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
