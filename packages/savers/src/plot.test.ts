import { join } from 'node:path';
import { Axis, BoundedQueue, DataToExport, DataWithAxes, VirtualClock } from '@daqtor/core';
import { expect, test } from 'vitest';
import { describeFile, type TreeNode } from './browse/describe-file.ts';
import { H5BrowserUtil } from './browse/h5-browser-util.ts';
import { readArray } from './browse/read-array.ts';
import { findNode } from './browse/tree.ts';
import { continuousSaving } from './continuous-saving.ts';
import { dataset } from './dataset.ts';
import { saveSnapshot } from './snapshot.ts';
import { averaged2d, myDet, runScan, scan2d } from './testing/scan-bench.ts';
import { tempFolder } from './testing/temp-folder.ts';

const DETECTOR = '/RawData/Scan000/Detector000';
const clock = new VirtualClock();

const member = (node: TreeNode, name: unknown) => node.children.find((child) => child.name === name);

/** The plot that a group is, as h5web takes it: signal and axes are members of the group, in plain text. */
function plotOf(group: TreeNode) {
  const { NX_class: kind, signal, axes = [], auxiliary_signals: others = [] } = group.attributes;
  expect(kind, group.path).toBe('NXdata');
  const array = member(group, signal);
  const names = axes as readonly string[];
  if (names.length > 0 && names.length === array?.shape?.length) {
    names.forEach((name, i) => {
      if (name !== '.') expect(member(group, name)?.shape, `${group.path}/${name}`).toEqual([array.shape?.[i]]);
    });
  }
  for (const other of others as readonly string[]) expect(member(group, other)?.shape).toEqual(array?.shape);
  const labels = names.map((name) => (name === '.' ? name : member(group, name)?.attributes.long_name));
  return { path: group.path, signal: array?.attributes.long_name, axes: labels };
}

/** Where a file opens: each group says which of its members. */
async function opensOn(file: string) {
  let node = await describeFile(file);
  while (node.attributes.default !== undefined) {
    const next = member(node, node.attributes.default);
    expect(next, `${node.path}: ${String(node.attributes.default)}`).toBeDefined();
    node = next as TreeNode;
  }
  return plotOf(node);
}

test('a scan opens in h5web on a map of its first number, over the positions of its actuators', async () => {
  const { file } = await runScan(dataset(tempFolder()));
  expect(await opensOn(file)).toEqual({
    path: `${DETECTOR}/Data0D/CH00`,
    signal: 'A (mW)',
    axes: ['ActX (mm)', 'ActY (mm)'],
  });
  const copy = await readArray(file, `${DETECTOR}/Data0D/CH00/PlotAxis01`);
  expect([...copy.data]).toEqual([-1, 0, 1, 2]);
});

test('every channel of a scan is a plot with axes of the scan and of its own', async () => {
  const tree = await describeFile((await runScan(dataset(tempFolder()))).file);
  const plot = (path: string) => plotOf(findNode(tree, `${DETECTOR}/${path}`, ''));
  expect(plot('Data1D/CH00').axes).toEqual(['ActX (mm)', 'ActY (mm)', 'Wavelength (nm)']);
  expect(plot('Data2D/CH00').axes).toEqual(['ActX (mm)', 'ActY (mm)', 'Y é (um)', 'X (mm)']);
});

test('a file of several scans opens on the last, an averaged one with the number of the run as an axis', async () => {
  const recorder = dataset(tempFolder());
  await runScan(recorder);
  const { file } = await runScan(recorder, { description: averaged2d(2) });
  expect(await opensOn(file)).toMatchObject({
    path: '/RawData/Scan001/Detector000/Data0D/CH00',
    axes: ['Average', 'ActX (mm)', 'ActY (mm)'],
  });
});

const list = (count: number) =>
  scan2d({
    type: 'Tabular',
    shape: [3],
    distribution: 'spread',
    axes: ['ActX', 'ActY', 'ActZ']
      .slice(0, count)
      .map((label, spreadOrder) => new Axis({ label, units: 'mm', data: [3, 1, 2], spreadOrder })),
  });

test.each([
  [1, ['ActX (mm)'], ['ActX (mm)', 'Wavelength (nm)']],
  [2, ['ActX (mm)', 'ActY (mm)'], ['.', 'Wavelength (nm)']],
  [3, ['.'], ['.', 'Wavelength (nm)']],
])(
  'a list of points over %i actuators is a curve, a scatter plot, or values in their order',
  async (count, ...axes) => {
    const tree = await describeFile((await runScan(dataset(tempFolder()), { description: list(count) })).file);
    const plots = ['Data0D/CH00', 'Data1D/CH00'].map((path) => plotOf(findNode(tree, `${DETECTOR}/${path}`, '')).axes);
    expect(plots).toEqual(axes);
  },
);

test('a snapshot opens on its curve, whose dimension of length 1 is no axis', async () => {
  const path = join(tempFolder(), 'a.h5');
  await saveSnapshot(path, myDet(1), { clock });
  expect(await opensOn(path)).toMatchObject({ path: '/RawData/Detector000/Data1D/CH00', axes: ['Wavelength (nm)'] });
  const axes = [0, 1].map((index) => new Axis({ label: `axis ${index}`, index, data: index === 0 ? [7] : [1, 2] }));
  const strip = new DataWithAxes({ name: 'Strip', data: [Float64Array.of(1, 2)], shape: [1, 2], axes, timestamp: 1 });
  const other = join(tempFolder(), 'b.h5');
  await saveSnapshot(other, new DataToExport({ name: 'MyDet', data: [strip] }), { clock });
  expect(await opensOn(other)).toEqual({ path: expect.any(String), signal: 'CH00', axes: ['axis 1'] });
});

test('a recording over time opens on its number, row by row; spectra have their own axis', async () => {
  const path = join(tempFolder(), 'a.h5');
  const frames = new BoundedQueue<DataToExport>({ maxItems: 3 });
  for (const step of [0, 1, 2]) frames.tryPut(myDet(step, 1000 + step));
  frames.close();
  const module = { name: 'MyDet', kind: 'mock', title: 'Mock detector', units: '', settings: {} };
  await (await continuousSaving(path, module, frames, { clock })).end();
  expect(await opensOn(path)).toEqual({ path: '/RawData/Detector000/Data0D/CH00', signal: 'A (mW)', axes: ['.', '.'] });
  const spectra = findNode(await describeFile(path), '/RawData/Detector000/Data1D/CH00', '');
  expect(plotOf(spectra).axes).toEqual(['.', 'Wavelength (nm)']);
  expect(member(spectra, spectra.attributes.signal)?.shape).toEqual([3, 5]);
});

test('an export keeps plots whole, and drops those of which a part was left behind', async () => {
  const { file } = await runScan(dataset(tempFolder()));
  const browser = await H5BrowserUtil.open(file);
  const out = (name: string) => join(tempFolder(), name);
  const [whole, signal, other] = [out('whole.h5'), out('signal.h5'), out('other.h5')];
  await browser.exportNode('/', whole);
  expect(await opensOn(whole)).toEqual(await opensOn(file));
  await browser.exportNode(`${DETECTOR}/Data0D/CH00/Data00`, signal);
  expect(await opensOn(signal)).toEqual(await opensOn(file));
  await browser.exportNode(`${DETECTOR}/Data0D/CH00/Data01`, other);
  const group = findNode(await describeFile(other), `${DETECTOR}/Data0D/CH00`, '');
  expect(Object.keys(group.attributes)).not.toEqual(expect.arrayContaining(['NX_class']));
});
