import type { LiveSettings } from './live-settings.ts';

/** Positions that may be asked for, in the driver's units, both ends allowed. */
export interface Limits {
  readonly min: number;
  readonly max: number;
}

/**
 * One axis of something that moves. A plain object: promises and `AbortSignal`, no framework.
 *
 * DAQ_Move calls one method at a time, never a second before the first has settled, except for `stop`, which may come
 * while another call is under way, and for other calls while `whenAtRest` waits. An aborted call rejects with `signal.reason` and leaves the axis as it is: stopping
 * is a command of its own. Methods throw DaqtorError where they can; DAQ_Move adds the instrument's name.
 */
export interface ActuatorDriver {
  /** Units of every position, as pint reads them. */
  readonly units: string;
  /** Limits that the controller itself has, if it told them. */
  readonly limits?: Limits | undefined;
  /** Who answers: maker, model, serial number, firmware, as far as known. */
  readonly identity?: string | undefined;
  /** Measures where the axis is, in `units`. */
  readPosition(signal: AbortSignal): Promise<number>;
  /**
   * Commands an absolute position and resolves once the controller has accepted it, not when it is reached.
   *
   * @throws DaqtorError `instrument.fault` if the controller refuses
   */
  startMove(target: number, signal: AbortSignal): Promise<void>;
  /**
   * Whether the axis is still under way, asked of the controller.
   *
   * @throws DaqtorError `instrument.fault` if the controller reports that the motion failed
   */
  isMoving(signal: AbortSignal): Promise<boolean>;
  /**
   * Resolves once the axis is at rest, at once if it is already; for controllers that tell it by themselves. DAQ_Move
   * calls it after `startMove` or `startHome`, and need not ask all the time then.
   *
   * @throws DaqtorError `instrument.fault` if the controller reports that the motion failed
   */
  whenAtRest?(signal: AbortSignal): Promise<void>;
  /**
   * How long a move takes, in milliseconds, from what is known of the axis and without asking it; for estimates.
   *
   * @param from - where it begins, in `units`
   */
  moveMs?(from: number, to: number): number;
  /** Brings the axis to rest and resolves once the controller has accepted it. Harmless when at rest. */
  stop(signal: AbortSignal): Promise<void>;
  /** Starts the search for the reference, where the axis has one; `isMoving` tells when it is over. */
  startHome?(signal: AbortSignal): Promise<void>;
  /** Settings that can be changed while it is connected, where there are any. */
  readonly adjust?: LiveSettings | undefined;
  /** Lets go of the instrument. Idempotent; never rejects. */
  close(): Promise<void>;
}
