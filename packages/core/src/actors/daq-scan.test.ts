import { describe, expect, it } from 'vitest';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { grid } from '../scan/builders.ts';
import { linspace } from '../scan/sweep.ts';
import { memoryRecorder, scanBench } from './testing/scan-on-trial.ts';

describe('a scan that runs through', () => {
  it('measures each point once, in its place, with positions read back', async () => {
    const { scan, over, meter } = await scanBench((driver) => {
      const { readPosition } = driver;
      return { readPosition: async (signal) => (await readPosition(signal)) + 0.001 };
    });
    const { recorder, kept } = memoryRecorder();
    const result = await scan({ over, read: [meter], save: recorder }).done;
    expect(result).toMatchObject({ outcome: 'completed', points: 12, file: '/data/scan.h5' });
    expect(kept.outcome).toBe('completed');
    expect(kept.points.map(({ indexes }) => indexes.join(''))).toEqual(
      Array.from({ length: 12 }, (_, step) => over.at(step).indexes.join('')),
    );
    for (const { targets, positions } of kept.points) {
      expect(positions[0]).toBeCloseTo((targets[0] as number) + 0.001, 9);
      expect(positions[1]).toBe(targets[1]);
    }
    expect(kept.points.map(({ data }) => data[0]?.get('signal')?.data[0]?.[0])).toEqual([...Array(12).keys()]);
  });

  it('describes itself before the first point: axes, units, modules, settings', async () => {
    const { scan, modules, meter } = await scanBench();
    const { recorder, kept } = memoryRecorder();
    const over = grid(linspace(modules.x, 0, 3000, 4, 'um'));
    await scan({ over, read: [meter], settleMs: 5, save: recorder }).done;
    expect(kept.description).toMatchObject({
      type: 'Scan1D',
      shape: [4],
      axes: [{ label: 'x', units: 'um', index: 0 }],
      actuators: [{ name: 'x', kind: 'stub-actuator', units: 'um' }],
      detectors: [{ name: 'meter', settings: { timeoutMs: 10_000 } }],
      settings: { settleMs: 5 },
    });
    expect(kept.points.map(({ positions }) => positions[0])).toEqual([0, 1000, 2000, 3000]);
  });

  it('accounts for every millisecond', async () => {
    const { scan, over, meter } = await scanBench();
    const { deadTime } = await scan({ over, read: [meter], settleMs: 20 }).done;
    expect(deadTime).toMatchObject({ totalMs: 360, motionMs: 120, settlingMs: 240, exposureMs: 0, savingMs: 0 });
    const { totalMs, ...parts } = deadTime;
    expect(Object.values(parts).reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(totalMs, 6);
  });

  it('shows how far it is: rate, time left, positions, last reading', async () => {
    const { scan, over, meter } = await scanBench();
    const run = scan({ over, read: [meter], settleMs: 90 });
    const seen: { done: number; remainingMs: number | undefined }[] = [];
    let last: unknown;
    run.progress$.subscribe((progress) => {
      seen.push(progress);
      last = progress;
    });
    await run.done;
    expect(seen.find(({ done }) => done === 3)).toMatchObject({ pointsPerSecond: 10, remainingMs: 900 });
    expect(last).toMatchObject({
      state: 'ended',
      done: 12,
      total: 12,
      positions: [
        { name: 'y', value: 2, units: 'mm' },
        { name: 'x', value: 3, units: 'mm' },
      ],
      reading: { name: 'signal', value: 11, units: 'V' },
    });
  });

  it('does not wait for each point where many are made durable together, and ends when all of them are', async () => {
    const { scan, over, meter, clock } = await scanBench();
    const { recorder, kept } = memoryRecorder({ everyMs: 500 });
    const run = scan({ over, read: [meter], save: recorder });
    let done = 0;
    run.progress$.subscribe((progress) => {
      done = progress.done;
    });
    await clock.sleep(499);
    expect([done, kept.points.length]).toEqual([12, 0]);
    expect((await run.done).points).toBe(12);
    expect(kept.points.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('fails when a point that was let go ahead cannot be saved after all', async () => {
    const { scan, over, meter } = await scanBench();
    const { recorder } = memoryRecorder({ everyMs: 500, failAt: 11 });
    await expect(scan({ over, read: [meter], save: recorder }).done).rejects.toThrow('disk full');
  });

  it('goes on when the recorder answers faster than it asks', async () => {
    const { scan, over, meter } = await scanBench();
    const { recorder } = memoryRecorder({ answersAtOnce: true });
    expect((await scan({ over, read: [meter], save: recorder }).done).points).toBe(12);
  });
});

describe('a scan that is interrupted', () => {
  it('stops after the current point and marks the recording as stopped', async () => {
    const { scan, over, meter } = await scanBench();
    const { recorder, kept } = memoryRecorder();
    const run = scan({ over, read: [meter], save: recorder });
    run.points$.subscribe(({ step }) => step === 4 && run.stop());
    expect(await run.done).toMatchObject({ outcome: 'stopped', points: 5 });
    expect(kept).toMatchObject({ outcome: 'stopped', points: { length: 5 } });
    expect(kept.log.join()).toContain('stopped after 5 points');
  });

  it('pauses after the current point and goes on where it was', async () => {
    const { scan, over, meter, clock } = await scanBench();
    const { recorder, kept } = memoryRecorder();
    const run = scan({ over, read: [meter], save: recorder });
    run.points$.subscribe(({ step }) => step === 4 && run.pause());
    await clock.sleep(1000);
    expect(run.state).toBe('paused');
    expect(kept.points).toHaveLength(5);
    run.resume();
    const { points, deadTime } = await run.done;
    expect(points).toBe(12);
    expect(deadTime.pausedMs).toBe(945);
    expect(kept.points.map(({ step }) => step)).toEqual([...Array(12).keys()]);
  });

  it('stops motors at once when it is aborted, and closes the recording', async () => {
    const calls: string[] = [];
    const { scan, over, meter, clock } = await scanBench((_, clock) => ({
      isMoving: () => clock.sleep(100).then(() => !calls.includes('stop')),
      stop: async () => {
        calls.push('stop');
      },
    }));
    const { recorder, kept } = memoryRecorder();
    const run = scan({ over, read: [meter], save: recorder });
    await clock.sleep(250);
    run.abort();
    expect(await run.done).toMatchObject({ outcome: 'stopped', points: 0 });
    expect(calls).toEqual(['stop']);
    expect(kept.outcome).toBe('stopped');
    expect(clock.now()).toBeLessThan(500);
  });

  it('is aborted when the lab closes', async () => {
    const { modules, scan, over, meter, clock } = await scanBench();
    const { recorder, kept } = memoryRecorder();
    const run = scan({ over, read: [meter], save: recorder, settleMs: 1000 });
    await clock.sleep(500);
    expect(await modules.close()).toEqual([]);
    expect((await run.done).outcome).toBe('stopped');
    expect(kept.outcome).toBe('stopped');
  });
});

describe('a scan that fails', () => {
  it('names the instrument, closes the recording as failed, and keeps what was measured', async () => {
    let moves = 0;
    const { scan, over, meter } = await scanBench(() => ({
      startMove: async () => {
        if (++moves > 6) throw new DaqtorError('instrument.gone', { problem: 'the serial port is gone' });
      },
    }));
    const { recorder, kept } = memoryRecorder();
    const run = scan({ over, read: [meter], onError: 'abort', save: recorder });
    await expect(run.done).rejects.toMatchObject({ code: 'instrument.gone', instrument: 'y' });
    expect(run.file).toBe('/data/scan.h5');
    expect(kept).toMatchObject({ outcome: 'failed', points: { length: 6 } });
    expect(kept.log.join()).toContain('ERROR [y] the serial port is gone');
  });

  it('fails when a point cannot be saved', async () => {
    const { scan, over, meter } = await scanBench();
    const { recorder, kept } = memoryRecorder({ failAt: 3 });
    await expect(scan({ over, read: [meter], save: recorder }).done).rejects.toMatchObject({ code: 'save.failed' });
    expect(kept.points).toHaveLength(3);
  });

  it('fails when the recorder fails between two points', async () => {
    const { scan, over, meter } = await scanBench();
    const { recorder, kept } = memoryRecorder({ failAfterMs: 250 });
    await expect(scan({ over, read: [meter], settleMs: 80, save: recorder }).done).rejects.toMatchObject({
      code: 'save.failed',
    });
    expect(kept.points.length).toBeLessThan(12);
  });

  it('tells why it failed first, also when the recording cannot be ended either', async () => {
    const { scan, over, meter } = await scanBench(() => ({ startMove: () => Promise.reject(new Error('jammed')) }));
    const { recorder } = memoryRecorder({ failAtEnd: true });
    await expect(scan({ over, read: [meter], onError: 'abort', save: recorder }).done).rejects.toMatchObject({
      message: expect.stringContaining('jammed'),
    });
  });

  it('fails when only the end cannot be written', async () => {
    const { scan, over, meter } = await scanBench();
    const { recorder } = memoryRecorder({ failAtEnd: true });
    await expect(scan({ over, read: [meter], save: recorder }).done).rejects.toMatchObject({ code: 'save.failed' });
  });

  it('refuses what cannot work, every reason at once, before anything moves', async () => {
    const moves: number[] = [];
    const { modules, scan, meter } = await scanBench(() => ({
      startMove: async (target) => {
        moves.push(target);
      },
    }));
    const over = grid(linspace(modules.y, 0, 9, 10), linspace(modules.y, 0, 1, 2));
    const { recorder, kept } = memoryRecorder();
    await expect(scan({ over, read: [meter], save: recorder }).done).rejects.toMatchObject({
      code: 'scan.refused',
      message: expect.stringMatching(
        /\[y\] takes part twice; \[y\] 4 of 10 positions .* lie outside its limits -5 to 5 mm/,
      ),
    });
    expect(moves).toEqual([]);
    expect(kept.description).toBeUndefined();
  });

  it('refuses a second scan while one is under way', async () => {
    const { scan, over, meter } = await scanBench();
    const run = scan({ over, read: [meter] });
    expect(() => scan({ over, read: [meter] })).toThrow(expect.objectContaining({ code: 'scan.refused' }));
    await run.done;
    expect((await scan({ over, read: [meter] }).done).points).toBe(12);
  });
});

it('does not compile with an instrument in the wrong place', async () => {
  const { modules, over } = await scanBench();
  // @ts-expect-error a detector cannot be swept
  const wrong = () => linspace(modules.meter, 0, 1, 2);
  expect(wrong).toBeTypeOf('function');
  // @ts-expect-error an actuator cannot be read
  const run = modules.scan({ over, read: [modules.x] });
  await expect(run.done).rejects.toMatchObject({ message: expect.stringContaining('[x] takes part twice') });
});
