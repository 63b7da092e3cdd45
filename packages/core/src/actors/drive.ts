import type { ActuatorDriver } from '../contracts/actuator-driver.ts';
import type { Clock } from '../time/clock.ts';

export interface DriveOptions {
  /** Largest accepted distance between target and read-back, in the driver's units; 0: the controller decides. */
  readonly epsilon: number;
  readonly pollMs: number;
  readonly clock: Clock;
  /** Told of every position that is read on the way. */
  readonly seen: (position: number) => void;
  /** Whether anybody looks at positions on the way; if not, they are not read. */
  readonly watched: () => boolean;
}

/**
 * Moves an axis and waits until the controller says done and the position, read afresh, lies within `epsilon`. Waits on
 * while it is not: whoever calls limits the time.
 *
 * @param target - in the driver's units
 * @returns the position read back after arrival, in the driver's units
 */
export async function drive(
  driver: ActuatorDriver,
  target: number,
  options: DriveOptions,
  signal: AbortSignal,
): Promise<number> {
  const { epsilon } = options;
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
 * @returns that position, in the driver's units
 */
export async function untilAtRest(
  driver: ActuatorDriver,
  { pollMs, clock, seen, watched }: DriveOptions,
  signal: AbortSignal,
  accept: (position: number) => boolean = () => true,
): Promise<number> {
  for (;;) {
    const moving = await driver.isMoving(signal);
    if (!moving || watched()) {
      const position = await driver.readPosition(signal);
      seen(position);
      if (!moving && accept(position)) return position;
    }
    await clock.sleep(pollMs, signal);
  }
}
