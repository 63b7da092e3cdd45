/** How a fly scan passes its bins, line by line. Its steps are these lines; the axis that ramps is the last one. */
export interface Flight {
  /** Number of ramps. */
  readonly lines: number;
  /** Number of bins along each. */
  readonly bins: number;
  /** Where the first bin begins and the last one ends, in the units of the scan. */
  readonly from: number;
  readonly to: number;
  /** How far a ramp goes beyond both. */
  readonly overrun: number;
  /** Whether every second ramp goes back. */
  readonly snake: boolean;
}

/** Where the ramp of a line begins and ends, in the units of the scan. */
export function rampOf(flight: Flight, line: number): readonly [begin: number, end: number] {
  const beyond = Math.sign(flight.to - flight.from) * flight.overrun;
  const ends = [flight.from - beyond, flight.to + beyond] as const;
  return isReversed(flight, line) ? [ends[1], ends[0]] : ends;
}

/** Whether a line passes the last bin first. */
export function isReversed({ snake }: Flight, line: number): boolean {
  return snake && line % 2 === 1;
}
