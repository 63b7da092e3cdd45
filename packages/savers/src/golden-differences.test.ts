import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Axis, BoundedQueue, DataToExport, VirtualClock } from '@daqtor/core';
import { from } from 'rxjs';
import { expect, test } from 'vitest';
import { continuousSaving } from './continuous-saving.ts';
import { dataLogger } from './data-logger.ts';
import { dataset } from './dataset.ts';
import { saveSnapshot } from './snapshot.ts';
import { goldenDifferences } from './testing/golden-differences.ts';
import { myDet, runScan, scan2d } from './testing/scan-bench.ts';
import { tempFolder } from './testing/temp-folder.ts';

const clock = new VirtualClock(new Date(2026, 0, 31, 12).getTime());
const module = { name: 'MyDet', kind: 'mock', title: 'Mock detector', units: '', settings: {} };

function queueOf<T>(values: readonly T[]): BoundedQueue<T> {
  const queue = new BoundedQueue<T>({ maxItems: values.length });
  for (const value of values) queue.tryPut(value);
  queue.close();
  return queue;
}

const frames = (count: number) => queueOf(Array.from({ length: count }, (_, step) => myDet(step, 1000 + step)));
const actuator = (name: string) => ({
  module: { name, kind: 'mock', title: 'Mock', units: 'mm', settings: {} },
  positions: queueOf([1, 2, 3].map((i) => ({ position: i, atEpochMs: i }))),
});

function withErrors(data: DataToExport): DataToExport {
  const bars = data.data.map((one) =>
    one.dim === 'Data0D' ? one.with({ errors: one.data.map(() => Float64Array.of(1)) }) : one,
  );
  return new DataToExport({ ...data, data: bars });
}

/** Our file of each kind that there is one of PyMoDAQ's of. */
const OURS: Readonly<Record<string, (path: string) => Promise<string>>> = {
  a_snapshot: async (path) => (await saveSnapshot(path, myDet(1), { module, clock })).file,
  a2_snapshot_bkg_errors: async (path) =>
    (await saveSnapshot(path, withErrors(myDet(1)), { module, clock, background: withErrors(myDet(0)) })).file,
  b_continuous: async (path) => {
    const recording = await continuousSaving(path, module, frames(4), { clock });
    await recording.end();
    return recording.file;
  },
  c_scan2d: async (path) => (await runScan(dataset(`${path}.d`), { clock })).file,
  c3_scan1d: async (path) => {
    const axes = [new Axis({ label: 'ActX', units: 'mm', data: [0, 1, 2] })];
    const { actuators } = scan2d();
    const description = scan2d({ type: 'Scan1D', shape: [3], axes, actuators: actuators.slice(0, 1) });
    return (await runScan(dataset(`${path}.d`), { clock, description })).file;
  },
  d_logger: async (path) => {
    const modules = { detectors: [{ module, frames: frames(3) }], actuators: [actuator('ActX'), actuator('ActY')] };
    const line = { atEpochMs: 0, source: 'x', level: 'INFO', text: '' } as const;
    const recording = await dataLogger(path, modules, { clock, log$: from([line, line]) });
    await recording.end();
    return recording.file;
  },
};
/**
 * Every difference from PyMoDAQ's files: the record in `docs/decisions` that decides it, in which kinds of files it is, and
 * what it is.
 */
const KNOWN: readonly (readonly [record: string, golden: RegExp, differences: readonly string[]])[] = [
  [
    '0007',
    /^c/,
    [
      'Scan#/Actuator#/Data#D only ours',
      'Scan#/Status only ours',
      'Scan#/Timestamps only ours',
      'Scan#: @scan_outcome only ours',
      'Data#: @units only ours',
      'RawData: @date_time other value',
      'Scan#: @date_time other value',
    ],
  ],
  ['0047', /^c/, ['Scan#: @scan_recipe only ours', 'Scan#: @scan_runs only ours']],
  ['0008', /^[bd]/, ['EnlData#: @units only ours']],
  ['0008', /^a2/, ['Detector#/Data#D/CH#/BkgErrorBar# only ours', 'Detector#/Data#D/CH#/ErrorBar# only theirs']],
  ['0008', /^a/, ['Data#: @do_plot only theirs', 'Data#: @do_save only theirs']],
  [
    '0008',
    /^a2/,
    ['Bkg#', 'ErrorBar#'].flatMap((node) => [`${node}: @do_plot only theirs`, `${node}: @do_save only theirs`]),
  ],
  [
    '0008',
    /^[abd]/,
    ['author', 'date_time', 'description', 'experiment_type', 'sample'].map((name) => `RawData: @${name} only ours`),
  ],
  ['0008', /^[ab]/, ['RawData: @settings only ours']],
  ['0008', /^d/, ['Scan#: @scan_outcome only ours']],
  [
    '0013',
    /./,
    [
      'root: @NX_class only ours',
      'root: @default only ours',
      'RawData: @NX_class only ours',
      'nodes: @long_name only ours',
      'RawData: @default only ours',
      'Detector#: @default only ours',
      'Data#D: @default only ours',
      'CH#: @NX_class only ours',
      'CH#: @signal only ours',
      'CH#: @axes only ours',
      'CH#: @auxiliary_signals only ours',
    ],
  ],
  ['0013', /^[cd]/, ['Scan#: @default only ours']],
  ['0013', /^d/, ['Actuator#: @default only ours']],
  ['0013', /^c/, ['Scan#/Detector#/Data#D/CH#/PlotAxis# only ours']],
  ['0014', /./, ['root: @daqtor_version only ours']],
  ['0014', /^c/, ['Scan#: @sample only ours', 'Scan#: @experiment_type only ours']],
  ['0014', /h5py$/, ['nodes: @VERSION only ours', 'root: @PYTABLES_FORMAT_VERSION only ours']],
  ['0014', /tables$/, ['nodes: @backend other value', 'Logger: @EXTDIM only ours']],
];
const GOLDEN = Object.keys(OURS).flatMap((kind) => [`${kind}_h5py`, `${kind}_tables`]);

test.each(GOLDEN)('our file differs from %s in what a decision says, and in nothing else', async (golden) => {
  const write = OURS[golden.replace(/_(h5py|tables)$/, '')];
  const file = await write?.(join(tempFolder(), 'ours.h5'));
  const known = KNOWN.flatMap(([_, where, differences]) => (where.test(golden) ? differences : []));
  expect([...(await goldenDifferences(golden, file ?? ''))].sort()).toEqual(known.toSorted());
});

test('each difference is named in its record', () => {
  const folder = new URL('../../../docs/decisions/', import.meta.url);
  for (const [record, , differences] of KNOWN) {
    const name = readdirSync(folder).find((file) => file.startsWith(`${record}-`));
    const text = readFileSync(new URL(name ?? record, folder), 'utf8');
    for (const difference of differences) {
      // The attribute, or the first part of the path that PyMoDAQ does not have, which the list writes last or second.
      const attribute = /@(\w+)/.exec(difference)?.[1];
      const [path = ''] = difference.split(' ');
      const names = attribute
        ? [attribute]
        : path
            .split('/')
            .slice(1)
            .map((part) => part.replace(/#.*/, ''));
      expect(
        names.some((one) => text.includes(one)),
        `${record} does not name ${difference}`,
      ).toBe(true);
    }
  }
});
