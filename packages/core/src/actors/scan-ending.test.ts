import { BehaviorSubject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { DataWithAxes } from '../data/data-with-axes.ts';
import { lab } from '../lab/lab.ts';
import { grid } from '../scan/builders.ts';
import { suspendWhile } from '../scan/suspender.ts';
import { linspace } from '../scan/sweep.ts';
import { stubActuator, stubDetector } from '../testing/stub-instruments.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { memoryRecorder, scanBench } from './testing/scan-on-trial.ts';

describe('the way back', () => {
  it('leads to where the axes were, after a scan that is complete or stopped', async () => {
    const { modules, scan, over, meter } = await scanBench();
    await modules.x.move(1.5);
    const complete = await scan({ over, read: [meter], returnTo: 'initial' }).done;
    expect([modules.x.position, modules.y.position]).toEqual([1.5, 0]);
    expect(complete.deadTime.motionMs).toBe(130);
    const run = scan({ over, read: [meter], returnTo: 'initial' });
    run.points$.subscribe(({ step }) => step === 5 && run.stop());
    expect(await run.done).toMatchObject({ outcome: 'stopped', points: 6 });
    expect(modules.x.position).toBe(1.5);
  });

  it('leads to chosen positions, in the units of the scan; other axes stay', async () => {
    const { modules, scan, meter } = await scanBench();
    const over = grid(linspace(modules.y, 0, 2, 3), linspace(modules.x, 0, 3000, 4, 'um'));
    await scan({ over, read: [meter], returnTo: { x: 500 } }).done;
    expect([modules.x.position, modules.y.position]).toEqual([0.5, 2]);
  });

  it('is not gone after an abort, nor where a scan was held, nor before anything has moved', async () => {
    const { modules, scan, over, meter, clock } = await scanBench();
    const aborted = scan({ over, read: [meter], returnTo: { x: -1 } });
    aborted.points$.subscribe(({ step }) => step === 5 && aborted.abort());
    await aborted.done;
    expect(modules.x.position).not.toBe(-1);
    const door = new BehaviorSubject(0);
    const held = scan({ over, read: [meter], returnTo: { x: -1 }, suspend: [suspendWhile({ watch: door, above: 1 })] });
    held.points$.subscribe(({ step }) => step === 5 && door.next(2));
    await clock.sleep(1000);
    expect(held.state).toBe('held');
    held.stop();
    await held.done;
    expect(modules.x.position).not.toBe(-1);
    const at = modules.x.position;
    const unmoved = scan({ over, read: [meter], returnTo: { x: -1 } });
    unmoved.stop();
    expect((await unmoved.done).points).toBe(0);
    expect(modules.x.position).toBe(at);
  });

  it('can be interrupted, and ended', async () => {
    const { modules, scan, over, meter, clock } = await scanBench();
    const run = scan({ over, read: [meter], returnTo: { x: -1 } });
    run.points$.subscribe(({ step }) => step === 11 && void clock.sleep(1).then(() => run.pauseNow()));
    await clock.sleep(1000);
    expect(run.state).toBe('paused');
    expect(run.refusal('retryPoint')).toMatch('no point is half measured');
    run.resume();
    expect(run.state).toBe('returning');
    run.stop();
    expect(await run.done).toMatchObject({ outcome: 'completed', points: 12 });
    expect(modules.x.state).toBe('idle');
  });

  it('does not make a scan fail whose data are whole, but is told', async () => {
    const moves: number[] = [];
    const { scan, over, meter } = await scanBench(() => ({
      startMove: async (target) => {
        moves.push(target);
        if (moves.length === 13) throw new Error('jammed');
      },
      readPosition: async () => moves.at(-1) ?? 0,
    }));
    const { recorder, kept } = memoryRecorder();
    const { outcome, troubles } = await scan({ over, read: [meter], returnTo: 'initial', save: recorder }).done;
    expect([outcome, kept.outcome]).toEqual(['completed', 'completed']);
    expect(troubles).toMatchObject([{ instrument: 'y', message: expect.stringContaining('jammed') }]);
    expect(kept.log.join()).toContain('ERROR returning');
  });

  it('is refused before the way out if it leads beyond a limit, or for who takes no part', async () => {
    const { scan, over, meter } = await scanBench();
    const run = scan({ over, read: [meter], returnTo: { y: 9, z: 1 } });
    await expect(run.done).rejects.toThrow(
      /returnTo names \[z\].*\[y\] returnTo 9 mm lies outside its limits -5 to 5 mm/,
    );
  });
});

describe('an overshoot', () => {
  async function benchThatOvershoots() {
    const clock = new VirtualClock();
    let grabs = 0;
    const meter = stubDetector(async () => [new DataWithAxes({ name: 'signal', data: [grabs++], units: 'V' })]);
    const bench = await lab({ x: stubActuator()({}), meter: meter({ overshoot: { above: 3.5 } }) }, { clock });
    return {
      bench,
      clock,
      options: { over: grid(linspace(bench.x, 0, 9, 10)), read: [bench.meter] },
      ...memoryRecorder(),
    };
  }

  it('is only told, by default', async () => {
    const { bench, options } = await benchThatOvershoots();
    expect((await bench.scan(options).done).points).toBe(10);
  });

  it('stops the scan after the point, which counts, and leaves the axes there', async () => {
    const { bench, options, recorder, kept } = await benchThatOvershoots();
    const run = bench.scan({ ...options, onOvershoot: 'stop', returnTo: 'initial', save: recorder });
    expect(await run.done).toMatchObject({ outcome: 'stopped', points: 5 });
    expect(bench.x.position).toBe(4);
    expect(kept.log.join()).toContain("WARNING stop because of an overshoot: [meter] 'signal' CH00 is 4 V");
  });

  it('pauses the scan, which says why', async () => {
    const { bench, options, clock } = await benchThatOvershoots();
    bench.events$.subscribe();
    const run = bench.scan({ ...options, onOvershoot: 'pause' });
    let trouble: string | undefined;
    run.progress$.subscribe((progress) => {
      trouble = progress.trouble?.message;
    });
    await clock.sleep(100);
    expect([run.state, trouble]).toEqual(['paused', "[meter] 'signal' CH00 is 4 V, beyond its limit of 3.5 V"]);
    run.abort();
    expect((await run.done).points).toBe(5);
  });

  it('does what it was told while it was paused', async () => {
    const { bench, options, clock } = await benchThatOvershoots();
    const run = bench.scan(options);
    run.pauseNow();
    await clock.sleep(1);
    await run.edit({ settings: { onOvershoot: 'stop' } });
    run.resume();
    expect(await run.done).toMatchObject({ outcome: 'stopped', points: 5 });
  });

  it('aborts the scan, whose point does not count', async () => {
    const { bench, options } = await benchThatOvershoots();
    expect(await bench.scan({ ...options, onOvershoot: 'abort' }).done).toMatchObject({
      outcome: 'stopped',
      points: 4,
    });
  });
});
