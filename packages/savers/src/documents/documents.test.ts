import { join } from 'node:path';
import { both, DaqtorError, DataToExport, DataWithAxes, type Scan } from '@daqtor/core';
import { scanKinds } from '@daqtor/core/testing';
import { expect, test } from 'vitest';
import { readArray } from '../browse/read-array.ts';
import { dataset } from '../dataset.ts';
import { crashed } from '../testing/crash-bench.ts';
import { documentsIn, type NamedDocument } from '../testing/documents-in.ts';
import { myDet, runScan } from '../testing/scan-bench.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { documents } from './documents.ts';

const named = (all: readonly NamedDocument[], name: string) =>
  all.filter(([one]) => one === name).map(([, document]) => document);

test('a run is a start, a descriptor, an event per point and a stop, each with the identity of what it belongs to', async () => {
  const folder = tempFolder();
  const { saved, file, group } = await runScan(documents(folder));
  const all = documentsIn(folder);
  expect(saved).toHaveLength(12);
  expect(all.map(([name]) => name)).toEqual(['start', 'descriptor', ...Array<string>(12).fill('event'), 'stop']);
  const [[, start], [, descriptor]] = all as [(typeof all)[0], (typeof all)[0]];
  expect(file).toBe(join(folder, `${String(start.uid)}.jsonl`));
  expect(group).toBe(start.uid);
  expect(start).toMatchObject({
    time: Date.UTC(2026, 0, 1) / 1000,
    plan_name: 'Scan2D Linear',
    motors: ['ActX', 'ActY'],
    detectors: ['MyDet'],
    hints: {
      dimensions: [
        [['ActX'], 'primary'],
        [['ActY'], 'primary'],
      ],
    },
  });
  expect(descriptor).toMatchObject({
    run_start: start.uid,
    data_keys: {
      ActX: { dtype: 'number', shape: [], units: 'mm' },
      MyDet_Power_A: { dtype: 'number', shape: [], units: 'mW' },
      MyDet_Spectrum_s1: { dtype: 'array', shape: [5], dims: ['Wavelength'], units: 'V' },
      MyDet_Image: { dtype: 'array', shape: [3, 4], dims: ['Y é', 'X'] },
    },
    hints: { ActX: { fields: ['ActX'] }, MyDet: { fields: ['MyDet_Power_A', 'MyDet_Power_B'] } },
    configuration: { MyDet: { data: { kind: 'mock', gain: 2.5 } } },
  });
  const events = named(all, 'event');
  expect(events.map(({ seq_num }) => seq_num)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(events[3]).toMatchObject({
    descriptor: descriptor.uid,
    data: { ActX: 3.001, ActX_setpoint: 3, MyDet_Power_B: -3, MyDet_Image: [3, 3, 3].map(() => [3, 3, 3, 3]) },
  });
  expect(named(all, 'stop')).toMatchObject([
    { run_start: start.uid, exit_status: 'success', num_events: { primary: 12 } },
  ]);
});

test('a scan goes into a dataset and into documents, with the same values in both', async () => {
  const [data, runs] = [tempFolder(), tempFolder()];
  const scan = scanKinds.grid_snake as Scan;
  const { file } = await crashed(scan, both(dataset(data), documents(runs)), data, -1);
  expect(file.startsWith(data)).toBe(true);
  const power = await readArray(file, '/RawData/Scan000/Detector000/Data0D/CH00/Data00');
  const inEvents = named(documentsIn(runs), 'event').map(
    (event) => (event.data as Record<string, unknown>).eye_power_CH00,
  );
  const inDataset = inEvents.map((_, step) => {
    const [y = 0, x = 0] = scan.at(step).indexes;
    return power.data[2 * y + x];
  });
  expect(inEvents).toEqual(inDataset);
  expect(new Set(inEvents).size).toBe(6);
});

test('a skipped point has no event, and what is not a number is null', async () => {
  const folder = tempFolder();
  const data = (value: number) =>
    new DataToExport({ name: 'MyDet', data: [new DataWithAxes({ name: 'a.b/c', data: [value], timestamp: 1 })] });
  await crashed(scanKinds.line as Scan, documents(folder), folder, -1, { failing: [2], onError: 'skip' });
  expect(named(documentsIn(folder), 'event')).toHaveLength(4);
  const other = tempFolder();
  await runScan(documents(other), { points: 1, outcome: 'stopped', dataAt: () => data(Number.NaN) });
  const all = documentsIn(other);
  expect(named(all, 'event')[0]?.data).toMatchObject({ MyDet_a_b_c: null });
  expect(named(all, 'stop')[0]).toMatchObject({ exit_status: 'abort', num_events: { primary: 1 } });
});

test('data that change their form, and a folder that cannot be, are told', async () => {
  const folder = tempFolder();
  const changed = new DataToExport({
    name: 'MyDet',
    data: [new DataWithAxes({ name: 'Power', data: [1], units: 'V' })],
  });
  const { error } = await runScan(documents(folder), { dataAt: (step) => (step < 2 ? myDet(step) : changed) });
  expect(error).toMatchObject({ code: 'data.shape' });
  expect(named(documentsIn(folder), 'stop')[0]).toMatchObject({ exit_status: 'fail', num_events: { primary: 2 } });
  const refused = await runScan(documents('/dev/null/runs')).catch((reason: unknown) => reason);
  expect(DaqtorError.is(refused) && refused.code).toBe('save.failed');
});
