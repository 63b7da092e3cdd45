import { expect, it } from 'vitest';
import { DataWithAxes } from '../../data/data-with-axes.ts';
import { lab } from '../../lab/lab.ts';
import { stubActuator, stubDetector } from '../../testing/stub-instruments.ts';
import { VirtualClock } from '../../time/virtual-clock.ts';
import { adaptive1D } from './adaptive-scans.ts';

/** A stage at 10 mm, and two detectors behind it: a meter that sees an edge at 12 mm, and a counter. */
async function bench() {
  let position = 10;
  const stage = stubActuator(() => ({
    startMove: async (target) => {
      position = target;
    },
    readPosition: async () => position,
  }));
  const meter = stubDetector(async () => {
    const lit = position < 12 ? 0 : 1;
    return [
      new DataWithAxes({ name: 'dark', data: [0.5] }),
      new DataWithAxes({ name: 'image', data: [new Uint16Array([0, 0]), new Uint16Array([lit, 3 * lit])], shape: [2] }),
    ];
  });
  return await lab(
    { x: stage({ limits: [0, 20] }), meter: meter({}), other: stubDetector()({}) },
    { clock: new VirtualClock() },
  );
}

const edge = { detector: 'meter', data: 'image', channel: 1 };

it('finds an edge in the mean of an image, counted from where the stage is', async () => {
  await using b = await bench();
  const over = adaptive1D(b.x, -8, 8, { signal: edge, count: 30, resolution: 0.02 }).relative();
  const run = b.scan({ over, read: [b.other, b.meter] });
  const visited: number[] = [];
  run.points$.subscribe(({ targets }) => visited.push(targets[0] as number));
  expect((await run.done).points).toBe(30);
  expect(visited.slice(0, 3)).toEqual([2, 18, 10]);
  const [below, above] = [visited.filter((x) => x < 12), visited.filter((x) => x >= 12)];
  expect(Math.min(...above) - Math.max(...below)).toBeLessThan(0.05);
});

it('is completed when its goal is reached before its count', async () => {
  await using b = await bench();
  const over = adaptive1D(b.x, 0, 20, { signal: { ...edge, data: 'dark', channel: 0 }, count: 500, goal: 0.1 });
  expect(await b.dryRun({ over, read: [b.meter] })).toMatchObject({ points: 500, mayEndSooner: true, reasons: [] });
  expect(await b.scan({ over, read: [b.meter] }).done).toMatchObject({ outcome: 'completed', points: 17 });
});

it('is refused before anything moves if what it follows is not read, or it leads beyond the limits', async () => {
  await using b = await bench();
  const over = adaptive1D(b.x, 0, 25, { signal: b.meter, count: 20 });
  await expect(b.scan({ over, read: [b.other] }).done).rejects.toThrow(
    /\[meter\] decides where the scan goes, but is not among the detectors that are read; \[x\] .* outside its limits 0 to 20/,
  );
  expect(b.x.position).toBe(10);
});

it('fails at the first point with the data that there are if what it follows is not among them', async () => {
  await using b = await bench();
  const over = adaptive1D(b.x, 0, 20, { signal: { detector: b.meter, data: 'power' }, count: 20 });
  await expect(b.scan({ over, read: [b.meter], onError: 'abort' }).done).rejects.toMatchObject({
    code: 'scan.failed',
    message: expect.stringMatching(/\[meter\] the scan follows channel 0 of 'power'.*It gave 'dark' \(CH00\), 'image'/),
  });
});
