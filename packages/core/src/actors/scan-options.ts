import type { ScanRecorder } from '../contracts/scan-recorder.ts';
import type { DoneBefore } from '../scan/done-before.ts';
import type { Modules } from '../scan/modules.ts';
import type { ScanPlan } from '../scan/plan.ts';
import type { ScanRevision } from '../scan/scan-revision.ts';
import type { ScanSettingsInput } from '../scan/scan-settings.ts';
import type { Suspender } from '../scan/suspender.ts';
import type { DaqMove } from './daq-move.ts';
import type { DaqViewer } from './daq-viewer.ts';

export interface ScanOptions extends ScanSettingsInput {
  /** Where to go: a scan, bound to its instruments by `planOf`. */
  readonly over: ScanPlan;
  /** What to read at each point; all at once. */
  readonly read: readonly DaqViewer[];
  /** What is read once before the first point and once after the last, however the scan ends: motors and detectors. */
  readonly baseline?: readonly (DaqMove | DaqViewer)[];
  /** Where the modules are that conditions and suspenders name; default those of the scan itself. */
  readonly modules?: Modules;
  /** What was done before, of a scan that is resumed: it begins with the step after these. Default nothing. */
  readonly before?: DoneBefore;
  /** Changes that were made to it before, of a scan that is resumed; settings that they changed are among the options. */
  readonly revisions?: readonly ScanRevision[];
  /**
   * The scan that these points are added to, as its `done` has told it: the file says so. For points that `DaqScan.edit`
   * cannot add to that scan itself.
   */
  readonly follows?: { readonly file: string | undefined; readonly group: string | undefined };
  /** Where to keep the data, e.g. `dataset('./data')`; without it they are only shown. */
  readonly save?: ScanRecorder;
  /** What holds the scan, and lets it go on by itself: `suspendWhile({ … })`. */
  readonly suspend?: readonly Suspender[];
}
