import type { Clock } from '../time/clock.ts';
import type { TraceLine } from './wire.ts';

/** Something that several drivers may hold at once, e.g. the one serial port of a two-axis controller. */
export interface Shareable {
  /** Idempotent; never rejects. */
  close(): Promise<void>;
}

/** What the lab gives a driver to connect with. */
export interface ConnectContext {
  /** Name of the instrument in the lab. */
  readonly name: string;
  readonly clock: Clock;
  /** Aborted when connecting takes too long or the lab closes. */
  readonly signal: AbortSignal;
  /** Receives a line for all that goes over a wire, when the user asked for it. */
  readonly trace?: ((line: TraceLine) => void) | undefined;
  /**
   * One object per key in the whole lab: opened by the first that asks, closed when the last has let go.
   *
   * @param key - e.g. the address of a port
   * @returns the object, and `release`, which is idempotent and never rejects
   */
  share<T extends Shareable>(
    key: unknown,
    open: () => Promise<T>,
  ): Promise<{ readonly value: T; readonly release: () => Promise<void> }>;
}
