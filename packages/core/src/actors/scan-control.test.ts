import { describe, expect, it } from 'vitest';
import type { DaqScan } from './daq-scan.ts';
import type { ScanCommand } from './scan-commands.ts';
import { memoryRecorder, scanBench } from './testing/scan-on-trial.ts';

/** Axes that take 100 ms for a move and can be stopped, and a recorder. */
async function slowBench() {
  const calls: string[] = [];
  const bench = await scanBench((_, clock) => {
    let restMs = 0;
    return {
      startMove: async (target) => {
        calls.push(`startMove ${target}`);
        restMs = clock.now() + 100;
      },
      isMoving: async () => clock.now() < restMs,
      readPosition: async () => Number(calls.findLast((call) => call.startsWith('startMove'))?.slice(10) ?? 0),
      stop: async () => {
        calls.push('stop');
        restMs = 0;
      },
    };
  });
  return { ...bench, ...memoryRecorder(), calls };
}

const steps = [...Array(12).keys()];

describe('pausing now', () => {
  it('stops motors where they are, and measures the point again after resume', async () => {
    const { scan, over, meter, clock, recorder, kept, calls } = await slowBench();
    const run = scan({ over, read: [meter], save: recorder });
    await clock.sleep(50);
    expect(run.state).toBe('moving');
    run.pauseNow();
    await clock.sleep(500);
    expect([run.state, calls.includes('stop')]).toEqual(['paused', true]);
    run.resume();
    const { points } = await run.done;
    expect(points).toBe(12);
    expect(kept.points.map(({ step }) => step)).toEqual(steps);
  });

  it('ends a wait for things to settle', async () => {
    const { scan, over, meter, clock, recorder, kept } = await slowBench();
    const run = scan({ over, read: [meter], settleMs: 10_000, save: recorder });
    await clock.sleep(1000);
    run.pauseNow();
    await clock.sleep(10);
    expect(run.state).toBe('paused');
    run.stop();
    expect(await run.done).toMatchObject({ outcome: 'stopped', points: 0 });
    expect(kept.points).toEqual([]);
    expect(clock.now()).toBeLessThan(2000);
  });

  it('does not take what was grabbed when the pause came in between', async () => {
    const { scan, over, meter, clock, modules, recorder, kept } = await slowBench();
    const run = scan({ over, read: [meter], save: recorder });
    const shown: number[] = [];
    run.progress$.subscribe(({ reading }) => reading && shown.push(reading.value));
    let grabs = 0;
    modules.events$.subscribe(({ type }) => type === 'grabbed' && ++grabs === 3 && run.pauseNow());
    await clock.sleep(5000);
    expect([run.state, kept.points.length]).toEqual(['paused', 2]);
    run.resume();
    expect((await run.done).points).toBe(12);
    expect(kept.points.map(({ step }) => step)).toEqual(steps);
    expect(grabs).toBe(13);
    expect(shown).not.toContain(2);
  });

  it('lets a point that is measured already be saved first', async () => {
    const { scan, over, meter, clock, recorder, kept } = await slowBench();
    const run = scan({ over, read: [meter], save: recorder });
    run.points$.subscribe(({ step }) => step === 4 && run.pauseNow());
    await clock.sleep(5000);
    expect([run.state, kept.points.length]).toEqual(['paused', 5]);
    run.resume();
    await run.done;
    expect(kept.points.map(({ step }) => step)).toEqual(steps);
  });
});

describe('the point under way', () => {
  it('is measured again from its move on', async () => {
    const { scan, over, meter, clock, recorder, kept, calls } = await slowBench();
    const run = scan({ over, read: [meter], settleMs: 100, save: recorder });
    await clock.sleep(150);
    run.retryPoint();
    await run.done;
    expect(calls.filter((call) => call === 'startMove 0')).toHaveLength(5);
    expect(kept.points.map(({ step }) => step)).toEqual(steps);
  });

  it('is given up, which is recorded', async () => {
    const { scan, over, meter, clock, recorder, kept } = await slowBench();
    const run = scan({ over, read: [meter], save: recorder });
    await clock.sleep(50);
    run.skipPoint();
    expect(await run.done).toMatchObject({ points: 11, skipped: 1, outcome: 'completed' });
    expect(kept.points[0]).toMatchObject({ step: 0, data: [], status: 'skippedByHand' });
  });

  it('does not wait on when the wait is skipped', async () => {
    const { scan, over, meter, clock } = await slowBench();
    const run = scan({ over, read: [meter], settleMs: 100_000 });
    await clock.sleep(1000);
    run.skipWait();
    await clock.sleep(1000);
    run.stop();
    run.skipWait();
    expect(await run.done).toMatchObject({ points: 2 });
    expect(clock.now()).toBeLessThan(5000);
  });
});

it('waits between two points, and counts the wait', async () => {
  const { scan, over, meter } = await scanBench();
  const { deadTime, points } = await scan({ over, read: [meter], waitMs: 50 }).done;
  expect([points, deadTime.settlingMs, deadTime.totalMs]).toEqual([12, 550, 670]);
});

it('ends at once when it is stopped in a wait between two points', async () => {
  const { scan, over, meter, clock } = await scanBench();
  const run = scan({ over, read: [meter], waitMs: 100_000 });
  await clock.sleep(1000);
  run.stop();
  expect(await run.done).toMatchObject({ outcome: 'stopped', points: 1 });
  expect(clock.now()).toBe(1000);
});

it('takes back a pause that has not begun', async () => {
  const { scan, over, meter } = await scanBench();
  const run = scan({ over, read: [meter] });
  run.pause();
  run.resume();
  expect((await run.done).points).toBe(12);
});

describe('a command that can have no effect', () => {
  const all: readonly ScanCommand[] = ['pause', 'pauseNow', 'resume', 'skipWait', 'retryPoint', 'skipPoint'];
  const allowed = (run: DaqScan) => all.filter((command) => run.refusal(command) === undefined);

  it('is refused with the reason, in every state', async () => {
    const { scan, over, meter, clock } = await slowBench();
    const run = scan({ over, read: [meter], settleMs: 100, waitMs: 100 });
    expect([run.state, allowed(run)]).toEqual(['preparing', ['pause', 'pauseNow']]);
    await clock.sleep(50);
    expect([run.state, allowed(run)]).toEqual(['moving', ['pause', 'pauseNow', 'retryPoint', 'skipPoint']]);
    expect(() => run.resume()).toThrow('[scan] cannot resume while moving: it is not paused');
    await clock.sleep(100);
    expect([run.state, allowed(run)]).toEqual([
      'settling',
      ['pause', 'pauseNow', 'skipWait', 'retryPoint', 'skipPoint'],
    ]);
    await clock.sleep(100);
    expect([run.state, allowed(run)]).toEqual(['waiting', ['pause', 'pauseNow', 'skipWait']]);
    expect(() => run.retryPoint()).toThrow('cannot retry the point while waiting: no point is half measured');
    run.pause();
    expect(allowed(run)).toContain('resume');
    run.pauseNow();
    await clock.sleep(10);
    expect([run.state, allowed(run)]).toEqual(['paused', ['resume']]);
    expect(() => run.pause()).toThrow('cannot pause while paused: it is paused already');
    run.stop();
    await run.done;
    expect([run.state, allowed(run)]).toEqual(['ended', []]);
    expect(() => run.resume()).toThrow('cannot resume while ended: it is over');
    run.stop();
    run.abort();
  });
});

describe('a scan that is ended from outside', () => {
  it('closes its file when it is aborted while that is being opened', async () => {
    const { scan, over, meter, clock } = await scanBench();
    const { recorder, kept } = memoryRecorder();
    const slow: typeof recorder = {
      begin: async (...given) => {
        await clock.sleep(100);
        return await recorder.begin(...given);
      },
    };
    const run = scan({ over, read: [meter], save: slow });
    await clock.sleep(50);
    run.abort();
    expect((await run.done).outcome).toBe('stopped');
    expect(kept.outcome).toBe('stopped');
  });

  it('stops the motors and closes the file when its actor is stopped', async () => {
    const { scan, over, meter, clock, recorder, kept, calls } = await slowBench();
    const run = scan({ over, read: [meter], save: recorder });
    await clock.sleep(650);
    run.actor.stop();
    await expect(run.done).rejects.toMatchObject({ code: 'scan.failed' });
    expect(kept.outcome).toBe('failed');
    expect(calls.at(-1)).toBe('stop');
  });
});
