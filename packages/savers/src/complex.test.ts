import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Axis, BoundedQueue, type DataInit, DataToExport, DataWithAxes, VirtualClock } from '@daqtor/core';
import { expect, test } from 'vitest';
import { H5BrowserUtil } from './browse/h5-browser-util.ts';
import { plotData } from './browse/plot/plot-data.ts';
import { readArray } from './browse/read-array.ts';
import { continuousSaving } from './continuous-saving.ts';
import { dataset } from './dataset.ts';
import { DataLoader } from './load/data-loader.ts';
import { saveSnapshot } from './snapshot.ts';
import { runScan, scan2d } from './testing/scan-bench.ts';
import { tempFolder } from './testing/temp-folder.ts';

const clock = new VirtualClock();
const frequency = new Axis({ label: 'frequency', units: 'GHz', data: [1, 2, 4] });
const S21: DataInit = {
  name: 'S21',
  complex: true,
  data: [Float64Array.of(3, 4, Number.NaN, 0, -0, -2), Float64Array.of(1, 1, 2, 2, 3, 3)],
  labels: ['port 1', 'port 2'],
  units: 'V',
  axes: [frequency],
  errors: [Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6), new Float64Array(6)],
  origin: 'VNA',
  timestamp: 1_700_000_000,
};
const LOCK_IN: DataInit = { name: 'R', complex: true, data: [Float32Array.of(0.1, -0.2)], units: 'mV', timestamp: 1 };
const given = (init: DataInit) => new DataToExport({ name: 'VNA', data: [new DataWithAxes(init)] });
const module = { name: 'VNA', kind: 'mock', title: 'VNA', units: '', settings: {} };
const CHANNEL = '/RawData/Detector000/Data1D/CH00';

async function snapshot(init = S21, background?: DataInit): Promise<string> {
  const path = join(tempFolder(), 'complex.h5');
  await saveSnapshot(path, given(init), { clock, module, ...(background && { background: given(background) }) });
  return path;
}

test('complex data come back from a snapshot as they were, with axes and error bars', async () => {
  const { data, warnings } = await (await DataLoader.open(await snapshot())).loadData(CHANNEL);
  expect(warnings).toEqual([]);
  expect(data).toEqual(new DataWithAxes(S21));
});

test('a complex array is stored once per label, as numpy has it', async () => {
  const file = await snapshot({ ...S21, data: S21.data.map((array) => Float32Array.from(array as Float64Array)) });
  const stored = await readArray(file, `${CHANNEL}/Data01`);
  expect(stored).toMatchObject({ dtype: 'complex64', shape: [3], attributes: { dtype: 'complex64', shape: [3] } });
  expect([...stored.data]).toEqual([1, 1, 2, 2, 3, 3]);
  const { data } = await (await DataLoader.open(file)).loadData(CHANNEL);
  expect(data.data[1]).toEqual(Float32Array.of(1, 1, 2, 2, 3, 3));
});

test('a complex background is subtracted from both parts', async () => {
  const { errors: _, ...background } = { ...S21, data: [Float64Array.of(1, 1, 0, 0, 0, -3), new Float64Array(6)] };
  const file = await snapshot(S21, background);
  const { data, warnings } = await (await DataLoader.open(file)).loadData(CHANNEL, { withBkg: true });
  expect(warnings).toEqual([]);
  expect(data.data[0]).toEqual(Float64Array.of(2, 3, Number.NaN, 0, -0, 1));
});

test('a scan holds complex values at each of its points, and NaN in both parts where it was stopped', async () => {
  const pairs = (step: number) => Float32Array.of(step, -step, 1, 2, 3, 4);
  const { file } = await runScan(dataset(tempFolder()), {
    description: scan2d({ detectors: [module] }),
    points: 11,
    outcome: 'stopped',
    dataAt: (step) =>
      new DataToExport({
        name: 'VNA',
        data: [
          new DataWithAxes({ ...LOCK_IN, data: [Float32Array.of(step, -step)] }),
          new DataWithAxes({ name: 'S21', complex: true, data: [pairs(step)], axes: [frequency], timestamp: 1 }),
        ],
      }),
  });
  const loader = await DataLoader.open(file);
  const spectra = (await loader.loadData('/RawData/Scan000/Detector000/Data1D/CH00')).data;
  expect(spectra).toMatchObject({ complex: true, shape: [3, 4, 3], dim: 'Data1D', navIndexes: [0, 1] });
  const steps = Array.from({ length: 11 }, (_, step) => step);
  const none = new Array<number>(6).fill(Number.NaN);
  expect([...(spectra.data[0] ?? [])]).toEqual([...steps.flatMap((step) => [...pairs(step)]), ...none]);
  const values = (await loader.loadData('/RawData/Scan000/Detector000/Data0D/CH00')).data;
  expect(values).toMatchObject({ complex: true, shape: [3, 4], dim: 'Data0D', units: 'mV' });
  expect([...(values.data[0] ?? [])].slice(-4)).toEqual([10, -10, Number.NaN, Number.NaN]);
});

test('continuous saving adds a complex value with each frame', async () => {
  const frames = new BoundedQueue<DataToExport>({ maxItems: 3 });
  for (const step of [1, 2, 3]) frames.tryPut(given({ ...LOCK_IN, data: [Float32Array.of(step, -step)] }));
  frames.close();
  const recording = await continuousSaving(join(tempFolder(), 'b.h5'), module, frames, { clock });
  await recording.end();
  const { data } = await (await DataLoader.open(recording.file)).loadData('/RawData/Detector000/Data0D/CH00');
  expect(data).toMatchObject({ complex: true, shape: [3, 1], data: [Float32Array.of(1, -1, 2, -2, 3, -3)] });
});

test('a channel that was complex stays so, and whole numbers cannot hold it', async () => {
  const { saved, error } = await runScan(dataset(tempFolder()), {
    dataAt: (step) => given(step === 0 ? LOCK_IN : { name: 'R', data: [Float32Array.of(1)], units: 'mV' }),
  });
  expect(saved).toEqual([0]);
  expect(String(error)).toContain('complex false after true');
  const saving = saveSnapshot(join(tempFolder(), 'a.h5'), given(LOCK_IN), { clock, settings: { dynamic: 'int16' } });
  await expect(saving).rejects.toThrow(/complex, which int16 cannot hold/);
  const path = join(tempFolder(), 'a.h5');
  await saveSnapshot(path, given(LOCK_IN), { clock, settings: { dynamic: 'float64' } });
  expect((await readArray(path, '/RawData/Detector000/Data0D/CH00/Data00')).dtype).toBe('complex128');
});

test('complex data are plotted by their magnitude', () => {
  const data = [Float64Array.of(3, 4)];
  const text = plotData(new DataWithAxes({ ...LOCK_IN, data }), { columns: 60, colour: false });
  expect(text).toBe('|R · CH00| = 5 mV');
});

test('complex data are exported whole: both parts in a table, pairs for numpy, as they are in a dataset', async () => {
  const browser = await H5BrowserUtil.open(await snapshot());
  const folder = tempFolder();
  const at = (name: string) => join(folder, name);
  await browser.exportNode(CHANNEL, at('s.csv'));
  expect(readFileSync(at('s.csv'), 'utf8').split('\n').slice(0, 2)).toEqual([
    'frequency/GHz,port 1 (real)/V,port 1 (imaginary)/V,port 2 (real)/V,port 2 (imaginary)/V,' +
      'error of port 1 (real)/V,error of port 1 (imaginary)/V,error of port 2 (real)/V,error of port 2 (imaginary)/V',
    '1,3,4,1,1,0.1,0.2,0,0',
  ]);
  await browser.exportNode(`${CHANNEL}/Data01`, at('s.npy'));
  const npy = readFileSync(at('s.npy'));
  expect(npy.toString('latin1')).toContain("'descr': '<c16'");
  expect([...new Float64Array(npy.buffer.slice(npy.byteOffset + 128, npy.byteOffset + 176))]).toEqual([
    1, 1, 2, 2, 3, 3,
  ]);
  expect(await browser.exportNode('/', at('s.h5'))).toEqual([]);
  const { data } = await (await DataLoader.open(at('s.h5'))).loadData(CHANNEL);
  expect(data).toEqual(new DataWithAxes(S21));
});
