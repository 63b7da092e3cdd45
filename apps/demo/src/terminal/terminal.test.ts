import { expect, it } from 'vitest';
import { deadTimeLine } from './dead-time-line.ts';
import { duration } from './duration.ts';
import { progressLine } from './progress-line.ts';

const progress = {
  state: 'moving' as const,
  done: 110,
  skipped: 0,
  total: 440,
  elapsedMs: 11_000,
  pointsPerSecond: 10,
  remainingMs: 33_000,
  positions: [
    { name: 'y', value: -0.5, units: 'mm' },
    { name: 'x', value: 0.25, units: 'mm' },
  ],
  reading: { name: 'voltage', value: 1.23456, units: 'V' },
  trouble: undefined,
  heldBy: [],
  waitsFor: [],
};

it('tells in one line how far the scan is', () => {
  expect(progressLine(progress, 120)).toBe(
    '████████░░░░░░░░░░░░░░░░░░░░░░  110/440  10 points/s  0:33 left  y -0.500 mm  x 0.250 mm  voltage 1.235 V',
  );
});

it('never overruns the terminal: first the bar goes, then the end of the line', () => {
  for (const columns of [200, 100, 80, 60, 30]) {
    expect(progressLine(progress, columns).length).toBeLessThan(columns);
  }
});

it('writes times for people', () => {
  expect([duration(42_000), duration(187_000), duration(3_729_000)]).toEqual(['0:42', '3:07', '1:02:09']);
});

it('says where the time went', () => {
  const parts = {
    motionMs: 600,
    settlingMs: 200,
    conditionsMs: 0,
    exposureMs: 100,
    savingMs: 50,
    pausedMs: 0,
    heldMs: 0,
    overheadMs: 50,
  };
  expect(deadTimeLine({ totalMs: 1000, ...parts })).toBe(
    'Time 1.0 s: motion 60.0 % · settling 20.0 % · exposure 10.0 % · saving 5.0 % · overhead 5.0 %',
  );
});
