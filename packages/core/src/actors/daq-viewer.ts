import { createActor } from 'xstate';
import type { ConnectContext } from '../contracts/connect-context.ts';
import type { DetectorSpec } from '../contracts/define-detector.ts';
import type { DetectorDriver } from '../contracts/detector-driver.ts';
import { DataToExport } from '../data/data-to-export.ts';
import type { DataWithAxes } from '../data/data-with-axes.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { Hub } from '../streams/hub.ts';
import type { Clock } from '../time/clock.ts';
import { CommandDesk } from './command-desk.ts';
import { notNow } from './not-now.ts';
import { viewerMachine } from './viewer-machine.ts';

/** A detector of the lab, read through its driver, with its life kept by a state machine. */
export class DaqViewer {
  readonly role = 'detector';
  readonly name: string;
  readonly spec: DetectorSpec;
  /** Every grab, by reference: lossless sinks for savers, live taps for plots. */
  readonly data = new Hub<DataToExport>();
  readonly #clock: Clock;
  readonly #desk: CommandDesk;
  /** The machine, for those who want to inspect it; its emitted events are the module's facts. */
  readonly actor;
  #driver: DetectorDriver | undefined;

  constructor(name: string, spec: DetectorSpec, clock: Clock) {
    this.name = name;
    this.spec = spec;
    this.#clock = clock;
    this.#desk = new CommandDesk(name, clock, (event) => this.actor.send(event));
    this.actor = createActor(viewerMachine, { clock: clock as never, input: { begin: (id) => this.#desk.begin(id) } });
    this.actor.start();
  }

  /** What the module is doing. */
  get state() {
    return this.actor.getSnapshot().value;
  }

  get identity(): string | undefined {
    return this.#driver?.identity;
  }

  /** @throws DaqtorError `instrument.connect` and others: why it does not answer, and what to do */
  async connect(context: Pick<ConnectContext, 'share' | 'trace'>): Promise<void> {
    this.#allow('connect', 'offline', 'faulted');
    await this.#driver?.close();
    await this.#command('connect', {
      tried: 'connecting',
      timeoutMs: this.spec.settings.timeoutMs,
      run: async (signal) => {
        const driver = await this.spec.connect({ ...context, name: this.name, clock: this.#clock, signal });
        if (signal.aborted) return await driver.close();
        this.#driver = driver;
      },
    });
  }

  /**
   * Takes one measurement.
   *
   * @returns its data, with origin and time
   * @throws DaqtorError `instrument.*` when it does not answer in time or reports a fault
   */
  async grab(): Promise<DataToExport> {
    this.#allow('grab', 'idle');
    const grabbed = await this.#command('grab', {
      tried: 'grabbing',
      timeoutMs: this.spec.settings.timeoutMs,
      run: async (signal) => {
        if (!this.#driver) throw notNow(this.name, 'grab', 'offline');
        const timestamp = this.#clock.epochMs() / 1000;
        const data = await this.#driver.grab(signal);
        return new DataToExport({ name: this.name, data: this.#signed(data, timestamp) });
      },
    });
    await this.data.publish(grabbed);
    return grabbed;
  }

  /**
   * Ends a grab that is under way, whose promise rejects with `module.stopped`, then lets go of the instrument. Harmless
   * when it is closed already.
   *
   * @returns what went wrong on the way; never rejects
   */
  async close(): Promise<DaqtorError | undefined> {
    if (this.state === 'offline' || this.state === 'closing') return undefined;
    const closed = new DaqtorError('module.stopped', { instrument: this.name, problem: 'it was closed' });
    this.#desk.interrupt(closed)?.reject(closed);
    const driver = this.#driver;
    this.#driver = undefined;
    const error = await this.#command('close', {
      tried: 'closing',
      timeoutMs: this.spec.settings.timeoutMs,
      run: async () => await driver?.close(),
    }).then(
      () => undefined,
      (error: DaqtorError) => error,
    );
    this.data.close();
    return error;
  }

  /** Data with what the driver left out: who measured them and when. */
  #signed(data: readonly DataWithAxes[], timestamp: number): readonly DataWithAxes[] {
    const names = new Set(data.map(({ name }) => name));
    if (names.size !== data.length) {
      throw new DaqtorError('instrument.fault', {
        problem: `the driver gave two data objects of the same name: ${data.map(({ name }) => name).join(', ')}`,
        advice: 'Each data object of a grab needs a name of its own; this is a fault of the driver',
      });
    }
    return data.map((one) => {
      if (one.origin !== '' && !Number.isNaN(one.timestamp)) return one;
      return one.with({
        origin: one.origin || this.name,
        timestamp: Number.isNaN(one.timestamp) ? timestamp : one.timestamp,
      });
    });
  }

  #allow(command: string, ...states: readonly string[]): void {
    if (!states.includes(this.state)) throw notNow(this.name, command, this.state);
  }

  #command<T>(
    type: 'connect' | 'grab' | 'close',
    task: { tried: string; timeoutMs: number; run(signal: AbortSignal): Promise<T> },
  ): Promise<T> {
    const { id, answer } = this.#desk.take(task);
    this.actor.send({ type, id });
    return answer;
  }
}
