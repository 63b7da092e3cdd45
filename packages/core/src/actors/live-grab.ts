/** What becomes of frames of an instrument that cannot wait, when a saver does not keep up. */
export type WhenBehind = 'fail' | 'skip';

export interface LiveOptions {
  /** Time from one frame to the next, where DAQ_Viewer takes them; default as fast as they come. */
  readonly everyMs?: number;
  /** Frames averaged into one; default the setting of the detector. */
  readonly average?: number;
  /**
   * For an instrument that runs freely: `fail` ends the live grab with `stream.overflow` when one is lost (default); `skip` leaves frames out
   * of what is saved, all savers alike, and counts them in `skipped`.
   */
  readonly whenBehind?: WhenBehind;
  /** Whether settings are left alone until it ends, for frames that belong together; default false. */
  readonly fixed?: boolean;
}

/** How a live grab went. */
export interface LiveResult {
  /** Frames that were published. */
  readonly frames: number;
  /** Frames that were not saved, since a saver was behind (these were shown), or that the instrument says it lost. */
  readonly skipped: number;
}

/** A live grab under way. Its frames go by the viewer's hub, `data`. */
export interface LiveGrab extends LiveResult {
  /**
   * Resolves when it was stopped.
   *
   * @throws DaqtorError why it ended otherwise; told by the module's facts too, so that nobody needs to wait for it
   */
  readonly done: Promise<LiveResult>;
}
