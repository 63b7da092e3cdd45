import { randomUUID } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import {
  afterPromises,
  type BaselineReading,
  type Clock,
  DaqtorError,
  type ModuleRecord,
  type ScanDescription,
  type ScanPoint,
  type ScanRecorder,
  type ScanRevision,
} from '@daqtor/core';
import { Subject } from 'rxjs';
import { freeBytes } from '../free-bytes.ts';
import { saveFailed } from '../h5/h5-errors.ts';
import { makeFolder } from '../h5/make-folder.ts';
import { DocumentStream } from './document-stream.ts';
import { baselineEntries, type EventModelDocument, entriesOf, startOf, stopOf } from './event-model.ts';

/** Points whose events may wait to be written. */
const AHEAD = 256;

/**
 * Writes each scan as bluesky's documents, a file of JSON lines for each run: `<folder>/<uid>.jsonl`, in it the pairs
 * `[name, document]` that databroker's catalogue of such files reads. One event for each point that was measured; a skipped
 * point has none. Arrays of more than 65 536 values are left out: they belong into a dataset, beside which this goes:
 * `save: both(dataset('./data'), documents('./runs'))`.
 *
 * @param folder - made where it lacks
 */
export function documents(folder: string): ScanRecorder {
  return {
    freeBytes: () => freeBytes(folder),
    async begin(description, { points }, clock) {
      const uid = randomUUID();
      const path = join(folder, `${uid}.jsonl`);
      const file = await opened(folder, path, clock);
      const saved$ = new Subject<number>();
      const run = new DocumentRun(description, uid, (all) => written(file, path, all, clock));
      try {
        await run.start();
      } catch (error) {
        await file.close();
        throw error;
      }
      const drained = (async () => {
        // Whoever wants to hear of the first points must have had the time to ask.
        await clock.outside(new Promise<void>(afterPromises));
        for (let batch = await points.takeBatch(); batch; batch = await points.takeBatch()) {
          for (const { step } of await run.add(batch)) saved$.next(step);
        }
      })();
      drained.catch((error: unknown) => saved$.error(error));
      return {
        file: path,
        group: uid,
        ahead: AHEAD,
        saved$: saved$.asObservable(),
        keepBaseline: (reading) => run.addBaseline(reading),
        // An event stands for itself: nothing has to be made larger.
        grows: true,
        revise: async (revision) => run.revise(revision),
        async end(outcome) {
          // What went wrong before was told by `saved$`; the file is closed all the same.
          const isWhole = await drained.then(
            () => true,
            () => false,
          );
          try {
            await run.stop(isWhole ? outcome : 'failed', clock.epochMs());
          } finally {
            await clock.outside(file.close());
            if (isWhole) saved$.complete();
          }
        },
      };
    },
  };
}

/** The documents of one run, in their order. */
class DocumentRun {
  #description: ScanDescription;
  readonly #start: string;
  readonly #write: (documents: readonly EventModelDocument[]) => Promise<void>;
  readonly #points: DocumentStream;
  readonly #baseline: DocumentStream;
  /** Of a line that is not whole yet. */
  #parts: readonly ScanPoint[] = [];

  constructor(
    description: ScanDescription,
    start: string,
    write: (documents: readonly EventModelDocument[]) => Promise<void>,
  ) {
    const { actuators, detectors, baseline = [], startedEpochMs: configuredEpochMs } = description;
    this.#description = description;
    this.#start = start;
    this.#write = write;
    const facts = { start, configuredEpochMs };
    this.#points = new DocumentStream({ ...facts, name: 'primary', modules: [...actuators, ...detectors] });
    this.#baseline = new DocumentStream({ ...facts, name: 'baseline', modules: baseline });
  }

  async start(): Promise<void> {
    await this.#write([startOf(this.#description, this.#start)]);
  }

  /**
   * Parts of a line wait for its last point.
   *
   * @returns the points that were written
   * @throws DaqtorError `data.shape` if a point holds other data than the first, `save.failed`
   */
  async add(given: readonly ScanPoint[]): Promise<readonly ScanPoint[]> {
    const waiting = [...this.#parts, ...given];
    const points = waiting.slice(0, 1 + waiting.findLastIndex(({ isPart = false }) => !isPart));
    this.#parts = waiting.slice(points.length);
    const documents: EventModelDocument[] = [];
    for (const point of points)
      if ((point.status ?? 'measured') === 'measured') documents.push(...this.#documentsOf(point));
    if (documents.length > 0) await this.#write(documents);
    return points;
  }

  /** Of a reading that lacks a module the event has a descriptor without it. */
  async addBaseline(reading: BaselineReading): Promise<void> {
    const entries = baselineEntries(this.#description.baseline ?? [], reading);
    if (entries.length > 0) await this.#write(this.#baseline.add(entries, reading.atEpochMs));
  }

  /** What modules are set to stands in the descriptor of the events from then on. */
  revise({ modules: changes = {}, atEpochMs }: ScanRevision): void {
    if (Object.keys(changes).length === 0) return;
    const changed = <Module extends ModuleRecord>(module: Module): Module => ({
      ...module,
      settings: { ...module.settings, ...(Object.hasOwn(changes, module.name) ? changes[module.name] : {}) },
    });
    const { actuators, detectors, baseline = [] } = this.#description;
    this.#description = {
      ...this.#description,
      actuators: actuators.map(changed),
      detectors: detectors.map(changed),
      baseline: baseline.map(changed),
    };
    this.#points.configure([...this.#description.actuators, ...this.#description.detectors], atEpochMs);
    this.#baseline.configure(this.#description.baseline ?? [], atEpochMs);
  }

  async stop(outcome: Parameters<typeof stopOf>[0], atEpochMs: number): Promise<void> {
    const events = {
      primary: this.#points.events,
      ...(this.#baseline.events > 0 && { baseline: this.#baseline.events }),
    };
    await this.#write([stopOf(outcome, { uid: randomUUID(), start: this.#start, atEpochMs, events })]);
  }

  #documentsOf(point: ScanPoint): EventModelDocument[] {
    const { atEpochMs, step } = point;
    const entries = entriesOf(this.#description, point);
    if (this.#points.fits(entries)) return this.#points.add(entries, atEpochMs);
    throw new DaqtorError('data.shape', {
      problem: `step ${step} gave data of another name, shape or unit than the first point, which its documents cannot hold`,
      advice: 'Leave the settings of the detectors alone while a scan runs',
    });
  }
}

async function opened(folder: string, path: string, clock: Clock): Promise<FileHandle> {
  try {
    makeFolder(folder);
    return await clock.outside(open(path, 'wx'));
  } catch (error) {
    throw DaqtorError.from(saveFailed('making the file', path, error));
  }
}

async function written(file: FileHandle, path: string, documents: readonly EventModelDocument[], clock: Clock) {
  const lines = documents.map((document) => `${JSON.stringify(document)}\n`).join('');
  try {
    await clock.outside(file.appendFile(lines));
  } catch (error) {
    throw DaqtorError.from(saveFailed('writing documents', path, error));
  }
}
