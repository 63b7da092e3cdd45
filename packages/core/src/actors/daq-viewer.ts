import type { Observable } from 'rxjs';
import { createActor } from 'xstate';
import { type Capability, capabilitiesOf } from '../contracts/capabilities.ts';
import { type DetectorSettings, type DetectorSpec, detectorSettings } from '../contracts/define-detector.ts';
import type { DetectorDriver } from '../contracts/detector-driver.ts';
import type { DataToExport } from '../data/data-to-export.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { findOvershoot } from '../processing/overshoot.ts';
import { subtractBackground } from '../processing/subtract-background.ts';
import { measureRois, type Roi } from '../roi/roi.ts';
import { Hub } from '../streams/hub.ts';
import type { Clock } from '../time/clock.ts';
import { checkedDetector } from './checked-detector.ts';
import { type ConnectWith, DriverKeeper } from './driver-keeper.ts';
import { estimatedMs } from './estimated-ms.ts';
import { type ExpectedGrab, expectedFrom } from './expected-grab.ts';
import { FrameSource } from './frame-source.ts';
import type { LiveGrab, LiveOptions, LiveResult } from './live-grab.ts';
import { LiveRun } from './live-run.ts';
import { ModuleSettings } from './module-settings.ts';
import { type ChangeOptions, SettingsDesk } from './settings-desk.ts';
import { type ShownOptions, shownData } from './shown-data.ts';
import { ViewerBackground } from './viewer-background.ts';
import { viewerMachine } from './viewer-machine.ts';

type Settings = DetectorSettings & Readonly<Record<string, unknown>>;

/** What the module itself does with each of these. */
const OWN_SETTINGS: ReadonlySet<string> = new Set(Object.keys(detectorSettings.shape));

/** A detector of the lab, read through its driver, with its life kept by a state machine. */
export class DaqViewer<Input = Readonly<Record<string, unknown>>> {
  readonly role = 'detector';
  readonly name: string;
  readonly spec: DetectorSpec<Input>;
  /** Every grab, by reference: lossless sinks for savers, live taps for plots. */
  readonly data = new Hub<DataToExport>();
  /** The machine, for those who want to inspect it; its emitted events are the module's facts. */
  readonly actor;
  /** What is subtracted for display and regions of interest, and saved beside the data. */
  readonly background: ViewerBackground;
  /** Regions of interest; what they make of the data is added to every grab, as calculated data. */
  rois: readonly Roi[] = [];
  readonly #clock: Clock;
  readonly #settings: ModuleSettings<Settings>;
  readonly #keeper: DriverKeeper<DetectorDriver, 'grab' | 'live' | 'stop', Settings>;
  readonly #changes: SettingsDesk<Settings>;
  readonly #source: FrameSource;
  #expected: ExpectedGrab = {};
  #live: LiveRun | undefined;
  #stopping: Promise<void> | undefined;
  #isOver = false;

  constructor(name: string, spec: DetectorSpec<Input>, clock: Clock) {
    this.name = name;
    this.spec = spec;
    this.#clock = clock;
    this.#source = new FrameSource(name, clock);
    this.#settings = new ModuleSettings<Settings>(spec as DetectorSpec);
    this.#keeper = new DriverKeeper({
      name,
      spec,
      settings: this.#settings,
      adapt: checkedDetector,
      greet: async () => this.#source.reset(),
      clock,
      state: () => this.state,
      send: (event) => this.actor.send(event),
    });
    this.#changes = new SettingsDesk({
      name,
      settings: this.#settings,
      keeper: this.#keeper,
      state: () => this.state,
      amid: () => (this.state === 'live' && !this.#live?.isFixed ? this.#live : undefined),
      own: OWN_SETTINGS,
      inTurn: (ask, signal) => this.#source.ask(ask, signal),
      tell: (changes) => {
        // The next grab may be of another shape, and take another time.
        this.#expected = {};
        this.actor.send({ type: 'settingsChanged', changes });
      },
    });
    this.background = new ViewerBackground((average) => this.#take('taking the background', average, (raw) => raw));
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

  /** Settings that hold, as the instrument took them. */
  get settings(): Settings {
    return this.#settings.current;
  }

  /** What its driver can beside its duties; undefined while it is not connected. */
  get capabilities(): readonly Capability[] | undefined {
    const driver = this.#keeper.connected;
    return driver && capabilitiesOf(driver);
  }

  /** Names of the settings that can be changed without connecting again; undefined while it is not connected. */
  get liveSettings(): readonly string[] | undefined {
    const driver = this.#keeper.connected;
    return driver && [...OWN_SETTINGS, ...(driver.adjust?.names ?? [])];
  }

  /**
   * What the next grab will be like: as the driver says, else as the last one was.
   *
   * @throws DaqtorError if the driver tells no time
   */
  get expected(): ExpectedGrab {
    const driver = this.#keeper.connected;
    if (!driver?.grabMs) return this.#expected;
    const driverMs = estimatedMs(this.name, 'a grab', () => driver.grabMs?.());
    return { ...this.#expected, grabMs: driverMs * this.settings.average };
  }

  /** @throws DaqtorError `instrument.connect` and others: why it does not answer, and what to do */
  async connect(context: ConnectWith): Promise<void> {
    await this.#keeper.connect(context);
  }

  /**
   * Changes settings: at once while it is idle, for the next connection while it is not connected.
   *
   * @param options - `reconnect`: connect again for what the instrument cannot change while it is connected
   * @returns the settings that hold then, as the instrument took them
   * @throws as `SettingsDesk`
   */
  async set(changes: Partial<Input>, options: ChangeOptions = {}): Promise<Settings> {
    await this.#changes.make(changes, options);
    return this.settings;
  }

  /**
   * Takes one measurement.
   *
   * @param options - `average`: grabs averaged into it; default the setting of the detector
   * @returns its data, with origin and time, what the regions of interest make of them, and the background if one is kept
   * @throws DaqtorError `instrument.*` when it does not answer in time or reports a fault
   */
  async grab(options: { readonly average?: number } = {}): Promise<DataToExport> {
    this.#isOver = false;
    const beganMs = this.#clock.now();
    const grabbed = await this.#take('grabbing', options.average, (raw) => this.#finish(raw));
    this.#expected = expectedFrom(grabbed, this.#clock.now() - beganMs);
    await this.data.publish(grabbed);
    return grabbed;
  }

  /**
   * Begins to grab on and on, until `stop`: by the instrument itself where it can, else in a loop that a full saver holds
   * back. Frames go by `data`.
   *
   * @throws DaqtorError `module.state` unless it is idle
   */
  live(options: LiveOptions = {}): LiveGrab {
    this.#keeper.allow('go live', 'idle');
    const run = new LiveRun(
      {
        name: this.name,
        clock: this.#clock,
        hub: this.data,
        source: this.#source,
        driver: this.#keeper.driver,
        average: () => this.#averageOf(options.average),
        finish: (raw) => this.#finish(raw),
        refused: (error) => this.actor.send({ type: 'misread', error }),
      },
      options,
    );
    this.#live = run;
    this.#isOver = false;
    const done = this.#keeper.command<LiveResult>('live', 'grabbing live data', (signal, watch) =>
      run.run(signal, watch),
    );
    done.catch(() => undefined); // told by the module's facts too
    return {
      done,
      get frames() {
        return run.result.frames;
      },
      get skipped() {
        return run.result.skipped;
      },
    };
  }

  /**
   * Ends what is under way, and resolves when the instrument has ended it. A live grab resolves with its counts, a single
   * grab rejects with `module.stopped`. Harmless when nothing is under way.
   */
  async stop(): Promise<void> {
    if (this.state === 'idle') return;
    this.#stopping ??= this.#stop().finally(() => {
      this.#stopping = undefined;
    });
    await this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#keeper.allow('stop', 'grabbing', 'live');
    const live = this.state === 'live' ? this.#live : undefined;
    const { resolve, reject, reason } = this.#keeper.interrupt('it was stopped');
    try {
      await this.#keeper.command('stop', 'stopping', (signal) => this.#source.whenFree(signal));
    } finally {
      if (live) resolve(live.result as never);
      else reject(reason);
    }
  }

  /** Data for people's eyes: the newest only, less their background. What is saved does not depend on it. */
  shown$(options: ShownOptions = {}): Observable<DataToExport> {
    const begins = (reset: () => void) => {
      const subscriptions = (['live', 'settingsChanged'] as const).map((fact) => this.actor.on(fact, reset));
      return () => {
        for (const subscription of subscriptions) subscription.unsubscribe();
      };
    };
    return shownData(this.data.live$, options, this.#clock, begins);
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

  /** Takes one measurement by a command of its own. */
  #take(tried: string, average: number | undefined, finish: (raw: DataToExport) => DataToExport) {
    this.#keeper.allow('grab', 'idle');
    return this.#keeper.command('grab', tried, async (signal, watch) =>
      finish(await this.#source.measure(this.#keeper.driver, this.#averageOf(average), signal, watch)),
    );
  }

  #averageOf(average: number = this.settings.average): number {
    if (Number.isInteger(average) && average >= 1) return average;
    throw new DaqtorError('lab.settings', {
      instrument: this.name,
      problem: `a mean is taken of a whole number of grabs, at least 1, not of ${average}`,
    });
  }

  /** What is made of every measurement: regions of interest, the watch for overshoots, the background beside it. */
  #finish(raw: DataToExport): DataToExport {
    const background = this.background.current;
    const frame = background ? raw.with({ background }) : raw;
    this.#watchOvershoot(raw);
    if (this.rois.length === 0) return frame;
    return frame.with({ data: [...raw.data, ...measureRois(this.rois, subtractBackground(frame))] });
  }

  /** Tells an overshoot when it begins, not with every frame of it. */
  #watchOvershoot(raw: DataToExport): void {
    const { overshoot: limits } = this.settings;
    const overshoot = limits && findOvershoot(raw, limits);
    if (overshoot && !this.#isOver) this.actor.send({ type: 'overshot', overshoot });
    this.#isOver = overshoot !== undefined;
  }
}
