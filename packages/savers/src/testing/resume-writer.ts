import { appendFileSync } from 'node:fs';
import { type DaqScan, inBand, type ScanRecorder, VirtualClock } from '@daqtor/core';
import { dataset } from '../dataset.ts';
import type { ScanSaving } from '../dataset-options.ts';
import { resumeScan } from '../resume/resume-scan.ts';
import { crashBench } from './crash-bench.ts';
import { factsOf, resumableScans } from './resumable-scans.ts';

/** What a writer is told to do. */
export interface WriterOrder {
  readonly folder: string;
  /** Key of `resumableScans`. */
  readonly kind: string;
  readonly saving: ScanSaving;
  /** Told: what is durable, what was measured, where. */
  readonly notes: string;
  /** The scan that it goes on with; left out, it begins one. */
  readonly file?: string;
  /** At which moment it kills itself: a step of the scan's machine, or a call of an instrument; never if left out. */
  readonly killAt?: number;
  /** Whether it reads a baseline and waits for conditions. */
  readonly isRich?: boolean;
  /** Whether it is paused and changed after its second point. */
  readonly isEdited?: boolean;
}

/** Begins a scan in virtual time or goes on with one, and dies when it is told to. */
const order = JSON.parse(process.argv[2] ?? '{}') as WriterOrder;
const { folder, kind, saving, notes, file, killAt, isRich = false, isEdited = false } = order;
// In one synchronous call: what is noted outlives a kill, as what is saved must.
const note = (...words: readonly (string | number)[]) => appendFileSync(notes, `${words.join(' ')}\n`);

let moments = 0;
const moment = () => {
  if (++moments === killAt) process.kill(process.pid, 'SIGKILL');
};

const bench = await crashBench({ ...factsOf(kind), clock: new VirtualClock(), called: moment });
const scan = resumableScans[kind];
if (!scan) throw new Error(`no scan ${kind}`);
/** Notes what is durable, as soon as that is announced. */
const noting = (recorder: ScanRecorder): ScanRecorder => ({
  async begin(...how) {
    const recording = await recorder.begin(...how);
    recording.saved$.subscribe({ next: (step) => note('saved', step), error: () => {} });
    return recording;
  },
});
const run: DaqScan = file
  ? (await resumeScan(file, bench, { save: noting })).run
  : bench.scan({
      over: scan,
      read: [bench.getViewer('eye')],
      settleMs: 20,
      ...(isRich && {
        baseline: [bench.getMove('z'), bench.getViewer('eye')],
        waitUntil: [inBand('z', { from: 0, to: 1, forMs: 5, withinMs: 100, everyMs: 2, after: 'y' })],
      }),
      save: noting(dataset(folder, {}, saving)),
    });
if (isEdited) {
  run.actor.on('pointSaved', ({ measured }) => measured === 1 && run.pause());
  run.actor.on('paused', () => {
    const change = { drop: [3], add: { x: [1.5] }, settings: { settleMs: 10 }, modules: { eye: { exposureMs: 2 } } };
    moment();
    void run.edit(change).then(() => {
      moment();
      run.resume();
    });
  });
}
let isBegun = false;
let known = file;
run.actor.subscribe(({ value }) => {
  if (known === undefined && run.file !== undefined) {
    known = run.file;
    note('file', known);
  }
  if (!isBegun && value !== 'preparing') {
    isBegun = true;
    note('begun');
  }
  moment();
});
run.points$.subscribe(({ step }) => note('measured', step));
await run.done;
await bench.close();
note('moments', moments);
