/**
 * Writes one file for each thing that can be saved, for other readers to judge.
 *
 * Usage: node --import tsx packages/savers/scripts/write-cases.ts FOLDER
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Axis, BoundedQueue, DataToExport, DataWithAxes, type LogLine, VirtualClock } from '@daqtor/core';
import { from } from 'rxjs';
import { continuousSaving, dataLogger, dataset, saveSnapshot } from '../src/index.ts';
import type { PositionThen } from '../src/modules/actuator-enlargeable-saver.ts';
import { averagedScan } from '../src/modules/averaged-scan.ts';
import { myDet, runScan, scan2d } from '../src/testing/scan-bench.ts';

const folder = process.argv[2] ?? '';
if (folder === '') throw new Error('usage: write-cases.ts FOLDER');
mkdirSync(folder, { recursive: true });

const at = (name: string) => join(folder, `${name}.h5`);
const clock = new VirtualClock();
const module = { name: 'MyDet', kind: 'mock', title: 'Mock detector', units: '', settings: { gain: 2.5 } };
const one = (name: string, facts: Partial<ConstructorParameters<typeof DataWithAxes>[0]>, of = 'MyDet') =>
  new DataToExport({ name: of, data: [new DataWithAxes({ name, data: [1], timestamp: 1_700_000_000, ...facts })] });
const withErrors = (data: DataToExport) =>
  new DataToExport({
    ...data,
    data: data.data.map((each) =>
      each.with({ errors: each.data.map((array) => new Float64Array(array.length).fill(0.5)) }),
    ),
  });

function queueOf<T>(values: readonly T[]): BoundedQueue<T> {
  const queue = new BoundedQueue<T>({ maxItems: values.length });
  for (const value of values) queue.tryPut(value);
  queue.close();
  return queue;
}

/** A scan, in the folder of this name. */
async function scan(
  name: string,
  options: Parameters<typeof runScan>[1],
  gzip = 0,
  recorder = dataset(join(folder, name), {}, { gzip }),
) {
  const { error } = await runScan(recorder, { clock, ...options });
  if (error !== undefined) throw error;
  return recorder;
}

const lines: LogLine[] = ['Anfang: é µ', 'x'.repeat(300)].map((text, i) => ({
  atEpochMs: clock.epochMs() + i,
  source: 'MyDet',
  level: 'INFO',
  text,
}));
const frames = (
  count: number,
  make: (step: number) => DataToExport = (step) => myDet(step, 1_700_000_000 + step / 8),
) => queueOf(Array.from({ length: count }, (_, step) => make(step)));

await saveSnapshot(at('a_snapshot'), myDet(1), { module, clock });
await saveSnapshot(at('a2_background_errors'), withErrors(myDet(1)), {
  module,
  background: withErrors(myDet(0)),
  clock,
});
await saveSnapshot(at('a3_two_snapshots'), myDet(1), { module, clock });
await saveSnapshot(at('a3_two_snapshots'), myDet(2), {
  module: { ...module, name: 'Other' },
  settings: { newFile: false },
  clock,
});
await saveSnapshot(at('gzip_snapshot'), myDet(1), { module, settings: { compression: { level: 5 } }, clock });
await saveSnapshot(at('integers'), one('Counts', { data: [Uint16Array.of(65_535, 0, 7)], units: 'count' }), { clock });
await saveSnapshot(at('int16'), one('Volts', { data: [Int16Array.of(-32_768, 32_767, 0, 1)], shape: [2, 2] }), {
  clock,
});
await saveSnapshot(at('float32_by_setting'), myDet(1), { module, settings: { dynamic: 'float32' }, clock });
await saveSnapshot(
  at('navigation_of_its_own'),
  one('Map', {
    data: [Float64Array.from({ length: 12 }, (_, i) => i)],
    shape: [3, 4],
    navIndexes: [0],
    axes: [new Axis({ label: 'x', units: 'mm', index: 0, data: [0, 1, 2] })],
  }),
  { clock },
);
await saveSnapshot(at('names'), one('Größe µ "q" \\ 😀', { labels: ['Ångström'] }, 'Kamera é'), {
  module: { ...module, name: 'Kamera é', settings: { note: 'é'.repeat(40_000) } },
  clock,
});
await (await continuousSaving(at('b_continuous'), module, frames(4), { clock, log$: from(lines) })).end();
await (
  await continuousSaving(
    at('b2_long_gzip_errors'),
    module,
    frames(300, (i) => withErrors(myDet(i, 1e9 + i))),
    { clock, settings: { compression: { level: 1 } } },
  )
).end();
const positions = queueOf<PositionThen>([1, 2, 3].map((i) => ({ position: i / 2, atEpochMs: 1_700_000_000_000 + i })));
const actuator = { name: 'ActX', kind: 'mock', title: 'Mock', units: 'mm', settings: {} };
await (
  await dataLogger(
    at('d_logger'),
    { detectors: [{ module, frames: frames(3) }], actuators: [{ module: actuator, positions }] },
    { clock, log$: from(lines) },
  )
).end();

await scan('c_scan2d', { log: lines });
const recorder = await scan('c2_two_scans', {});
await scan('', { points: 5, outcome: 'stopped' }, 0, recorder);
await scan('c3_gzip', {}, 4);
await scan('c4_tabular', {
  description: scan2d({
    type: 'Tabular',
    shape: [3],
    distribution: 'spread',
    axes: ['ActX', 'ActY'].map((label, spreadOrder) => new Axis({ label, units: 'mm', data: [3, 1, 2], spreadOrder })),
  }),
});
await scan('c5_averaged', { description: averagedScan(scan2d(), 2) });
await scan('c6_errors', { dataAt: (step) => withErrors(myDet(step)) });
await scan('c7_integers', { dataAt: (step) => one('Image', { data: [Uint16Array.of(step, 1, 2, 3)], shape: [2, 2] }) });
