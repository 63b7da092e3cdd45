import { join } from 'node:path';
import { Axis, type Dtype, dtypeOf, type NumericArray } from '@daqtor/core';
import { expect, test } from 'vitest';
import type { Attributes, CreateArray } from '../h5/h5-operation.ts';
import { asFloat, asInt, asStr, asTuple } from '../layout/envelope.ts';
import { axisNode, groupNode } from '../layout/nodes.ts';
import { GOLDEN } from '../testing/torture-files.ts';
import { writeNodes } from '../testing/write-nodes.ts';
import { DataLoader } from './data-loader.ts';

const CHANNEL = '/RawData/CH00';
const channel = groupNode(CHANNEL, 'Power');
const golden = (name: string) => DataLoader.open(join(GOLDEN, `${name}.h5`));
const numbers = (length: number) => Float64Array.from({ length }, (_, i) => i);

function array(name: string, data: NumericArray, shape: readonly number[], attributes: Attributes = {}): CreateArray {
  const own = { CLASS: 'CARRAY', TITLE: 'Power', data_type: asStr('data'), label: asStr(name), ...attributes };
  return { op: 'array', path: `${CHANNEL}/${name}`, dtype: dtypeOf(data), shape, data, attributes: own };
}

const axis = (name: string, init: ConstructorParameters<typeof Axis>[0]) =>
  axisNode(`${CHANNEL}/${name}`, new Axis(init));
const load = async (path: string, ...rest: Parameters<DataLoader['loadData']>) =>
  (await DataLoader.open(path)).loadData(...rest);

test('one array is loaded, or all of its channel, or the channel by its group', async () => {
  const loader = await golden('a_snapshot_tables');
  const group = '/RawData/Detector000/Data1D/CH00';
  const one = await loader.loadData(`${group}/Data01`);
  expect(one.data).toMatchObject({
    name: 'Spectrum',
    labels: ['s2'],
    units: 'V',
    data: [Float64Array.of(0, 2, 4, 6, 8)],
  });
  const all = await loader.loadData(`${group}/Data01`, { loadAll: true });
  expect(all.data.labels).toEqual(['s1', 's2']);
  expect((await loader.loadData(group)).data).toEqual(all.data);
  expect(all.attributes).toMatchObject({ do_save: true, data_dimension: 'Data1D' });
});

test('everything below a group is loaded, with the module as its name', async () => {
  const loader = await golden('c_scan2d_h5py');
  const { data, channels, warnings } = await loader.loadAll('/RawData/Scan000/Detector000');
  expect(warnings).toEqual([]);
  expect(data.name).toBe('MyDet');
  expect(data.data.map(({ name }) => name)).toEqual(['Power', 'Spectrum', 'Image']);
  expect([...channels.keys()]).toEqual(['0D', '1D', '2D'].map((dim) => `/RawData/Scan000/Detector000/Data${dim}/CH00`));
  expect(data.get('Image')?.shape).toEqual([3, 4, 3, 4]);
});

test('error bars are found by the numbers of their arrays', async () => {
  const loader = await golden('a2_snapshot_bkg_errors_h5py');
  const group = '/RawData/Detector000/Data0D/CH00';
  const { data, warnings } = await loader.loadData(group);
  const stored = (await loader.loadData(`${group}/ErrorBar01`)).data;
  expect(warnings).toEqual([]);
  expect(data.errors).toHaveLength(2);
  expect(data.errors?.[1]).toEqual(stored.data[0]);
  expect(data.errors?.[0]).not.toEqual(stored.data[0]);
});

test('the background is subtracted if that is asked for', async () => {
  const loader = await golden('a2_snapshot_bkg_errors_tables');
  const group = '/RawData/Detector000/Data1D/CH00';
  const [plain, clean, background] = await Promise.all([
    loader.loadData(group),
    loader.loadData(group, { withBkg: true }),
    loader.loadData(`${group}/Bkg00`),
  ]);
  const expected = Float64Array.from(
    plain.data.data[0] as Float64Array,
    (value, i) => value - Number(background.data.data[0]?.[i]),
  );
  expect(clean.data.data[0]).toEqual(expected);
  expect(clean.data.data[0]).not.toEqual(plain.data.data[0]);
  expect(background.data.axes.map(({ label }) => label)).toEqual(['Wavelength']);
});

test('a background of one point is subtracted from each point of a scan, and below zero is below zero', async () => {
  const path = await writeNodes(
    channel,
    array('Data00', Uint8Array.of(1, 2, 3, 4, 5, 6), [3, 2], { nav_indexes: asTuple([0]) }),
    array('Bkg00', Uint8Array.of(2, 1), [2], { data_type: asStr('bkg'), nav_indexes: asTuple([]) }),
    axis('Axis00', { label: 'x', index: 1, data: [10, 20] }),
  );
  const { data, warnings } = await load(path, CHANNEL, { withBkg: true });
  expect(data.data).toEqual([Float64Array.of(-1, 1, 1, 3, 3, 5)]);
  expect(warnings).toEqual([]);
  const background = await load(path, `${CHANNEL}/Bkg00`);
  expect(background).toMatchObject({ warnings: [], data: { axes: [{ label: 'x', index: 0 }] } });
});

test('a background that is missing or does not fit is told, and nothing is subtracted', async () => {
  const path = await writeNodes(
    channel,
    array('Data00', numbers(4), [4]),
    array('Data01', numbers(4), [4]),
    array('Bkg01', numbers(3), [3], { data_type: asStr('bkg') }),
  );
  const { data, warnings } = await load(path, CHANNEL, { withBkg: true });
  expect(data.data).toEqual([numbers(4), numbers(4)]);
  expect(warnings).toEqual([
    `no background was saved for ${CHANNEL}/Data00: none was subtracted`,
    `${CHANNEL}/Bkg01 does not fit ${CHANNEL}/Data01: it was not subtracted`,
  ]);
});

test('an axis that does not fit is left out and told, not replaced', async () => {
  const path = await writeNodes(
    channel,
    array('Data00', numbers(6), [2, 3]),
    axis('Axis00', { label: 'short', index: 0, data: [1] }),
    axis('Axis01', { label: 'beyond', index: 2, data: [1, 2] }),
    axis('Axis02', { label: 'good', index: 1, data: [1, 2, 3] }),
    axis('Axis03', { label: 'second', index: 1, data: [1, 2, 3] }),
    { ...axis('Axis04', { label: 'nan', index: 0, data: [1, 2] }), data: Float64Array.of(1, Number.NaN) },
  );
  const { data, warnings } = await load(path, CHANNEL);
  expect(data.axes.map(({ label }) => label)).toEqual(['good']);
  expect(warnings.map((warning) => warning.replace(`${CHANNEL}/`, ''))).toEqual([
    'axis Axis01 is left out: it describes dimension 2 of 2',
    'axis Axis03 is left out: dimension 1 has one already',
    "axis Axis04 is left out: axis 'nan' holds a coordinate that is not a number",
    'axis Axis00 is left out: it has 1 coordinates for 2 values',
  ]);
});

test('unknown units do not keep data from being read; the text stays among the attributes', async () => {
  const path = await writeNodes(channel, array('Data00', numbers(2), [2], { units: asStr('bananas') }));
  const { data, warnings, attributes } = await load(path, CHANNEL);
  expect(data.units).toBe('');
  expect(attributes.units).toBe('bananas');
  expect(warnings).toEqual([expect.stringContaining("the units 'bananas'")]);
});

test('arrays that grow and were caught between two rows are cut to the shortest, their time with them', async () => {
  const grown = { data_type: asStr('data_enlargeable'), nav_indexes: asTuple([0]), distribution: asStr('spread') };
  const path = await writeNodes(
    channel,
    array('EnlData00', numbers(8), [4, 2], { ...grown, shape: asTuple([999, 2]) }),
    array('EnlData01', numbers(6), [3, 2], grown),
    groupNode('/RawData/NavAxes', ''),
    axisNode('/RawData/NavAxes/Axis00', new Axis({ label: 'time', units: 's', data: [0, 1, 2, 3, 4] })),
  );
  const { data, warnings } = await load(path, CHANNEL);
  expect(data).toMatchObject({ shape: [3, 2], data: [numbers(6), numbers(6)], dim: 'Data1D' });
  expect(data.axes.map(({ label, size }) => [label, size])).toEqual([['time', 3]]);
  expect(warnings).toEqual([
    `${CHANNEL}/EnlData00 has 4 rows where others have 3: the last are left out`,
    '/RawData/NavAxes/Axis00 has 5 rows where others have 3: the last are left out',
  ]);
});

test('arrays that grow can be empty', async () => {
  const grown = { data_type: asStr('data_enlargeable'), nav_indexes: asTuple([0]) };
  const { data: _, ...empty } = array('EnlData00', numbers(0), [0, 2], grown);
  const path = await writeNodes(channel, { ...empty, chunks: [8, 2], enlargeable: true });
  expect((await load(path, CHANNEL)).data).toMatchObject({ shape: [0, 2], data: [new Float64Array(0)] });
});

test('error bars that some arrays lack are not a number, those of another shape are left out', async () => {
  const error = { data_type: asStr('error') };
  const path = await writeNodes(
    channel,
    array('Data00', numbers(2), [2]),
    array('Data01', numbers(2), [2]),
    array('Data02', numbers(2), [2]),
    array('ErrorBar01', Float64Array.of(0.5, 0.25), [2], error),
    array('ErrorBar02', numbers(1), [1], error),
  );
  const { data, warnings } = await load(path, CHANNEL);
  const unknown = Float64Array.of(Number.NaN, Number.NaN);
  expect(data.errors).toEqual([unknown, Float64Array.of(0.5, 0.25), unknown]);
  expect(warnings).toEqual([
    `${CHANNEL}/ErrorBar02 is left out: it has not the shape of its data`,
    `beside ${CHANNEL}/Data00, Data00, Data02 have no error bars: theirs are NaN`,
  ]);
});

test('the hundredth array comes after the eleventh', async () => {
  const names = [100, 11, 2].map((number) => `Data${String(number).padStart(2, '0')}`);
  const path = await writeNodes(channel, ...names.map((name) => array(name, numbers(1), [1])));
  expect((await load(path, CHANNEL)).data.labels).toEqual(['Data02', 'Data11', 'Data100']);
});

test('arrays of one channel that differ in shape are refused together and read alone', async () => {
  const path = await writeNodes(channel, array('Data00', numbers(2), [2]), array('Data01', numbers(3), [3]));
  await expect(load(path, CHANNEL)).rejects.toMatchObject({
    code: 'data.shape',
    advice: expect.stringContaining('alone'),
  });
  expect((await load(path, `${CHANNEL}/Data01`)).data.shape).toEqual([3]);
});

test('attributes that are missing or of another kind are taken as what is most likely', async () => {
  const bare = { op: 'array', path: `${CHANNEL}/x`, dtype: 'float64' as Dtype, shape: [2], data: numbers(2) } as const;
  const path = await writeNodes(
    channel,
    { ...bare, attributes: {} },
    {
      ...bare,
      path: `${CHANNEL}/y`,
      attributes: { TITLE: asInt(3), nav_indexes: asStr('none'), timestamp: asStr('now'), source: asStr('Calculated') },
    },
  );
  const { data, channels, warnings } = await (await DataLoader.open(path)).loadAll(CHANNEL);
  expect(warnings).toEqual([]);
  expect(data.data).toMatchObject([
    { name: 'x', labels: ['x'], navIndexes: [], units: '', timestamp: Number.NaN, source: 'raw' },
    { name: 'y', source: 'calculated', timestamp: Number.NaN },
  ]);
  expect([...channels.keys()]).toEqual([`${CHANNEL}/x`, `${CHANNEL}/y`]);
});

test('a navigation axis goes only with data that navigate', async () => {
  const path = await writeNodes(
    channel,
    array('Data00', numbers(3), [3], { timestamp: asFloat(5) }),
    groupNode('/RawData/NavAxes', ''),
    axisNode('/RawData/NavAxes/Axis00', new Axis({ label: 'ActX', data: [1, 2, 3] })),
  );
  expect((await load(path, CHANNEL)).data).toMatchObject({ axes: [], timestamp: 5 });
});

test('what is not there is an error that says what is', async () => {
  const loader = await golden('a_snapshot_h5py');
  await expect(loader.loadData('/RawData/Detector001')).rejects.toMatchObject({
    message: expect.stringMatching(
      /a_snapshot_h5py\.h5: \/RawData has no 'Detector001'\. It has Detector000, Logger\.$/,
    ),
  });
  await expect(loader.loadData('/RawData')).rejects.toThrow('the group /RawData has no data of its own');
  await expect(loader.loadAxis('/RawData/Logger')).rejects.toThrow('it holds no plain numbers');
});

test.each(['h5py', 'tables'])('an image of one row is read as it was written (%s)', async (backend) => {
  const loader = await golden(`t_unit_signal_dim_${backend}`);
  const { data, warnings } = await loader.loadAll();
  expect(warnings).toEqual([]);
  const image = data.data.find(({ shape }) => shape.includes(1) && shape.length > 1);
  expect(image?.axes.length).toBeGreaterThan(0);
});

test.each(['h5py', 'tables'])('booleans are bytes, whichever way they are stored (%s)', async (backend) => {
  const { data } = await (await golden(`t_bool_array_${backend}`)).loadAll();
  expect(data.data[0]?.data).toEqual([Uint8Array.of(1, 0, 1, 1)]);
});

test('a file whose SWMR writer died gives all of its rows', async () => {
  const { data, warnings } = await (await golden('t_swmr_not_finalised_h5py')).loadAll();
  expect(warnings).toEqual([]);
  expect(data.get('Power')?.data[0]).toEqual(Float64Array.of(1.5, 2.5, 3.5, 4.5));
});
