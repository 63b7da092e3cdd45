import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { grid, lab, linspace, VirtualClock } from '@daqtor/core';
import { dataset, readArray } from '@daqtor/savers';
import { mockActuator, mockDetector } from '@daqtor/sim';
import { expect, onTestFinished, test } from 'vitest';
import { runInMemory } from '../testing/run-in-memory.ts';

const PRESET = `version: 1
modules:
  x: { kind: mock-actuator, settings: { velocity: 10 } }
  meter: { kind: mock-detector, settings: { delayMs: 50 } }
`;

/** A scan of six points that was stopped after three, and a preset of its lab. */
async function stopped() {
  const folder = mkdtempSync(join(tmpdir(), 'daqtor-cli-resume-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const specs = { x: mockActuator({ velocity: 10 }), meter: mockDetector({ delayMs: 50 }) };
  await using bench = await lab(specs, { clock: new VirtualClock() });
  const over = grid(linspace(bench.x, 0, 5, 6));
  const run = bench.scan({ over, read: [bench.meter], save: dataset(folder) });
  run.actor.on('pointSaved', ({ measured }) => measured === 2 && run.stop());
  const { file = '' } = await run.done;
  const preset = join(folder, 'lab.yaml');
  writeFileSync(preset, PRESET);
  return { file, preset, folder };
}

const resume = (argv: readonly string[], interrupted = () => new Promise<void>(() => {})) =>
  runInMemory(['resume', ...argv], { interrupted });

test('resume completes a scan that was stopped, and shows how far it is', async () => {
  const { file, preset } = await stopped();
  const { code, out, err, shown } = await resume([file, '--lab', preset]);
  expect([code, err]).toEqual([
    0,
    expect.stringContaining('warning: [x] was at 2 mm at the last point and is at 0 mm now'),
  ]);
  expect(out).toContain(`${file}: 3 points are there; nobody worked on it for `);
  expect(out).toContain('/RawData/Scan000 is complete, with 6 points\n');
  expect(shown.at(-1)).toBe('');
  expect(shown.join('\n')).toMatch(/5\/6 {2}[\d.]+ points\/s {2}0:00\.\d left {2}x 4\.000 mm {2}mock /);
  const { data } = await readArray(file, '/RawData/Scan000/Actuator000/Data0D/CH00/Data00');
  expect([...data]).toEqual([0, 1, 2, 3, 4, 5]);
});

test('resume ends after the current point on Ctrl-C, and says how to go on', async () => {
  const { file, preset } = await stopped();
  const { code, err } = await resume([file, '--lab', preset], () => Promise.resolve());
  expect([code, err]).toEqual([
    1,
    expect.stringMatching(/the scan was stopped after [34] points. Go on with daqtor resume /),
  ]);
  expect((await resume([file, '--lab', preset])).code).toBe(0);
});

test('resume changes what is left of a scan before it goes on', async () => {
  const { file, preset, folder } = await stopped();
  const wrong = await resume([file, '--lab', preset, '--edit', '{ within: { q: [0, 1] }, drop: [0] }']);
  expect(wrong.err).toContain(
    'within names [q], which the scan does not move; drop names steps 0, which are in the file',
  );
  expect((await resume([file, '--lab', preset, '--edit', '{ withn: 1 }'])).err).toContain('withn');
  const change = join(folder, 'change.yaml');
  writeFileSync(change, 'reason: no signal beyond\nwithin: { x: [0, 3] }\n');
  const { code, out } = await resume([file, '--lab', preset, '--edit', change]);
  expect([code, out]).toEqual([0, expect.stringContaining('is complete, with 4 points; 2 were skipped or dropped\n')]);
  const { data } = await readArray(file, '/RawData/Scan000/Status/Data0D/CH00/Data00');
  expect([...data]).toEqual([1, 1, 1, 1, 6, 6]);
});

test('resume adds points to a scan, also when it is complete', async () => {
  const { file, preset } = await stopped();
  const list = await resume([file, '--lab', preset, '--edit', '{ add: [{ x: 9 }] }']);
  expect(list.err).toContain('it is a grid: add names positions of its axes, e.g. { x: [3, 4] }');
  const more = await resume([file, '--lab', preset, '--edit', '{ add: { x: [9, 7] } }']);
  expect([more.code, more.out]).toEqual([0, expect.stringContaining('is complete, with 8 points\n')]);
  const last = await resume([file, '--lab', preset, '--edit', '{ add: { x: [8] } }']);
  expect([last.code, last.out]).toEqual([0, expect.stringContaining('is complete, with 9 points\n')]);
  expect([...(await readArray(file, '/RawData/Scan000/NavAxes/Axis00')).data].slice(6)).toEqual([9, 7, 8]);
});

test('resume says why it does not go on, and what it was not told', async () => {
  const { file, preset, folder } = await stopped();
  const other = join(folder, 'other.yaml');
  writeFileSync(
    other,
    PRESET.replace(
      'x: { kind: mock-actuator, settings: { velocity: 10 }',
      'x: { kind: mock-actuator, settings: { units: deg }',
    ),
  );
  const refused = await resume([file, '--lab', other]);
  expect([refused.code, refused.err]).toEqual([
    1,
    expect.stringContaining("[x] positions in 'mm' cannot be reached by an axis that moves in 'deg'"),
  ]);
  expect((await resume([file, '--lab', preset, '--scan', 'Scan003'])).err).toContain('there is no Scan003');
  expect((await resume([file, '--lab', preset, '--on-error', 'cry'])).err).toContain(
    '--on-error takes pause, skip, abort',
  );
  expect(await resume([file])).toMatchObject({ code: 2, err: expect.stringContaining('--lab PRESET') });
  expect((await resume([join(folder, 'none.h5'), '--lab', preset])).code).toBe(1);
  expect((await resume([file, '--lab', preset])).code).toBe(0);
  expect((await resume([file, '--lab', preset])).err).toContain('it is complete, with all of its 6 points');
});
