import { expect, it } from 'vitest';
import { inBand } from './condition.ts';
import { fly } from './fly/fly-scans.ts';
import { readScanFile, scanFileJsonSchema } from './scan-file.ts';
import { scanSettings } from './scan-settings.ts';
import { linspace } from './sweep.ts';

const line = linspace('x', 0, 1, 3);
const reasons = (data: unknown) => {
  try {
    readScanFile(data);
  } catch (error) {
    return String(error);
  }
  return '';
};

it('holds scans and fly scans, as the builders make them', () => {
  const over = JSON.parse(JSON.stringify([line, fly('x', 0, 1, 10)]));
  const scans = [
    { name: 'line', over: over[0], read: ['power'], settleMs: 5 },
    { over: over[1], read: ['power'], everyMs: 10 },
  ];
  expect(readScanFile({ version: 1, scans })).toEqual({ version: 1, whenOneFails: 'stop', scans });
});

it('takes every setting of a scan, and leaves out what is left out', () => {
  const settings = {
    settleMs: 1,
    waitMs: 2,
    waitUntil: [inBand('oven', { from: 300, to: 310, withinMs: 1000, after: 'x' })],
    suspendWhen: [{ module: 'oven', above: 310, resumeBelow: 305 }],
    onError: 'skip',
    onOvershoot: 'stop',
    returnTo: 'initial',
    everyMs: 3,
    lagMs: 4,
  };
  const read = readScanFile({ version: 1, scans: [{ over: line, read: ['power'], ...settings }] }).scans[0];
  expect(read).toEqual({
    over: line,
    read: ['power'],
    ...settings,
    onError: [{ policy: 'skip' }],
    suspendWhen: [expect.objectContaining({ ...settings.suspendWhen[0], hysteresis: 0, channel: 0 })],
  });
  expect(Object.keys(scanSettings.shape)).toEqual(Object.keys(settings));
  expect(readScanFile({ version: 1, scans: [{ over: line, read: ['power'] }] }).scans).toEqual([
    { over: line, read: ['power'] },
  ]);
});

it('says everything that is wrong at once, and where', () => {
  const said = reasons({
    version: 2,
    scans: [
      { over: { kind: 'product', scans: [{ ...line, count: 0.5 }] }, read: [] },
      { over: { kind: 'spin' }, read: ['power'], settle: 1 },
    ],
  });
  for (const where of ['version', 'scans.0.over.scans.0.count', 'scans.0.read', 'scans.1.over.kind', 'settle']) {
    expect(said).toContain(where);
  }
  const watching = {
    over: line,
    read: ['power'],
    suspendWhen: [
      { module: 'oven' },
      { module: 'oven', above: 1, resumeBelow: 2 },
      { module: 'oven', below: 1, resumeBelow: 0 },
    ],
    waitUntil: [
      { module: 'oven', withinMs: 10 },
      { module: 'oven', from: 2, to: 1, withinMs: 10 },
      { module: 'oven', from: 2 },
    ],
  };
  const told = reasons({ version: 1, scans: [watching] });
  for (const where of [
    'suspendWhen.0',
    'suspendWhen.1',
    'suspendWhen.2',
    'waitUntil.0',
    'waitUntil.1',
    'waitUntil.2.withinMs',
  ])
    expect(told).toContain(`scans.0.${where}`);
  expect(reasons('nonsense')).toContain('the file:');
});

it('has a JSON schema that knows every kind of scan', () => {
  const schema = JSON.stringify(scanFileJsonSchema());
  for (const kind of ['linspace', 'product', 'adaptive2D', 'pymodaq', 'mask', 'fly']) {
    expect(schema).toContain(`"const":"${kind}"`);
  }
});
