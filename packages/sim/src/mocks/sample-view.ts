import type { Sample } from '../physics/sample.ts';

/** What an instrument of the optics bench looks at: the sample, where it is at this moment. */
export interface SampleView {
  readonly sample: Sample;
  /** Where the beam meets the sample now, in mm: x, y. */
  positionMm(): readonly [x: number, y: number];
}
