import {
  type ActuatorDriver,
  type ActuatorSpec,
  type Clock,
  type ConnectContext,
  DataWithAxes,
  type DetectorDriver,
  type DetectorSpec,
  type LiveSettings,
} from '@daqtor/core';
import { mockActuator, mockDetector } from '@daqtor/sim';
import { CALL_MS, type Fault, faultyCall } from './faulty-call.ts';

/** Calls of a driver, one of which goes wrong once the module is told to use it. */
export class Calls {
  armed = false;
  readonly #call: string;
  readonly #fault: Fault;
  readonly #clock: Clock;
  readonly #once: boolean;

  /** @param once - only the first of these calls goes wrong */
  constructor(call: string, fault: Fault, clock: Clock, once = false) {
    this.#call = call.replace(/ while .*/, '');
    this.#fault = fault;
    this.#clock = clock;
    this.#once = once;
  }

  make<T>(call: string, well: () => T, nan?: unknown): Promise<T> {
    if (this.armed && call === this.#call) {
      if (this.#once) this.armed = false;
      return faultyCall(this.#fault, this.#clock, well, nan);
    }
    return this.#clock.sleep(CALL_MS).then(well);
  }

  /** What a driver gives at once. */
  estimate(call: string, ms: number): number {
    if (!this.armed || call !== this.#call) return ms;
    if (this.#fault === 'NaN') return Number.NaN;
    const given = faultyCall(this.#fault, this.#clock, () => ms);
    // Nobody waits for a promise in the place of a number.
    void Promise.resolve(given).catch(() => undefined);
    return given as never;
  }

  /** Plugs in, and out again when connecting fails: what a driver owes. */
  async connect<T>(context: ConnectContext, make: (release: () => Promise<void>) => T): Promise<T> {
    const { release } = await context.share('port', async () => ({ close: async () => {} }));
    const aborted = new Promise<never>((_, reject) => {
      context.signal.addEventListener('abort', () => reject(context.signal.reason), { once: true });
    });
    aborted.catch(() => undefined);
    try {
      const driver = await Promise.race([this.make('connect', () => make(release)), aborted]);
      // What the module never got, it cannot close.
      if (typeof driver !== 'object' || driver === null || !('close' in driver)) await release();
      return driver;
    } catch (error) {
      await release();
      throw error;
    }
  }
}

/** An actuator whose driver makes these calls; a move takes 40 ms. */
export function actuatorOnTrial(
  calls: Calls,
  clock: Clock,
  settings: Parameters<typeof mockActuator>[0],
): ActuatorSpec {
  const connect = (context: ConnectContext) =>
    calls.connect(context, (release) => actuatorDriver(calls, clock, release));
  return { ...mockActuator(settings), connect };
}

/** A detector whose driver makes these calls. */
export function detectorOnTrial(
  calls: Calls,
  clock: Clock,
  settings: Parameters<typeof mockDetector>[0],
): DetectorSpec {
  const connect = (context: ConnectContext) =>
    calls.connect(context, (release) => detectorDriver(calls, clock, release));
  return { ...mockDetector(settings), connect };
}

function actuatorDriver(calls: Calls, clock: Clock, release: () => Promise<void>): ActuatorDriver {
  let position = 0;
  let restMs = 0;
  const go = (target: number) => {
    position = target;
    restMs = clock.now() + 20 * CALL_MS;
  };
  return {
    units: 'mm',
    readPosition: () => calls.make('readPosition', () => position),
    startMove: (target) => calls.make('startMove', () => go(target)),
    isMoving: () => calls.make('isMoving', () => clock.now() < restMs),
    whenAtRest: async (signal) => {
      await calls.make('whenAtRest', () => clock.sleep(Math.max(0, restMs - clock.now()), signal));
    },
    moveMs: (from, to) => calls.estimate('moveMs', 20 * CALL_MS * Math.abs(to - from)),
    startHome: () => calls.make('startHome', () => go(0)),
    adjust: adjustOnTrial(calls, 'velocity'),
    stop: () => calls.make('stop', () => {}),
    close: () => letGo(calls, release),
  };
}

function detectorDriver(calls: Calls, clock: Clock, release: () => Promise<void>): DetectorDriver {
  const data = (value: number) => [new DataWithAxes({ name: 'signal', data: [value], units: 'V' })];
  const measure = (call: string) => calls.make(call, () => data(1), data(Number.NaN));
  return {
    grab: () => measure('grab'),
    grabMean: () => measure('grabMean'),
    live: async (deliver, signal) => {
      for (;;) {
        deliver(await measure('live'));
        await clock.sleep(10 * CALL_MS, signal);
      }
    },
    grabMs: () => calls.estimate('grabMs', CALL_MS),
    adjust: adjustOnTrial(calls, 'delayMs'),
    close: () => letGo(calls, release),
  };
}

/** One setting that can be changed while connected. */
function adjustOnTrial(calls: Calls, name: string): LiveSettings {
  let value: unknown = 0;
  return {
    names: [name],
    async apply(wanted) {
      await calls.make('apply settings', () => {
        value = wanted[name];
      });
    },
    read: () => calls.make('read settings', () => ({ [name]: value }), { [name]: Number.NaN }),
  };
}

/** The port is free even if the driver then says that it could not be closed. */
async function letGo(calls: Calls, release: () => Promise<void>): Promise<void> {
  await release();
  await calls.make('close', () => {});
}
