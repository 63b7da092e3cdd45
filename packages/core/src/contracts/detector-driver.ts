import type { DataWithAxes } from '../data/data-with-axes.ts';

/**
 * Something that is read. A plain object: promises and `AbortSignal`, no framework.
 *
 * DAQ_Viewer calls `grab` one at a time. Data need neither `origin` nor `timestamp`: DAQ_Viewer fills in what is
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
  /** Lets go of the instrument. Idempotent; never rejects. */
  close(): Promise<void>;
}
