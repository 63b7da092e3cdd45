import type { ScanOptions } from '../actors/scan-options.ts';
import type { ActuatorSpec } from '../contracts/define-actuator.ts';
import type { DetectorSpec } from '../contracts/define-detector.ts';
import type { TraceLine } from '../contracts/wire.ts';
import type { Base } from '../scan/plan.ts';
import type { Scan } from '../scan/scan.ts';
import type { ScanValue } from '../scan/scan-value.ts';
import type { Clock } from '../time/clock.ts';
import type { LabEvent } from './lab-event.ts';
import type { ReconnectInput } from './reconnect-policy.ts';

/** Instruments by the names that reach plots, errors and files. */
export type LabSpecs = Readonly<Record<string, ActuatorSpec | DetectorSpec>>;

export interface LabOptions {
  /** Default: real time. */
  readonly clock?: Clock;
  /** Receives a line for all that goes over a wire. */
  readonly trace?: (line: TraceLine) => void;
  /** Told of all that happens, from connecting on. */
  readonly onEvent?: (event: LabEvent) => void;
  /**
   * What to do about instruments that do not answer when the lab is built: `fail` lets go of all of them, `goOn` leaves
   * these faulted and works with the others. Default: `fail`.
   */
  readonly whenMissing?: 'fail' | 'goOn';
  /** How instruments whose link is lost are connected again; left out, they are not. */
  readonly reconnect?: ReconnectInput;
  /** What holds instead of `reconnect` for some instruments, by name; `false`: not connected again. */
  readonly reconnectEach?: Readonly<Record<string, ReconnectInput | false>>;
}

/** A scan for a lab: what `DaqScan` takes, with a scan that names its actuators. */
export interface LabScanOptions extends Omit<ScanOptions, 'over'> {
  /** Where to go, e.g. `grid(linspace(y, -1, 1, 21, 'mm'), linspace(x, -1, 1, 21, 'mm')).snake()`, or the same as JSON. */
  readonly over: Scan | ScanValue;
  /** What a relative scan counts from, where it is not where the actuators are now: of a scan that is resumed. */
  readonly base?: Base;
}
