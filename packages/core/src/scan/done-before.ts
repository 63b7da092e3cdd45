/** The steps of a scan that are in its file already. */
export interface DoneBefore {
  readonly steps: number;
  /** How many of them were skipped. */
  readonly skipped: number;
}

export const NOTHING_BEFORE: DoneBefore = { steps: 0, skipped: 0 };
