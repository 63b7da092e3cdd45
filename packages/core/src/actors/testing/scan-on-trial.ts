import { Subject } from 'rxjs';
import type { ActuatorDriver } from '../../contracts/actuator-driver.ts';
import type { DetectorDriver } from '../../contracts/detector-driver.ts';
import type {
  BaselineReading,
  LargerScan,
  ScanDescription,
  ScanOutcome,
  ScanPoint,
  ScanRecorder,
} from '../../contracts/scan-recorder.ts';
import { DaqtorError } from '../../errors/daqtor-error.ts';
import { lab } from '../../lab/lab.ts';
import { grid } from '../../scan/builders.ts';
import type { ScanRevision } from '../../scan/scan-revision.ts';
import { linspace } from '../../scan/sweep.ts';
import { stubActuator, stubDetector } from '../../testing/stub-instruments.ts';
import { VirtualClock } from '../../time/virtual-clock.ts';

interface RecorderFaults {
  /** Refuses this step. */
  readonly failAt?: number;
  /** Acknowledges before DAQ_Scan can ask. */
  readonly answersAtOnce?: boolean;
  /** Fails by itself after this time. */
  readonly failAfterMs?: number;
  /** Cannot keep a reading of the baseline. */
  readonly failAtBaseline?: boolean;
  /** Cannot keep a change of the scan. */
  readonly failAtRevision?: boolean;
  /** Has no room for points that are added. */
  readonly isFixed?: boolean;
  readonly freeBytes?: number;
  /** Cannot write the end. */
  readonly failAtEnd?: boolean;
  /** Makes points durable together, this long after the first of them. */
  readonly everyMs?: number;
  /** Waits this long for room before it keeps step 4. */
  readonly waitsMs?: number;
}

/** Keeps points in memory and acknowledges each. */
export function memoryRecorder({
  failAt = -1,
  answersAtOnce = false,
  failAfterMs,
  failAtBaseline = false,
  failAtRevision = false,
  failAtEnd = false,
  isFixed = false,
  freeBytes,
  everyMs,
  waitsMs,
}: RecorderFaults = {}) {
  const kept = {
    description: undefined as ScanDescription | undefined,
    points: [] as ScanPoint[],
    baseline: [] as BaselineReading[],
    revisions: [] as ScanRevision[],
    larger: [] as LargerScan[],
    outcome: undefined as ScanOutcome | undefined,
    log: [] as string[],
  };
  const recorder: ScanRecorder = {
    freeBytes: async () => freeBytes,
    begin: async (description, { points, log$ }, clock) => {
      kept.description = description;
      log$.subscribe(({ level, text }) => kept.log.push(`${level} ${text}`));
      const saved = new Subject<number>();
      const trouble = new Subject<DaqtorError | undefined>();
      if (failAfterMs !== undefined) {
        clock.setTimeout(() => saved.error(new DaqtorError('save.failed', { problem: 'disk gone' })), failAfterMs);
      }
      const drained = (async () => {
        for (let batch = await points.takeBatch(1); batch; batch = await points.takeBatch(1)) {
          if (everyMs !== undefined && batch[0]?.step === 0) await clock.sleep(everyMs);
          const point = batch[0] as ScanPoint;
          if (!answersAtOnce && everyMs === undefined) await clock.sleep(1);
          if (point.step === failAt) {
            saved.error(new DaqtorError('save.failed', { problem: 'disk full' }));
            return;
          }
          if (waitsMs !== undefined && point.step === 4) {
            trouble.next(new DaqtorError('save.failed', { problem: 'the disk is full' }));
            await clock.sleep(waitsMs);
            trouble.next(undefined);
          }
          kept.points.push(point);
          saved.next(point.step);
        }
      })();
      return {
        file: '/data/scan.h5',
        group: '/RawData/Scan000',
        saved$: saved,
        trouble$: trouble,
        ...(everyMs !== undefined && { ahead: 100 }),
        ...(!isFixed && { grows: true }),
        revise: async (revision, larger) => {
          await clock.sleep(1);
          if (failAtRevision) throw new DaqtorError('save.failed', { problem: 'disk full' });
          kept.revisions.push(revision);
          if (larger) kept.larger.push(larger);
        },
        keepBaseline: async (reading) => {
          await clock.sleep(1);
          if (failAtBaseline) throw new DaqtorError('save.failed', { problem: 'disk full' });
          kept.baseline.push(reading);
        },
        end: async (outcome) => {
          await drained;
          kept.outcome = outcome;
          if (failAtEnd) throw new DaqtorError('save.failed', { problem: 'the end could not be written' });
        },
      };
    },
  };
  return { recorder, kept };
}

/** Two axes, of which x takes 10 ms for a move, and a meter that counts. */
export async function scanBench(
  y: (driver: ActuatorDriver, clock: VirtualClock) => Partial<ActuatorDriver> = () => ({}),
  grab?: DetectorDriver['grab'],
) {
  const clock = new VirtualClock();
  const modules = await lab(
    {
      x: stubActuator(({ clock }) => ({ isMoving: () => clock.sleep(10).then(() => false) }))({}),
      y: stubActuator((_, driver) => y(driver, clock))({ limits: [-5, 5] }),
      meter: stubDetector(grab)({}),
    },
    { clock },
  );
  const over = grid(linspace(modules.y, 0, 2, 3), linspace(modules.x, 0, 3, 4)).snake();
  return { ...modules, modules, clock, over, scan: modules.scan.bind(modules) };
}
