import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataLoader } from '@daqtor/savers';
import { expect, onTestFinished, test } from 'vitest';
import { runInMemory } from '../testing/run-in-memory.ts';

const LAB = `version: 1
modules:
  x: { kind: mock-actuator, settings: { velocity: 10, limits: [-1, 20] } }
  y: { kind: mock-actuator, settings: { velocity: 10 } }
  power: { kind: mock-detector, settings: { delayMs: 10, noise: 0 } }
`;
const NIGHT = `version: 1
title: a night
save: { folder: FOLDER/data, sample: grating 4 }
scans:
  - name: map
    over:
      kind: product
      snake: [false, true]
      scans:
        - { kind: linspace, actuator: y, from: 0, to: 1, count: 3 }
        - { kind: linspace, actuator: x, from: 0, to: 1, count: 4 }
    read: [power]
  - name: edge
    over: { kind: adaptive1D, span: { actuator: x, from: 0, to: 4 }, signal: { detector: power }, count: 12 }
    read: [power]
  - name: flight
    over: { kind: fly, actuator: x, from: 0, to: 10, bins: 5, overrun: 0.5 }
    read: [power]
`;

function files(scans = NIGHT) {
  const folder = mkdtempSync(join(tmpdir(), 'daqtor-scan-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [lab, night] = [join(folder, 'lab.yaml'), join(folder, 'night.yaml')];
  writeFileSync(lab, LAB);
  writeFileSync(night, scans.replaceAll('FOLDER', folder));
  return { folder, argv: ['scan', night, '--lab', lab] };
}

test('runs the scans of a file one after the other, into one dataset', async () => {
  const { folder, argv } = files();
  const { code, out, err, shown } = await runInMemory(argv, { interrupted: () => new Promise(() => {}) });
  expect([code, err]).toEqual([0, '']);
  expect(out.replaceAll(/ in \S+Dataset\S+\.h5/g, '')).toBe(`map begins, 1 of 3
map completed: 12 points, /RawData/Scan000
edge begins, 2 of 3
edge completed: 12 points, /RawData/Scan001
flight begins, 3 of 3
flight completed: 5 points, /RawData/Scan002
`);
  expect(shown.some((line) => /^█+░+ {2}\d+\/12 .* left {2}y /.test(line))).toBe(true);
  const found = readdirSync(join(folder, 'data'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.h5'),
  );
  expect(found).toHaveLength(1);
  const { data } = await (await DataLoader.open(join(folder, 'data', found[0] as string))).loadData(
    '/RawData/Scan000/Detector000/Data0D/CH00',
  );
  expect(data.shape).toEqual([3, 4]);
});

test('says what the scans would do, and moves nothing', async () => {
  const { folder, argv } = files();
  const { code, out } = await runInMemory([...argv, '--dry-run']);
  expect(code).toBe(0);
  expect(out).toMatch(
    /^map: 12 points \(3 × 4\), about 0:0\d\.\d without what y, x, power take\n {2}y from 0 to 1 mm/m,
  );
  expect(out).toMatch(/^edge: at most 12 points, about/m);
  expect(out).toMatch(/^flight: 5 points, about/m);
  expect(readdirSync(folder)).toEqual(['lab.yaml', 'night.yaml']);
});

test('waits for what points need, holds the scan, and reads a baseline, all by names', async () => {
  const more = `    read: [power]
    baseline: [power, y]
    waitUntil: [{ module: y, from: -1, to: 2, units: mm, withinMs: 1000, after: y }]
    suspendWhen: [{ module: x, above: 15, resumeBelow: 10 }]
  - name: edge`;
  const { folder, argv } = files(NIGHT.replace('    read: [power]\n  - name: edge', more));
  const dry = await runInMemory([...argv, '--dry-run']);
  expect(dry.out).toContain(
    '  waits until [y] is from -1 to 2 mm, before each point after [y] has moved, for at most 1 s',
  );
  expect(dry.out).toContain('  is held while [x] is above 15 mm, until it is not above 10 mm');
  const { code, err } = await runInMemory(argv, { interrupted: () => new Promise(() => {}) });
  expect([code, err]).toEqual([0, '']);
  const [file = ''] = readdirSync(join(folder, 'data'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.h5'),
  );
  const { data } = await (await DataLoader.open(join(folder, 'data', file))).loadData(
    '/RawData/Scan000/Baseline/Actuator000/Data0D/CH00',
  );
  expect([data.shape[0], data.units]).toEqual([2, 'mm']);
  const refused = await runInMemory(
    files(
      NIGHT.replace(
        '    read: [power]\n',
        `    read: [power]\n    suspendWhen: [{ module: oven, above: 1 }, { module: x, units: K, above: 1 }]\n`,
      ),
    ).argv,
  );
  expect(refused.err).toContain('map: suspendWhen.0 names [oven], which is not in this lab');
  expect(refused.err).toContain("map: suspendWhen.1 looks at [x] in 'K', and it is in 'mm'");
});

test('refuses all of them, with every reason, if one cannot run', async () => {
  const { argv } = files(NIGHT.replace('bins: 5', 'bins: 5, units: kg').replace('to: 4', 'to: 40'));
  const dry = await runInMemory([...argv, '--dry-run']);
  expect(dry.code).toBe(1);
  expect(dry.out).toMatch(/cannot run: \[x\] .* lie outside its limits/);
  expect(dry.err).toBe('daqtor: cannot run: edge, flight\n');
  const { code, err } = await runInMemory(argv, { interrupted: () => new Promise(() => {}) });
  expect(code).toBe(1);
  expect(err).toMatch(/edge: \[x\] .* limits.*; flight: \[x\] positions in 'kg' cannot be reached/);
});

test('stops after the current point when it is interrupted, and begins no other scan', async () => {
  const { argv } = files();
  let isFirst = true;
  const interrupted = async () => {
    if (!isFirst) await new Promise(() => {});
    isFirst = false;
  };
  const { code, out, err } = await runInMemory(argv, { interrupted });
  expect(code).toBe(1);
  expect(out).not.toContain('edge');
  expect(err).toContain('the scans were stopped');
});

test('says what is wrong with a file, and that it needs a lab', async () => {
  const { argv } = files(NIGHT.replace('count: 3', 'count: none').replace('read: [power]', 'reed: [power]'));
  const { code, err } = await runInMemory(argv);
  expect(code).toBe(1);
  expect(err).toContain('scans.0.over.scans.0.count');
  expect(err).toContain('reed');
  expect(await runInMemory(argv.slice(0, 2))).toMatchObject({ code: expect.any(Number), out: '' });
});

test('prints the form of scan files and presets', async () => {
  const { folder } = files();
  const path = join(folder, 'scan.schema.json');
  expect((await runInMemory(['schema', 'scan', '--out', path])).code).toBe(0);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ title: 'Daqtor scan file', type: 'object' });
  const preset = await runInMemory(['schema', 'preset']);
  expect(JSON.parse(preset.out)).toMatchObject({ title: 'Daqtor preset' });
  expect((await runInMemory(['schema', 'cake'])).code).toBe(2);
});
