import { both, grid, linspace, type ScanRecorder, VirtualClock } from '@daqtor/core';
import { describe, expect, it } from 'vitest';
import { describeFile } from './browse/describe-file.ts';
import { readArray } from './browse/read-array.ts';
import { findNode } from './browse/tree.ts';
import { dataset } from './dataset.ts';
import { documents } from './documents/documents.ts';
import { DataLoader } from './load/data-loader.ts';
import { momentsIn } from './modules/baseline-saver.ts';
import { resumeScan } from './resume/resume-scan.ts';
import { type BenchFacts, crashBench, crashed } from './testing/crash-bench.ts';
import { documentsIn } from './testing/documents-in.ts';
import { tempFolder } from './testing/temp-folder.ts';

const BASELINE = '/RawData/Scan000/Baseline';
const EPOCH = Date.UTC(2026, 0, 31, 12);

/** Scans a line with `x`, `z` and `eye` in the baseline. @param copyAfter - points after which the file is copied */
const scanned = (save: ScanRecorder, facts: BenchFacts = {}, copyAfter = -1) =>
  crashed(grid(linspace('x', 0, 2, 3)), save, tempFolder(), copyAfter, {
    clock: new VirtualClock(EPOCH),
    baseline: ['z', 'eye', 'x'],
    onError: 'skip',
    ...facts,
  });

const numbers = async (file: string, path: string) => [...(await readArray(file, `${BASELINE}/${path}`)).data];
const moments = async (file: string) =>
  momentsIn(findNode(await describeFile(file), BASELINE, file).attributes).map(({ at }) => at);

describe.each([
  ['as it is', {}],
  ['with commits by time', { commit: { everyMs: 50 } }],
  ['with one commit', { commit: { everyPoints: Number.POSITIVE_INFINITY } }],
  ['for readers', { swmr: true }],
  ['compressed', { gzip: 3 }],
] as const)('a baseline that is saved %s', (_, options) => {
  it('has a row for each reading, with its time and units', async () => {
    const { file } = await scanned(dataset(tempFolder(), {}, options));
    expect(await moments(file)).toEqual(['begin', 'end']);
    expect(await numbers(file, 'Actuator000/Data0D/CH00/EnlData00')).toEqual([0.5, 0.5]);
    expect(await numbers(file, 'Actuator001/Data0D/CH00/EnlData00')).toEqual([0.5, 2]);
    expect(await numbers(file, 'Detector000/Data0D/CH00/EnlData00')).toEqual([0, 2]);
    const [begun, ended] = await numbers(file, 'Actuator001/NavAxes/Axis00');
    expect(begun).toBeCloseTo(EPOCH / 1000, 3);
    expect(Number(ended)).toBeGreaterThan(EPOCH / 1000 + 0.06);
    const { data } = await (await DataLoader.open(file)).loadData(`${BASELINE}/Detector000/Data1D/CH00`);
    expect([data.shape, data.axes.map(({ label, units }) => `${label}/${units}`).sort()]).toEqual([
      [2, 3],
      ['time/s', 'wavelength/nm'],
    ]);
    const { attributes, shape } = findNode(
      await describeFile(file),
      `${BASELINE}/Actuator000/Data0D/CH00/EnlData00`,
      file,
    );
    expect([attributes.units, attributes.shape, shape]).toEqual(['mm', [2, 1], [2, 1]]);
  });
});

it('a module that could not be read has no row, and the others have', async () => {
  const { file } = await scanned(dataset(tempFolder()), { failing: [1, 2] });
  expect(await numbers(file, 'Actuator000/Data0D/CH00/EnlData00')).toEqual([0.5, 0.5]);
  expect(await numbers(file, 'Detector000/Data0D/CH00/EnlData00')).toEqual([2]);
});

describe('a scan that goes on', () => {
  it.each([1, 2])('reads its baseline anew, in the same arrays: killed after %i points', async (points) => {
    const { copy } = await scanned(dataset(tempFolder()), {}, points);
    expect(await moments(copy)).toEqual(['begin']);
    await using bench = await crashBench({ start: 0.25 });
    const { run } = await resumeScan(copy, bench);
    expect((await run.done).outcome).toBe('completed');
    expect(await moments(copy)).toEqual(['begin', 'begin', 'end']);
    expect(await numbers(copy, 'Actuator000/Data0D/CH00/EnlData00')).toEqual([0.5, 0.25, 0.25]);
    const path = `${BASELINE}/Detector000/Data0D/CH00/EnlData00`;
    const { attributes, shape } = findNode(await describeFile(copy), path, copy);
    expect([attributes.shape, shape]).toEqual([
      [3, 1],
      [3, 1],
    ]);
  });

  it('needs the modules of its baseline, the same ones', async () => {
    const { copy } = await scanned(dataset(tempFolder()), {}, 1);
    await using lacking = await crashBench({ stages: ['x', 'y'] });
    await expect(resumeScan(copy, lacking)).rejects.toThrow('[z] of the baseline is not in this lab');
    await using other = await crashBench({ serial: 'B' });
    await expect(resumeScan(copy, other)).rejects.toThrow('[z] is another instrument: stage z B, and it was stage z A');
  });

  it('does not take data of another form', async () => {
    const { copy } = await scanned(dataset(tempFolder()), {}, 1);
    await using bench = await crashBench({ pixels: 4 });
    const { run } = await resumeScan(copy, bench);
    await expect(run.done).rejects.toMatchObject({ code: 'data.shape' });
  });
});

it('is a stream of its own in documents, also beside a dataset', async () => {
  const folder = tempFolder();
  await scanned(both(dataset(tempFolder()), documents(folder)), { failing: [1, 2] });
  const all = documentsIn(folder);
  const streams = all
    .filter(([name]) => name === 'descriptor')
    .map(([, { uid, name, data_keys }]) => ({
      uid,
      name,
      keys: Object.keys(data_keys as object),
    }));
  expect(streams.map(({ name, keys }) => [name, keys])).toEqual([
    ['baseline', ['z', 'x']],
    ['primary', ['x', 'x_setpoint', 'eye_power_CH00', 'eye_power_CH01', 'eye_spectrum']],
    ['baseline', ['z', 'eye_power_CH00', 'eye_power_CH01', 'eye_spectrum', 'x']],
  ]);
  const events = all.filter(([name, { descriptor }]) => name === 'event' && descriptor !== streams[1]?.uid);
  expect(events.map(([, { seq_num }]) => seq_num)).toEqual([1, 2]);
  expect(all.at(-1)).toMatchObject(['stop', { num_events: { primary: 3, baseline: 2 } }]);
});
