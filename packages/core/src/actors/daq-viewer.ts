import { createActor } from 'xstate';
import type { ConnectContext } from '../contracts/connect-context.ts';
import type { DetectorSpec } from '../contracts/define-detector.ts';
import type { DetectorDriver } from '../contracts/detector-driver.ts';
import { DataToExport } from '../data/data-to-export.ts';
import type { DataWithAxes } from '../data/data-with-axes.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { Hub } from '../streams/hub.ts';
import type { Clock } from '../time/clock.ts';
import { DriverKeeper } from './driver-keeper.ts';
import { viewerMachine } from './viewer-machine.ts';

/** A detector of the lab, read through its driver, with its life kept by a state machine. */
export class DaqViewer {
  readonly role = 'detector';
  readonly name: string;
  readonly spec: DetectorSpec;
  /** Every grab, by reference: lossless sinks for savers, live taps for plots. */
  readonly data = new Hub<DataToExport>();
  /** The machine, for those who want to inspect it; its emitted events are the module's facts. */
  readonly actor;
  readonly #clock: Clock;
  readonly #keeper: DriverKeeper<DetectorDriver, 'grab'>;

  constructor(name: string, spec: DetectorSpec, clock: Clock) {
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
    this.actor = createActor(viewerMachine, { clock: clock as never, input: { begin } });
    this.actor.start();
  }

  /** What the module is doing. */
  get state() {
    return this.actor.getSnapshot().value;
  }

  get identity(): string | undefined {
    return this.#keeper.connected?.identity;
  }

  /** @throws DaqtorError `instrument.connect` and others: why it does not answer, and what to do */
  async connect(context: Pick<ConnectContext, 'share' | 'trace'>): Promise<void> {
    await this.#keeper.connect(context, async () => {});
  }

  /**
   * Takes one measurement.
   *
   * @returns its data, with origin and time
   * @throws DaqtorError `instrument.*` when it does not answer in time or reports a fault
   */
  async grab(): Promise<DataToExport> {
    this.#keeper.allow('grab', 'idle');
    const grabbed = await this.#keeper.command('grab', 'grabbing', async (signal) => {
      const timestamp = this.#clock.epochMs() / 1000;
      const data = await this.#keeper.driver.grab(signal);
      return new DataToExport({ name: this.name, data: this.#signed(data, timestamp) });
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
    const error = await this.#keeper.close('closing', async () => {});
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
}
