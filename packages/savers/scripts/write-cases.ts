/**
 * Writes one file for each thing that can be saved, for other readers to judge.
 *
 * Usage: node --import tsx packages/savers/scripts/write-cases.ts FOLDER
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Axis,
  adaptive1D,
  adaptive2D,
  BoundedQueue,
  DataToExport,
  DataWithAxes,
  fly,
  type LogLine,
  linspace,
  type PositionThen,
  type Scan,
  type ScanChangeInput,
  VirtualClock,
} from '@daqtor/core';
import { scanKinds } from '@daqtor/core/testing';
import { from } from 'rxjs';
import {
  AxisSaverLoader,
  BkgSaver,
  continuousSaving,
  DataEnlargeableSaver,
  DataExtendedSaver,
  DataSaverLoader,
  dataLogger,
  dataset,
  H5SaverLowLevel,
  memoryBackend,
  resumeScan,
  saveSnapshot,
} from '../src/index.ts';
import { crashBench, crashed } from '../src/testing/crash-bench.ts';
import { runKind } from '../src/testing/run-kind.ts';
import { averaged2d, myDet, runScan, scan2d } from '../src/testing/scan-bench.ts';

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

const withBackground = (data: DataToExport) => data.with({ background: withErrors(myDet(99)) });

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
const s21 = (step: number, type: typeof Float32Array | typeof Float64Array = Float64Array) =>
  new DataToExport({
    name: 'MyDet',
    data: [
      new DataWithAxes({ name: 'Lock-in', complex: true, data: [type.of(step, -1)], units: 'mV', timestamp: step }),
      new DataWithAxes({
        name: 'S21',
        complex: true,
        data: [type.of(1, step, 0, -1, 2.5, 0), type.of(0, 0, step, 0, 0, 1)],
        labels: ['port 1', 'port 2'],
        axes: [new Axis({ label: 'frequency', units: 'GHz', data: [1, 2, 4] })],
        timestamp: step,
      }),
    ],
  });
const withComplexErrors = (data: DataToExport) =>
  new DataToExport({ ...data, data: data.data.map((each) => each.with({ errors: each.data })) });
await saveSnapshot(at('complex128_background_errors'), withComplexErrors(s21(1)), {
  module,
  background: s21(2),
  clock,
});
await saveSnapshot(at('complex64_gzip'), s21(1, Float32Array), {
  module,
  settings: { compression: { level: 5 } },
  clock,
});
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
await (await continuousSaving(at('b3_complex'), module, frames(4, s21), { clock })).end();
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
const tabular = scan2d({
  type: 'Tabular',
  shape: [3],
  distribution: 'spread',
  axes: ['ActX', 'ActY'].map((label, spreadOrder) => new Axis({ label, units: 'mm', data: [3, 1, 2], spreadOrder })),
});
await scan('c4_tabular', { description: tabular });
await scan('c5_averaged', { description: averaged2d(2) });
await scan('c6_errors', { dataAt: (step) => withErrors(myDet(step)) });
await scan('c7_integers', { dataAt: (step) => one('Image', { data: [Uint16Array.of(step, 1, 2, 3)], shape: [2, 2] }) });
await scan('c8_complex', { points: 7, outcome: 'stopped', dataAt: (step) => s21(step, Float32Array) });
const strip = one('Strip', {
  data: [Float64Array.of(1, 2, 3, 4)],
  shape: [1, 4],
  axes: [
    new Axis({ label: 'y', data: [0], index: 0 }),
    new Axis({ label: 'x', units: 'um', data: [0, 1, 2, 4], index: 1 }),
  ],
});
await saveSnapshot(at('length_1_dimension'), strip, { clock });
await scan('c9_length_1_dimension', { dataAt: () => strip });
await scan('c10_long_settings', { description: scan2d({ settings: { note: 'é'.repeat(40_000) } }) });
await scan('c11_background', {
  dataAt: (step) => withBackground(withErrors(myDet(step))),
});
await scan('c12_tabular_background', { description: tabular, dataAt: (step) => withBackground(myDet(step)) });
// Twelve channels: in the format that SWMR needs, PyTables might list them in another order.
const many = (step: number) =>
  new DataToExport({
    name: 'MyDet',
    data: Array.from(
      { length: 12 },
      (_, i) => new DataWithAxes({ name: `channel ${i}`, data: [step + i / 16], timestamp: 1 }),
    ),
  });
const shared = await scan(
  'c13_swmr',
  { log: lines, dataAt: many },
  0,
  dataset(join(folder, 'c13_swmr'), {}, { swmr: true }),
);
await scan('', { dataAt: (step) => withErrors(myDet(step)) }, 0, shared);
await (await continuousSaving(at('b4_swmr'), module, frames(30), { clock, swmr: true })).end();
await (
  await continuousSaving(
    at('b3_background'),
    module,
    frames(3, (step) => withBackground(myDet(step, 1e9 + step))),
    { clock },
  )
).end();

const [power, spectrum, image] = withErrors(myDet(3)).data as [DataWithAxes, DataWithAxes, DataWithAxes];

/** What the low-level saver can do, by hand, into a file that is new or not. */
async function byHand(saver: H5SaverLowLevel): Promise<void> {
  const detector = await saver.addDetGroup(saver.rawGroup, {
    title: `By hand ${(await saver.getGroups(saver.rawGroup, 'detector')).length}`,
    settingsAsXml: '<All_settings title="é" type="group"><gain title="gain" type="float">2.5</gain></All_settings>',
    metadata: { operator: 'Å "q"', runs: [1, 2.5] },
  });
  const channels = await Promise.all(
    (['Data0D', 'Data1D', 'Data2D'] as const).map(async (dim) =>
      saver.getSetGroup(await saver.addDataGroup(detector, dim), 'CH00', { title: dim }),
    ),
  );
  const data = new DataSaverLoader(saver);
  for (const [i, one] of [power, spectrum, image].entries()) await data.addData(channels[i] ?? '', one);
  await new BkgSaver(saver).addData(channels[1] ?? '', spectrum);

  const scan = await saver.addScanGroup(saver.rawGroup, { title: `Scan by hand of ${detector.name}` });
  const nav = await saver.getSetGroup(scan, 'NavAxes');
  await new AxisSaverLoader(saver).addAxis(nav, new Axis({ label: 'x', units: 'mm', data: [0, 1, 2] }));
  const extended = new DataExtendedSaver(saver, { shape: [3], distribution: 'uniform' }, { gzip: 4 });
  const ofScan = await saver.getSetGroup(await saver.addDataGroup(scan, 'Data1D'), 'CH00', { title: 'Spectrum' });
  for (const i of [2, 0]) await extended.addData(ofScan, spectrum, [i]);
  await new BkgSaver(saver).addData(ofScan, spectrum);

  const logged = await saver.addActGroup(saver.rawGroup, { title: `Rows of ${detector.name}` });
  const times = await new AxisSaverLoader(saver).addEnlargeableAxis(await saver.getSetGroup(logged, 'NavAxes'), {
    label: 'time',
    units: 's',
    spreadOrder: 0,
  });
  const rows = new DataEnlargeableSaver(saver);
  const ofRows = await saver.getSetGroup(await saver.addDataGroup(logged, 'Data0D'), 'CH00', { title: 'Power' });
  for (let i = 0; i < 3; i++) {
    await saver.append(times, Float64Array.of(1e9 + i / 8));
    await rows.addData(ofRows, power);
  }

  const notes = await saver.addStringArray(detector.path, 'Notes');
  for (const text of ['a note', 'größer']) await saver.appendText(notes, text);

  const raw = await saver.addGenericGroup(saver.rawGroup, { groupType: 'data', title: 'Arrays' });
  const counts = await saver.getSetGroup(await saver.addDataGroup(raw, 'Data1D'), 'CH00', { title: 'Counts' });
  await saver.addArray(counts, 'Data00', 'data', {
    array: Uint16Array.of(1, 2, 3, 65_535),
    title: 'counts',
    metadata: {
      label: 'a',
      units: 'V',
      nav_indexes: [],
      distribution: 'uniform',
      timestamp: 1.5,
      source: 'raw',
      origin: 'hand',
    },
  });
  await saver.addLog(`2026-01-01 00:00:00,000 - hand - INFO - Größe ${detector.name}`);
}

for (const saveType of ['custom', 'detector'] as const) {
  const path = at(`l_low_level_${saveType}`);
  for (const _ of [1, 2]) {
    await using saver = await H5SaverLowLevel.fromFile(path, { saveType, clock, metadata: { author: 'é' } });
    await byHand(saver);
  }
}
const memory = await memoryBackend({ path: 'l_memory.h5' });
{
  await using saver = await H5SaverLowLevel.fromFile(memory, { saveType: 'custom', clock });
  await byHand(saver);
  await saver.saveFile(at('l_copy_of_memory'));
}
writeFileSync(at('l_memory'), memory.bytes());
await scan(
  's_settings',
  { dataAt: (step) => withBackground(myDet(step)) },
  0,
  dataset(
    join(folder, 's_settings'),
    {},
    { settings: { save2D: false, dynamic: 'float32', compression: { level: 2 }, baseName: 'Cryo' } },
  ),
);
{
  // Changed in its middle, and followed by another one.
  const save = dataset(join(folder, 'e_edited'));
  await using bench = await crashBench();
  const options = { read: [bench.getViewer('eye')], save };
  const run = bench.scan({ ...options, over: scanKinds.grid_linear as Scan });
  run.actor.on('pointSaved', ({ measured }) => measured === 2 && run.pause());
  run.actor.on('paused', () => void run.edit({ drop: [4], reason: 'burnt é' }).then(() => run.resume()));
  await bench.scan({ ...options, over: scanKinds.line as Scan, follows: await run.done }).done;
}
{
  // Points were added while they were paused: to a grid along both of its axes, to a list.
  const additions: readonly (readonly [name: string, kind: string, add: ScanChangeInput['add'], gzip: number])[] = [
    ['p_added_to_grid', 'grid_linear', { x: [4, 3], y: [7] }, 0],
    ['p_added_to_grid_gzip', 'grid_snake', { x: [4], y: [7, 6] }, 4],
    ['p_added_to_list', 'table', [{ x: 5, y: 1 }], 0],
  ];
  for (const [name, kind, add, gzip] of additions) {
    await using bench = await crashBench();
    const save = dataset(join(folder, name), {}, { gzip });
    const run = bench.scan({ read: [bench.getViewer('eye')], over: scanKinds[kind] as Scan, save });
    run.actor.on('pointSaved', ({ measured }) => measured === 1 && run.pause());
    run.actor.on('paused', () => void run.edit({ add }).then(() => run.resume()));
    await run.done;
  }
}
for (const [name, kind] of Object.entries(scanKinds)) await runKind(kind, dataset(join(folder, `k_${name}`)));
// Scans that find their way without their first point, and lines on the fly.
for (const [name, kind] of [
  ['line', adaptive1D('x', 0, 1, { signal: 'eye', count: 6, initial: 3 })],
  ['plane', adaptive2D(['x', 0, 1], ['y', 5, 9], { signal: 'eye', count: 6, initial: 5 })],
] as const)
  await crashed(kind, dataset(join(folder, `a_${name}`)), folder, -1, { onError: 'skip', failing: [1] });
await crashed(
  fly('x', 0, 1, 9, { lines: linspace('y', 0, 1, 2), snake: true }),
  dataset(join(folder, 'f_fly')),
  folder,
  -1,
  { speed: 10, exposureMs: 7 },
);
{
  const { copy } = await crashed(scanKinds.grid_snake as Scan, dataset(join(folder, 'r_before')), folder, 3);
  await using bench = await crashBench();
  await (await resumeScan(copy, bench)).run.done;
}
{
  const save = dataset(join(folder, 'b_baseline'));
  const { copy } = await crashed(scanKinds.line as Scan, save, folder, 2, { baseline: ['z', 'eye'] });
  await using bench = await crashBench();
  await (await resumeScan(copy, bench)).run.done;
}
