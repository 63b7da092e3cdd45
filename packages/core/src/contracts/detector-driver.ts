import type { DataWithAxes } from '../data/data-with-axes.ts';
import type { LiveSettings } from './live-settings.ts';

/**
 * Something that is read. A plain object: promises and `AbortSignal`, no framework.
 *
 * DAQ_Viewer calls one method at a time, never a second before the first has settled. Data need neither `origin` nor `timestamp`: DAQ_Viewer fills in what is
 * missing. Names, shapes and units stay the same from grab to grab while the settings do.
 */
export interface DetectorDriver {
  /** Who answers: maker, model, serial number, firmware, as far as known. */
  readonly identity?: string | undefined;
  /**
   * Takes one measurement and resolves with its data, by distinct names.
   *
   * @param signal - aborting ends the exposure where that is possible and rejects with `signal.reason`
   */
  grab(signal: AbortSignal): Promise<readonly DataWithAxes[]>;
  /**
   * Takes one measurement that is the mean of `count` exposures, for instruments that average by themselves; without it
   * DAQ_Viewer grabs `count` times. Otherwise as `grab`.
   */
  grabMean?(count: number, signal: AbortSignal): Promise<readonly DataWithAxes[]>;
  /**
   * Measures on and on, for instruments that run freely or wait for triggers: calls `deliver` with each measurement until
   * `signal` is aborted; then settles, either way, once the instrument has stopped. Without it DAQ_Viewer grabs in a loop.
   *
   * @param deliver - takes the data as `grab` gives them, at any time, one or many, and never throws
   * @param lost - to be told how many measurements the instrument or its link has lost, as soon as that is known: they end
   *   the live grab, or are counted, as whoever began it wants; never throws
   * @throws DaqtorError if the instrument stops by itself
   */
  live?(
    deliver: (data: readonly DataWithAxes[]) => void,
    signal: AbortSignal,
    lost: (count: number) => void,
  ): Promise<void>;
  /** How long one `grab` takes, in milliseconds, from its settings and without asking it; for estimates. */
  grabMs?(): number;
  /** Settings that can be changed while it is connected, where there are any. */
  readonly adjust?: LiveSettings | undefined;
  /** Lets go of the instrument. Idempotent; never rejects. */
  close(): Promise<void>;
}
