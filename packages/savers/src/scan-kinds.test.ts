import { parseScan, Scan } from '@daqtor/core';
import { describe, expect, it } from 'vitest';
import { dataset } from './dataset.ts';
import { DataLoader } from './load/data-loader.ts';
import { runKind, scanKinds } from './testing/scan-kinds.ts';
import { tempFolder } from './testing/temp-folder.ts';

async function saved(scan: Scan) {
  const { file = '', group = '', points } = await runKind(scan, dataset(tempFolder()));
  const loader = await DataLoader.open(file);
  const node = loader.tree.children[0]?.children.find(({ path }) => path === group);
  return { loader, group, points, attributes: node?.attributes };
}

describe.each(Object.entries(scanKinds))('a scan of the kind %s', (name, scan) => {
  it('comes back from its file with each value in its place and the positions that were visited', async () => {
    const { loader, group, points, attributes } = await saved(scan);
    expect(points).toBe(scan.size);
    expect(attributes).toMatchObject({ scan_type: scan.type, scan_sub_type: scan.subType, scan_done: true });
    const { data, warnings } = await loader.loadData(`${group}/Detector000/Data0D/CH00`);
    expect(warnings).toEqual([]);
    expect(data).toMatchObject({ shape: scan.shape, distribution: scan.distribution });

    const expected = new Float64Array(scan.shape.reduce((size, length) => size * length, 1)).fill(Number.NaN);
    for (let step = 0; step < scan.size; step++) {
      expected[scan.at(step).indexes.reduce((place, index, i) => place * (scan.shape[i] ?? 0) + index, 0)] = step;
    }
    expect([...(data.data[0] ?? [])]).toEqual([...expected]);
    const offset = name === 'grid_relative' ? 0.5 : 0;
    expect(data.axes.map(({ label, units, data: at }) => [label, units, ...at])).toEqual(
      scan.points.axes.map(({ name: label, role }, axis) => [
        label,
        role === 'actuator' ? 'mm' : role === 'time' ? 's' : '',
        ...scan.points.coordinates(axis).map((value) => value + offset),
      ]),
    );
  });
});

it('tells in the file what it was, so that it can be run again, seed and all', async () => {
  const scan = scanKinds.grid_random as Scan;
  const { attributes } = await saved(scan);
  const xml = String(attributes?.settings);
  const text = /<definition[^>]*>([^<]*)</.exec(xml)?.[1] ?? '';
  const json = text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
  expect(new Scan(parseScan(JSON.parse(json))).value).toEqual(scan.value);
  expect(json).toContain('"seed":2');
});

it('measures a time series at its times', async () => {
  const { loader, group } = await saved(scanKinds.grid_timed as Scan);
  const { data } = await loader.loadData(`${group}/Timestamps/Data0D/CH00`);
  const [at = []] = data.data;
  expect([...at].map((seconds) => Math.round(Number(seconds) * 1000))).toEqual([0, 0, 100, 100, 200, 200]);
});
