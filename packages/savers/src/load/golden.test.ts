import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTexts } from '../browse/read-array.ts';
import { walkNodes } from '../browse/tree.ts';
import { openEnvelope } from '../layout/envelope.ts';
import { type DumpNode, goldenDumps } from '../testing/golden-dumps.ts';
import { DataLoader } from './data-loader.ts';
import { dataType } from './parts.ts';

const FOLDER = new URL('../../fixtures/golden/', import.meta.url).pathname;
const DUMPS = goldenDumps();
const FILES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.h5'))
  .map((name) => name.slice(0, -3));

/** The first 64 values as the dump has them. */
function firstValues({ values }: DumpNode): readonly unknown[] {
  const first = (values as { first?: readonly unknown[] }).first ?? values;
  return [first].flat(9).map((value) => (typeof value === 'boolean' ? Number(value) : value));
}

function attributesIn({ attrs }: DumpNode): Record<string, unknown> {
  const asStored = (value: unknown) => (typeof value === 'string' ? openEnvelope(value) : (value ?? ''));
  return Object.fromEntries(Object.entries(attrs).map(([name, { value }]) => [name, asStored(value)]));
}

test.each(FILES)('%s: every node, attribute, value and axis comes back as PyMoDAQ wrote it', async (name) => {
  const dump = DUMPS[name] ?? {};
  const path = join(FOLDER, `${name}.h5`);
  const loader = await DataLoader.open(path);
  const nodes = new Map([...walkNodes(loader.tree)].map((node) => [node.path, node]));
  const paths = Object.keys(dump).filter((key) => key.startsWith('/'));
  expect([...nodes.keys()].sort()).toEqual(paths.sort());
  let loaded = 0;
  for (const node of nodes.values()) {
    const wanted = dump[node.path] as DumpNode;
    expect(node.warnings, node.path).toEqual([]);
    expect(node.attributes, node.path).toEqual(attributesIn(wanted));
    if (node.kind === 'group') continue;
    expect(node.shape, node.path).toEqual(wanted.shape);
    const attributes = attributesIn(wanted);
    switch (dataType(node)) {
      case 'strings':
        expect(await readTexts(path, node.path)).toHaveLength(wanted.shape?.[0] as number);
        break;
      case 'axis': {
        const { axis, warnings } = await loader.loadAxis(node.path);
        expect(warnings, node.path).toEqual([]);
        expect([...axis.data].slice(0, 64), node.path).toEqual(firstValues(wanted));
        expect(axis, node.path).toMatchObject({
          label: attributes.label,
          units: attributes.units,
          index: attributes.index,
          spreadOrder: attributes.spread_order,
        });
        break;
      }
      default: {
        const { data, warnings } = await loader.loadData(node.path);
        expect(warnings, node.path).toEqual([]);
        expect([...(data.data[0] as Float64Array)].slice(0, 64), node.path).toEqual(firstValues(wanted));
        expect(data, node.path).toMatchObject({
          name: attributes.TITLE,
          labels: [attributes.label],
          shape: wanted.shape,
          units: attributes.units ?? '',
          origin: attributes.origin ?? '',
          source: attributes.source ?? 'raw',
          distribution: attributes.distribution,
          timestamp: attributes.timestamp,
          navIndexes: attributes.nav_indexes,
        });
        loaded++;
      }
    }
  }
  expect(loaded).toBeGreaterThan(0);
});

const axesOf = async (name: string, node: string) => {
  const { data, warnings } = await (await DataLoader.open(join(FOLDER, `${name}.h5`))).loadData(node, {
    loadAll: true,
  });
  expect(warnings).toEqual([]);
  return { data, axes: data.axes.map(({ label, units, index, size }) => [label, units, index, size]) };
};

test.each(['h5py', 'tables'])(
  'axes of the signal and of the scan, in time and in space, belong to the data (%s)',
  async (backend) => {
    const snapshot = await axesOf(`a_snapshot_${backend}`, '/RawData/Detector000/Data2D/CH00');
    expect(snapshot.axes).toEqual([
      ['Y é', 'um', 0, 3],
      ['X', 'mm', 1, 4],
    ]);
    const scan = await axesOf(`c_scan2d_${backend}`, '/RawData/Scan000/Detector000/Data1D/CH00/Data00');
    expect(scan.data).toMatchObject({ labels: ['s1', 's2'], shape: [3, 4, 5], dim: 'Data1D' });
    expect(scan.axes).toEqual([
      ['Wavelength', 'nm', 2, 5],
      ['ActX', 'mm', 0, 3],
      ['ActY', 'mm', 1, 4],
    ]);
    const continuous = await axesOf(`b_continuous_${backend}`, '/RawData/Detector000/Data0D/CH00');
    expect(continuous.axes).toEqual([['time', 's', 0, continuous.data.shape[0]]]);
  },
);
