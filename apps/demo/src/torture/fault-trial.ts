import type { ScanSettingsInput } from '@daqtor/core';
import type { Fault } from './faulty-call.ts';

export type Culprit = 'x' | 'meter' | 'gauge' | 'z';

/** How a scan ends. */
export interface FaultOutcome {
  readonly outcome: 'completed' | 'failed';
  /** Of each place, as in the file. */
  readonly statuses: readonly number[];
  /** Whether a person has to come. */
  readonly pauses: boolean;
  /** Whether it is held until all is well again. */
  readonly holds?: boolean;
  /** Whether it is told at the end that something went wrong which did no harm to the data. */
  readonly hasTrouble?: boolean;
  /** Which readings of the baseline lack the culprit; left out where there is no baseline. */
  readonly lacking?: readonly ('begin' | 'end')[] | undefined;
}

/** Where in the course of a scan a call goes wrong. */
export interface FaultPlace {
  /** What the scan measures as one: a point at rest, or a line on the fly. */
  readonly steps: 'points' | 'lines';
  /** From when on calls go wrong. */
  readonly arms: 'at once' | 'amid' | 'on the ramp' | 'after the last';
  /** Whose call it is. */
  culprit(call: string): Culprit;
  /** Settings under which it is made, and a baseline by names. */
  options?(call: string): ScanSettingsInput & { readonly baseline?: readonly Culprit[] };
}

export interface FaultTrial {
  readonly place: FaultPlace;
  /** The call that goes wrong, and how. */
  readonly call: string;
  readonly fault: Fault;
  /** Whether it goes wrong only once. */
  readonly once: boolean;
  readonly onError: ScanSettingsInput['onError'];
  readonly expected: FaultOutcome;
}
