import { adaptive1D, adaptive2D, DataWithAxes, fly, lab, parseScan, Scan, VirtualClock } from '@daqtor/core';
import { scanKinds, stubActuator, stubDetector } from '@daqtor/core/testing';
import { describe, expect, it } from 'vitest';
import { readArray } from './browse/read-array.ts';
import { walkNodes } from './browse/tree.ts';
import { dataset } from './dataset.ts';
import { DataLoader } from './load/data-loader.ts';
import { crashed } from './testing/crash-bench.ts';
import { runKind, START } from './testing/run-kind.ts';
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
    const offset = name === 'grid_relative' ? START : 0;
    expect(data.axes.map(({ label, units, data: at }) => [label, units, ...at])).toEqual(
      scan.points.axes.map(({ name: label, role }, axis) => [
        label,
        role === 'actuator' ? 'mm' : role === 'time' ? 's' : '',
        ...scan.points.coordinates(axis).map((value) => value + offset),
      ]),
    );
  });
});

describe.each([
  ['of one axis', adaptive1D('x', 0, 1, { signal: 'meter', count: 12, initial: 3 })],
  ['of two axes', adaptive2D(['x', 0, 1], ['y', 5, 9], { signal: 'meter', count: 12, initial: 5 })],
])('an adaptive scan %s', (_, scan) => {
  it('comes back from its file as the list of the points that were visited, also on a plot', async () => {
    const { file = '', group = '', visited } = await runKind(scan, dataset(tempFolder()));
    const loader = await DataLoader.open(file);
    const { data, warnings } = await loader.loadData(`${group}/Detector000/Data0D/CH00`);
    expect(warnings).toEqual([]);
    expect(data).toMatchObject({ shape: [12], distribution: 'spread' });
    expect([...(data.data[0] ?? [])]).toEqual(visited.map((_, step) => step));
    expect(visited).not.toEqual(Array.from(visited, (_, step) => scan.at(step).targets));
    for (const [axis, { name }] of scan.points.axes.entries()) {
      const targets = visited.map((at) => at[axis]);
      expect(data.axes[axis]).toMatchObject({ label: name, units: 'mm', data: Float64Array.from(targets as number[]) });
      const copy = await readArray(file, `${group}/Detector000/Data0D/CH00/PlotAxis0${axis}`);
      expect([...copy.data]).toEqual(targets);
    }
  });
});

it.each([
  ['its first point', [1]],
  ['all that it begins with', [1, 2, 3]],
  ['points of its own choice too', [1, 2, 3, 4, 5]],
  ['every point', [1, 2, 3, 4, 5, 6]],
] as const)('knows where an adaptive scan has been that could not measure %s, also on a plot', async (_, failing) => {
  const scan = adaptive1D('x', 0, 1, { signal: 'eye', count: 6, initial: 3 });
  for (const options of [{}, { gzip: 3 }, { swmr: true }, { commit: { everyPoints: Number.POSITIVE_INFINITY } }]) {
    const save = dataset(tempFolder(), {}, options);
    const { file, group } = await crashed(scan, save, tempFolder(), -1, { onError: 'skip', failing });
    const { tree } = await DataLoader.open(file);
    const axis = await readArray(file, `${group}/NavAxes/Axis00`);
    expect([...axis.data].slice(0, 3)).toEqual([0, 1, 0.5]);
    expect(new Set<unknown>([...axis.data]).size).toBe(6);
    const plots = [...walkNodes(tree)].filter(({ path }) => path.endsWith('/PlotAxis00'));
    expect(plots.length).toBe(failing.length < 6 ? 2 : 0);
    for (const { path } of plots) expect((await readArray(file, path)).data).toEqual(axis.data);
  }
});

it('keeps places without a point in the file of an adaptive scan that has reached its goal', async () => {
  const scan = adaptive1D('x', 0, 1, { signal: 'meter', count: 20, initial: 3, goal: 10 });
  const { file = '', group = '', visited, outcome, points } = await runKind(scan, dataset(tempFolder()));
  expect({ outcome, points }).toEqual({ outcome: 'completed', points: 3 });
  const { data } = await (await DataLoader.open(file)).loadData(`${group}/Detector000/Data0D/CH00`);
  expect([...(data.data[0] ?? [])].slice(0, 4)).toEqual([0, 1, 2, Number.NaN]);
  expect([...(data.axes[0]?.data ?? [])].slice(0, 3)).toEqual(visited.flat());
});

it('keeps the bins of a fly scan: means, error bars and how many frames, and nothing where none came', async () => {
  const clock = new VirtualClock();
  let [from, to, beganMs] = [0, 0, 0];
  const where = () => from + Math.sign(to - from) * Math.min(Math.abs(to - from), (clock.now() - beganMs) / 100);
  const stage = stubActuator(() => ({
    startMove: async (target) => {
      [from, to, beganMs] = [where(), target, clock.now()];
    },
    isMoving: async () => where() !== to,
    readPosition: async () => where(),
  }));
  const meter = stubDetector(async () => {
    await clock.sleep(30);
    return [new DataWithAxes({ name: 'power', data: [where()], units: 'W' })];
  });
  await using bench = await lab({ x: stage({}), meter: meter({}) }, { clock });
  const over = fly(bench.x, 0, 10, 50, { overrun: 1 });
  const {
    file = '',
    group = '',
    points,
  } = await bench.scan({ over, read: [bench.meter], save: dataset(tempFolder()) }).done;
  const loader = await DataLoader.open(file);
  const { data } = await loader.loadData(`${group}/Detector000/Data0D/CH01`);
  const counts = await readArray(file, `${group}/Detector000/Data0D/CH00/Data00`);
  const status = await readArray(file, `${group}/Status/Data0D/CH00/Data00`);
  expect(data.axes[0]).toMatchObject({ label: 'x', units: 'mm', size: 50 });
  expect(data.axes[0]?.data[0]).toBeCloseTo(0.1, 12);
  expect([...(data.data[0] ?? [])].map(Number.isNaN)).toEqual([...counts.data].map((count) => count === 0));
  expect([...status.data].map((one) => one === 1)).toEqual([...counts.data].map((count) => Number(count) > 0));
  expect(points).toBe([...counts.data].filter((count) => Number(count) > 0).length);
  expect(points).toBeGreaterThan(25);
  expect(points).toBeLessThan(40);
  expect(data.errors?.[0]?.length).toBe(50);
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
