/** The steps of a scan that are in its file already: points, of a fly scan lines. */
export interface DoneBefore {
  readonly steps: number;
  /** How many of them were skipped. */
  readonly skipped: number;
  /** How many bins of the others were passed without a frame; default none. */
  readonly passed?: number;
  /** Of an adaptive scan: what each step was worth, by which it goes on; NaN for one without data. */
  readonly signals?: readonly number[];
}

export const NOTHING_BEFORE: DoneBefore = { steps: 0, skipped: 0 };
