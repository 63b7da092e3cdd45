import type { PointStatus, ScanPoint } from '../contracts/scan-recorder.ts';
import type { ScanPlan } from '../scan/plan.ts';

/**
 * What a scan does step by step: the unit that is measured again, retried, given up and saved as a whole. Of most scans it
 * is a point, of a fly scan a line of bins.
 */
export interface ScanSteps {
  /** How many points a step has. */
  readonly perStep: number;
  /** Whether there is such a step, from 0, as far as what was measured until now tells. */
  has(step: number): boolean;
  /** When a step is due, after the beginning of the scan; undefined: as soon as possible. */
  dueMs(step: number): number | undefined;
  /**
   * Brings everything to where a step begins.
   *
   * @throws DaqtorError of the first axis that does not arrive; others may still be moving
   */
  approach(step: number): Promise<void>;
  /** Where the step that was approached last begins: one position per actuator, in the units of the scan. */
  readonly targets: readonly number[];
  /**
   * Measures the step that was approached last.
   *
   * @param isWanted - whether nobody has interrupted it meanwhile
   * @returns its points, in their order; undefined if they are not wanted any more
   * @throws DaqtorError of the first instrument that fails; others may still be at work
   */
  measure(isWanted: () => boolean): Promise<readonly ScanPoint[] | undefined>;
  /** Points without data for the step that was approached last. Never rejects. */
  giveUp(status: PointStatus): Promise<readonly ScanPoint[]>;
  /** Goes on along a plan that has more points than the one before. Only where points are known beforehand. */
  follow?(plan: ScanPlan): void;
  /** Points without data for a step that is not wanted any more. */
  drop(step: number): readonly ScanPoint[];
}
