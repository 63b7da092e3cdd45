import type { ActuatorDriver } from '../contracts/actuator-driver.ts';
import type { Clock } from '../time/clock.ts';
import { pause } from './pause.ts';

export interface DriveOptions {
  /** Largest accepted distance between target and read-back, in the driver's units; 0: the controller decides. */
  readonly epsilon: number;
  /** Longest pause between two looks; see `untilAtRest`. */
  readonly pollMs: number;
  /** How arrival is noticed, where the driver can tell it by an event. */
  readonly done: 'event' | 'poll' | 'both';
  /** Pause between arrival and read-back. */
  readonly settleMs: number;
  readonly clock: Clock;
  /** Told of every position that is read on the way. */
  readonly seen: (position: number) => void;
  /** Whether anybody looks at positions on the way; if not, they are not read. */
  readonly watched: () => boolean;
  /** Told each time that the controller has answered. */
  readonly answered?: () => void;
}

/** A way to a position, in the driver's units. */
export interface Route {
  readonly target: number;
  /** Where to go first, so that the target is approached from the right side. */
  readonly via?: number | undefined;
}

/**
 * Moves an axis and waits until the controller says done and the position, read afresh, lies within `epsilon`. Waits on
 * while it is not: whoever calls limits the time.
 *
 * @returns the position read back after arrival, in the driver's units
 */
export async function drive(
  driver: ActuatorDriver,
  { target, via }: Route,
  options: DriveOptions,
  signal: AbortSignal,
): Promise<number> {
  const { epsilon } = options;
  if (via !== undefined) {
    await driver.startMove(via, signal);
    await untilAtRest(driver, { ...options, settleMs: 0 }, signal);
    // A driver may ignore the abort: a stopped axis must not set out again.
    signal.throwIfAborted();
  }
  await driver.startMove(target, signal);
  return await untilAtRest(
    driver,
    options,
    signal,
    (position) => epsilon === 0 || Math.abs(position - target) <= epsilon,
  );
}

/**
 * Waits until the controller says done and `accept` agrees with the position that is then read.
 *
 * It looks at once, then after pauses of an eighth of the time that has passed, `pollMs` at most: a quick axis is not
 * kept waiting, and a slow one is not asked all the time. An event of the controller ends a pause.
 *
 * @returns that position, in the driver's units
 */
export async function untilAtRest(
  driver: ActuatorDriver,
  options: DriveOptions,
  signal: AbortSignal,
  accept: (position: number) => boolean = () => true,
): Promise<number> {
  const { pollMs, done, settleMs, clock, seen, watched, answered } = options;
  const rest = done === 'poll' ? undefined : restEvent(driver, signal);
  const beganMs = clock.now();
  for (;;) {
    const isMoving = rest && done === 'event' ? !rest.happened() : await driver.isMoving(signal);
    if (!isMoving) {
      if (settleMs > 0) await clock.sleep(settleMs, signal);
      const position = await driver.readPosition(signal);
      seen(position);
      if (accept(position)) return position;
    } else if (watched()) {
      seen(await driver.readPosition(signal));
    }
    answered?.();
    const pauseMs = Math.min(pollMs, Math.max(1, (clock.now() - beganMs) / 8));
    await pause(clock, pauseMs, signal, rest?.happened() ? undefined : rest?.promise);
  }
}

/** The controller's own word that the axis is at rest; undefined where it gives none. */
function restEvent(driver: ActuatorDriver, signal: AbortSignal) {
  if (!driver.whenAtRest) return undefined;
  let hasHappened = false;
  let failure: { readonly error: unknown } | undefined;
  const promise = driver.whenAtRest(signal).then(
    () => {
      hasHappened = true;
    },
    (error: unknown) => {
      failure = { error };
    },
  );
  return {
    promise,
    /** @throws what the controller reported instead */
    happened: () => {
      if (failure) throw failure.error;
      return hasHappened;
    },
  };
}
