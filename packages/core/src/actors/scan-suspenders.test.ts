import { BehaviorSubject, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { DataWithAxes } from '../data/data-with-axes.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { lab } from '../lab/lab.ts';
import { grid } from '../scan/builders.ts';
import { reasonToHold, suspendRule, suspendWhile } from '../scan/suspender.ts';
import { linspace } from '../scan/sweep.ts';
import { stubActuator, stubDetector } from '../testing/stub-instruments.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { memoryRecorder, scanBench } from './testing/scan-on-trial.ts';

const steps = [...Array(12).keys()];

describe('a suspender', () => {
  it('has a limit to hold at and another one to let go', () => {
    const limits = { above: 10, below: undefined, hysteresis: 2 };
    expect([9, 10, 10.1].map((value) => reasonToHold(value, false, limits))).toEqual([
      undefined,
      undefined,
      '10.1 is above 10',
    ]);
    expect([8, 8.1].map((value) => reasonToHold(value, true, limits))).toEqual([undefined, '8.1 is above 8']);
    expect(reasonToHold(0.4, true, { above: undefined, below: 0.3, hysteresis: 0.2 })).toBe('0.4 is below 0.5');
    expect(reasonToHold(Number.NaN, false, limits)).toBe('it has no value');
  });

  it('is refused without a limit', () => {
    expect(() => suspendWhile({ watch: new Subject<number>() })).toThrow(/needs a limit/);
  });
});

/** A scan of twelve points, 30 ms each, and a beam whose current holds it below 1. */
async function benchWithBeam(options: Partial<Parameters<typeof suspendWhile>[0]> = {}) {
  const beam = new BehaviorSubject(2);
  const bench = await scanBench();
  const { recorder, kept } = memoryRecorder();
  const suspend = [suspendWhile({ watch: beam, name: 'beam', below: 1, hysteresis: 0.5, ...options })];
  const run = bench.scan({ over: bench.over, read: [bench.meter], settleMs: 20, suspend, save: recorder });
  return { ...bench, beam, run, kept };
}

describe('a scan that is held', () => {
  it('interrupts the point, says who holds it, goes on by itself and loses nothing', async () => {
    const { clock, beam, run, kept } = await benchWithBeam({ forMs: 100 });
    let heldBy: readonly string[] = [];
    run.progress$.subscribe((progress) => {
      heldBy = progress.heldBy;
    });
    await clock.sleep(100);
    beam.next(0.5);
    await clock.sleep(1000);
    expect([run.state, heldBy, kept.points.length]).toEqual(['held', ['beam'], 3]);
    beam.next(1.2); // inside, but by less than the hysteresis
    await clock.sleep(1000);
    beam.next(1.6);
    await clock.sleep(50);
    beam.next(0.5); // not for long enough
    await clock.sleep(1000);
    expect(run.state).toBe('held');
    expect(() => run.resume()).toThrow('cannot resume while held: it is held, and goes on by itself');
    beam.next(1.6);
    const { points, deadTime } = await run.done;
    expect([points, heldBy]).toEqual([12, []]);
    expect(deadTime.heldMs).toBe(3140); // 10 ms less, until the axes were at rest
    expect(kept.points.map(({ step }) => step)).toEqual(steps);
    expect(kept.log.filter((line) => line.includes('beam'))).toEqual([
      'WARNING beam holds the scan: 0.5 is below 1',
      'INFO beam lets the scan go on',
    ]);
    expect(kept.description?.settings.suspend).toContain('"below":1');
  });

  it('finishes the point first, if it is told so', async () => {
    const { clock, beam, run, kept } = await benchWithBeam({ action: 'afterPoint' });
    await clock.sleep(100);
    beam.next(0);
    await clock.sleep(1000);
    expect([run.state, kept.points.length]).toEqual(['held', 4]);
    beam.next(2);
    expect((await run.done).points).toBe(12);
  });

  it('does not begin to move before all is well', async () => {
    const { clock, beam, run, modules } = await benchWithBeam();
    beam.next(0);
    await clock.sleep(1000);
    expect([run.state, modules.x.position]).toEqual(['held', 0]);
    beam.next(2);
    expect((await run.done).points).toBe(12);
  });

  it('goes on when the last of them lets go; after a pause it is held again', async () => {
    const { scan, over, meter, clock } = await scanBench();
    const [door, beam] = [new BehaviorSubject(0), new BehaviorSubject(0)];
    const suspend = [suspendWhile({ watch: door, above: 1 }), suspendWhile({ watch: beam, above: 1 })];
    const run = scan({ over, read: [meter], settleMs: 20, suspend });
    let heldBy: readonly string[] = [];
    run.progress$.subscribe((progress) => {
      heldBy = progress.heldBy;
    });
    await clock.sleep(100);
    door.next(2);
    beam.next(2);
    await clock.sleep(100);
    expect([...heldBy]).toEqual(['a signal', 'a signal 2']);
    run.pauseNow();
    expect(run.state).toBe('paused');
    run.resume();
    expect(run.state).toBe('held');
    door.next(0);
    expect([run.state, [...heldBy]]).toEqual(['held', ['a signal 2']]);
    beam.next(0);
    expect((await run.done).points).toBe(12);
  });

  it('ends at once when it is stopped, and leaves no timer', async () => {
    const { clock, beam, run, kept } = await benchWithBeam({ forMs: 1e6 });
    await clock.sleep(100);
    beam.next(0);
    await clock.sleep(100);
    beam.next(2);
    run.stop();
    expect(await run.done).toMatchObject({ outcome: 'stopped', points: 3 });
    expect(kept.outcome).toBe('stopped');
    expect([clock.pending, beam.observed]).toEqual([0, false]);
  });

  it('pauses when what is watched fails, and goes on without it if a person wants that', async () => {
    const { clock, beam, run, modules } = await benchWithBeam();
    modules.events$.subscribe();
    await clock.sleep(100);
    beam.next(0);
    await clock.sleep(100);
    beam.error(new Error('the gauge is broken'));
    await clock.sleep(100);
    expect(run.state).toBe('paused');
    run.resume();
    expect((await run.done).points).toBe(12);
  });
});

describe('a module that is watched', () => {
  it('is asked for its value, the scan reading it or not, and holds the scan while it is faulted', async () => {
    const clock = new VirtualClock();
    let current = 2;
    let isAway = false;
    const beam = stubDetector(async () => {
      if (isAway) throw new DaqtorError('instrument.gone', { problem: 'unplugged' });
      return [new DataWithAxes({ name: 'current', data: [current], units: 'mA' })];
    });
    const x = stubActuator(({ clock }) => ({ isMoving: () => clock.sleep(10).then(() => false) }));
    const bench = await lab({ x: x({}), beam: beam({}), meter: stubDetector()({}) }, { clock });
    const over = grid(linspace(bench.x, 0, 19, 20));
    for (const read of [[bench.meter], [bench.meter, bench.beam]]) {
      const suspend = [suspendWhile({ watch: bench.beam, below: 1, everyMs: 50 })];
      const run = bench.scan({ over, read, settleMs: 20, suspend });
      await clock.sleep(100);
      current = 0;
      await clock.sleep(200);
      expect(run.state).toBe('held');
      current = 2;
      await clock.sleep(100);
      expect(run.state).not.toBe('held');
      if (read.length === 1) {
        isAway = true;
        await clock.sleep(100);
        expect(run.state).toBe('held');
        isAway = false;
        await bench.connect();
      }
      expect((await run.done).points).toBe(20);
    }
    await bench.close();
    expect(clock.pending).toBe(0);
  });

  it.each(['detector', 'actuator'])('holds the scan while it is %s that cannot be read, and says why', async (role) => {
    const clock = new VirtualClock();
    let refuses = false;
    const told = () => {
      if (refuses) throw new DaqtorError('instrument.fault', { problem: 'the gauge is overheated' });
      return 2;
    };
    const gauge = stubDetector(async () => [new DataWithAxes({ name: 'pressure', data: [told()], units: 'Pa' })]);
    const axis = stubActuator(() => ({ readPosition: async () => told() }));
    const x = stubActuator(({ clock }) => ({ isMoving: () => clock.sleep(10).then(() => false) }));
    const bench = await lab({ x: x({}), gauge: gauge({}), axis: axis({}), meter: stubDetector()({}) }, { clock });
    const { recorder, kept } = memoryRecorder();
    const module = role === 'a detector' ? 'gauge' : 'axis';
    const suspendWhen = [suspendRule.parse({ module, above: 5, everyMs: 50 })];
    const over = grid(linspace(bench.x, 0, 9, 10));
    const run = bench.scan({ over, read: [bench.meter], settleMs: 20, suspendWhen, save: recorder });
    await clock.sleep(100);
    refuses = true;
    await clock.sleep(1000);
    expect(run.state).toBe('held');
    refuses = false;
    expect((await run.done).points).toBe(10);
    expect(kept.log.filter((line) => /holds|lets/.test(line))).toEqual([
      `WARNING ${module} holds the scan: it cannot be read: [${module}] the gauge is overheated`,
      `INFO ${module} lets the scan go on`,
    ]);
    await bench.close();
    expect(clock.pending).toBe(0);
  });

  it('holds nothing because somebody else reads it, or ends its grab', async () => {
    const clock = new VirtualClock();
    const gauge = stubDetector(async (signal) => {
      await clock.sleep(30, signal);
      return [new DataWithAxes({ name: 'pressure', data: [2], units: 'Pa' })];
    });
    const x = stubActuator(({ clock }) => ({ isMoving: () => clock.sleep(10).then(() => false) }));
    const bench = await lab({ x: x({}), gauge: gauge({}), meter: stubDetector()({}) }, { clock });
    const { recorder, kept } = memoryRecorder();
    const suspendWhen = [suspendRule.parse({ module: 'gauge', above: 5, everyMs: 50 })];
    const over = grid(linspace(bench.x, 0, 9, 10));
    const run = bench.scan({ over, read: [bench.meter], settleMs: 20, suspendWhen, save: recorder });
    await clock.sleep(110);
    await bench.gauge.stop();
    await bench.gauge.grab();
    expect((await run.done).points).toBe(10);
    expect(kept.log.filter((line) => line.includes('holds'))).toEqual([]);
  });

  it('holds the scan by its position', async () => {
    const { modules, clock, scan, meter } = await scanBench();
    const over = grid(linspace(modules.x, 0, 3, 4));
    const suspend = [suspendWhile({ watch: modules.y, above: 1, everyMs: 20 })];
    const run = scan({ over, read: [meter], settleMs: 100, suspend });
    await clock.sleep(150);
    await modules.y.move(2);
    await clock.sleep(100);
    expect(run.state).toBe('held');
    await modules.y.move(0);
    expect((await run.done).points).toBe(4);
  });
});
