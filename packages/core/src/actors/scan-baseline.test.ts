import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { BaselineReading, ScanRecorder } from '../contracts/scan-recorder.ts';
import { DataWithAxes } from '../data/data-with-axes.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { lab } from '../lab/lab.ts';
import { scansOf } from '../lab/scan-batch.ts';
import { grid } from '../scan/builders.ts';
import { retry } from '../scan/error-policy.ts';
import { readScanFile } from '../scan/scan-file.ts';
import { linspace } from '../scan/sweep.ts';
import { stubActuator, stubDetector } from '../testing/stub-instruments.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { memoryRecorder } from './testing/scan-on-trial.ts';

const refuses = new DaqtorError('instrument.fault', { problem: 'it refuses' });
const gone = new DaqtorError('instrument.gone', { problem: 'the link is lost' });

/** @param failing - readings of the thermometer that fail, counted from 1 */
async function bench({ failing = [] as readonly number[], error = refuses, takesMs = 5 } = {}) {
  const clock = new VirtualClock();
  let readings = 0;
  const modules = await lab(
    {
      x: stubActuator(({ clock }) => ({ isMoving: () => clock.sleep(10).then(() => false) }))({}),
      gate: stubActuator()({}),
      meter: stubDetector()({}),
      thermometer: stubDetector(async (signal) => {
        const reading = ++readings;
        await clock.sleep(takesMs, signal);
        if (failing.includes(reading)) throw error;
        return [new DataWithAxes({ name: 'temperature', data: [290 + reading], units: 'K' })];
      })({}),
    },
    { clock },
  );
  const { x, gate, meter, thermometer } = modules;
  const over = grid(linspace(x, 0, 2, 3));
  const { recorder, kept } = memoryRecorder();
  const options = { over, read: [meter], baseline: [x, gate, thermometer], save: recorder };
  return { modules, clock, x, gate, meter, thermometer, over, kept, options, readings: () => readings };
}

/** `begin: x 0 mm, gate 0 mm, -`. */
const texts = (readings: readonly BaselineReading[]) =>
  readings.map(({ at, values }) => {
    const each = values.map((value) => {
      const [data] = value?.data ?? [];
      return data ? `${data.name} ${data.data[0]?.[0]} ${data.units}` : '-';
    });
    return `${at}: ${each.join(', ')}`;
  });

const WHOLE = ['begin: x 0 mm, gate 0 mm, temperature 291 K', 'end: x 2 mm, gate 0 mm, temperature 292 K'];

describe('a baseline', () => {
  it('is read once before the first point and once after the last, before the way back', async () => {
    const { modules, kept, options, x, clock } = await bench();
    const began = clock.epochMs();
    const { deadTime } = await modules.scan({ ...options, returnTo: 'initial' }).done;
    expect(texts(kept.baseline)).toEqual(WHOLE);
    expect(x.position).toBe(0);
    const [begin, end] = kept.baseline.map(({ atEpochMs }) => atEpochMs);
    expect(begin).toBe(began);
    expect(end).toBeGreaterThan(kept.points.at(-1)?.atEpochMs ?? Number.POSITIVE_INFINITY);
    expect(kept.description?.baseline?.map(({ name, role, units }) => [name, role, units])).toEqual([
      ['x', 'actuator', 'mm'],
      ['gate', 'actuator', 'mm'],
      ['thermometer', 'detector', ''],
    ]);
    expect(deadTime.exposureMs).toBe(2 * (5 + 1));
  });

  it('is read at the end of a scan that is stopped, aborted, or fails, too', async () => {
    for (const how of ['stop', 'abort'] as const) {
      const { modules, kept, options } = await bench();
      const run = modules.scan(options);
      run.actor.on('pointSaved', () => run[how]());
      expect((await run.done).outcome).toBe('stopped');
      expect(texts(kept.baseline)).toEqual([
        WHOLE[0],
        expect.stringMatching(/^end: x \d mm, gate 0 mm, temp.* 292 K$/),
      ]);
    }
    const { modules, kept, options, x } = await bench();
    const run = modules.scan({ ...options, onError: 'abort' });
    run.actor.on('pointSaved', () => void x.stop());
    await expect(run.done).rejects.toThrow('[x] it was stopped');
    expect(texts(kept.baseline)).toHaveLength(2);
  });

  it('is not read at the end of a scan that never began', async () => {
    const { modules, kept, options, x } = await bench();
    const run = modules.scan({ ...options, over: grid(linspace(x, 0, 2, 3)), returnTo: { gate: 1 } });
    await expect(run.done).rejects.toMatchObject({ code: 'scan.refused' });
    expect(kept.baseline).toEqual([]);
  });

  it('is refused with modules that cannot be read, or twice', async () => {
    const { modules, options, gate, thermometer } = await bench();
    await thermometer.close();
    const { reasons } = await modules.dryRun({ ...options, baseline: [gate, gate, thermometer] });
    expect(reasons).toEqual(['[gate] is in the baseline twice', '[thermometer] of the baseline is offline, not idle']);
  });

  it('counts in the duration', async () => {
    const { modules, options, thermometer, meter } = await bench();
    await Promise.all([thermometer.grab(), meter.grab()]);
    const [without, withIt] = [
      await modules.dryRun({ ...options, baseline: [] }),
      await modules.dryRun({ ...options, baseline: [thermometer] }),
    ];
    expect(withIt.durationMs - without.durationMs).toBe(10);
  });

  it('is refused by a recorder that cannot keep it, before anything moves', async () => {
    const { modules, options, clock } = await bench();
    const recorder: ScanRecorder = {
      begin: async (...how) => {
        const { keepBaseline: _, ...recording } = await options.save.begin(...how);
        return recording;
      },
    };
    await expect(modules.scan({ ...options, save: recorder }).done).rejects.toThrow('cannot keep a baseline');
    expect(clock.pending).toBe(0);
  });

  it('comes by names from a scan file', async () => {
    const { modules } = await bench();
    const file = (baseline: unknown) =>
      readScanFile({ version: 1, scans: [{ over: linspace('x', 0, 1, 2), read: ['meter'], baseline }] });
    const [scan] = scansOf(file(['gate', 'thermometer']), modules);
    expect(scan).toMatchObject({ baseline: [{ name: 'gate' }, { name: 'thermometer' }] });
    expect(() => scansOf(file(['oven']), modules)).toThrow('oven');
    expect(() => file([])).toThrow('scans.0.baseline');
  });
});

describe('a reading of the baseline that fails', () => {
  beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}));
  it('pauses the scan, and is made anew', async () => {
    const { modules, kept, options, clock } = await bench({ failing: [1] });
    const run = modules.scan(options);
    await clock.sleep(1000);
    expect([run.state, kept.points.length]).toEqual(['paused', 0]);
    run.resume();
    expect(await run.done).toMatchObject({ outcome: 'completed', points: 3 });
    expect(texts(kept.baseline)).toEqual([
      'begin: x 0 mm, gate 0 mm, temperature 292 K',
      'end: x 2 mm, gate 0 mm, temperature 293 K',
    ]);
  });

  it('is kept without the module where its policy is to skip, or a person says so', async () => {
    const skipping = await bench({ failing: [1] });
    await skipping.modules.scan({ ...skipping.options, onError: [{ module: 'thermometer', policy: 'skip' }] }).done;
    expect(texts(skipping.kept.baseline)[0]).toBe('begin: x 0 mm, gate 0 mm, temperature 292 K');
    const lost = await bench({ failing: [1, 2, 3, 4], error: gone });
    await lost.modules.scan({ ...lost.options, onError: 'skip' }).done;
    expect(texts(lost.kept.baseline)).toEqual(['begin: x 0 mm, gate 0 mm, -', 'end: x 2 mm, gate 0 mm, -']);
    expect(lost.kept.log.join()).toContain('WARNING the baseline lacks a module: [thermometer] ');
    const byHand = await bench({ failing: [1], error: gone });
    const run = byHand.modules.scan(byHand.options);
    await byHand.clock.sleep(1000);
    expect(run.refusal('resume')).toContain('[thermometer] is faulted; connect it again first');
    run.skipPoint();
    await byHand.clock.sleep(1000);
    expect(texts(byHand.kept.baseline)[0]).toBe('begin: x 0 mm, gate 0 mm, -');
    expect([run.state, byHand.kept.points.length]).toEqual(['paused', 3]);
    run.stop();
    expect(await run.done).toMatchObject({ outcome: 'completed', points: 3 });
  });

  it('is tried again as its policy says, and connects what is lost', async () => {
    const { modules, kept, options, clock } = await bench({ failing: [1, 2], error: gone });
    const run = modules.scan({ ...options, onError: retry({ times: 2, backoffMs: 100, factor: 1 }) });
    await run.done;
    expect(texts(kept.baseline)[0]).toBe('begin: x 0 mm, gate 0 mm, temperature 293 K');
    expect(clock.now()).toBeGreaterThan(200);
  });

  it('fails the scan where errors do, and the reading at the end is left as far as it can be had', async () => {
    const { modules, kept, options } = await bench({ failing: [1, 2], error: gone });
    await expect(modules.scan({ ...options, onError: 'abort' }).done).rejects.toThrow('[thermometer] the link is lost');
    expect([kept.outcome, kept.points.length]).toEqual(['failed', 0]);
  });

  it('does not keep a scan from coming to the end that a person wants', async () => {
    const { modules, kept, options, clock } = await bench({ failing: [2], error: gone });
    const run = modules.scan(options);
    await clock.sleep(1000);
    expect([run.state, kept.points.length]).toEqual(['paused', 3]);
    run.stop();
    expect(await run.done).toMatchObject({ outcome: 'completed', points: 3 });
  });

  it('ends the scan when it is the file that cannot take it', async () => {
    const { modules, options } = await bench();
    const { recorder } = memoryRecorder({ failAtBaseline: true });
    await expect(modules.scan({ ...options, save: recorder }).done).rejects.toThrow('disk full');
  });
});

it('a reading that is interrupted is made anew, and kept once', async () => {
  for (const atMs of [0, 3, 5.5, 6]) {
    const { modules, kept, options, clock, thermometer } = await bench();
    const run = modules.scan(options);
    void clock.sleep(atMs).then(() => run.pauseNow());
    await clock.sleep(100);
    expect([run.state, thermometer.state]).toEqual(['paused', 'idle']);
    run.resume();
    await run.done;
    expect(kept.baseline.map(({ at }) => at)).toEqual(['begin', 'end']);
  }
});
