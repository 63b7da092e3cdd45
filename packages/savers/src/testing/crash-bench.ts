import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  Axis,
  type Clock,
  type ConnectContext,
  DataWithAxes,
  defineActuator,
  defineDetector,
  type LabCore,
  lab,
  liveSettings,
  type Scan,
  type ScanRecorder,
  type ScanSettingsInput,
  VirtualClock,
} from '@daqtor/core';
import { z } from 'zod';
import { describeFile } from '../browse/describe-file.ts';
import { readArray } from '../browse/read-array.ts';
import { findNode, walkNodes } from '../browse/tree.ts';
import { baselineGroup } from '../modules/baseline-saver.ts';

/** What instruments of a bench may differ in. */
export interface BenchFacts {
  /** Where each stage is at first, in `units`. */
  readonly start?: number;
  readonly units?: string;
  readonly serial?: string;
  /** Length of the spectrum. */
  readonly pixels?: number;
  /** Where the spectrum begins, in nm. */
  readonly firstNm?: number;
  readonly exposureMs?: number;
  /** Grabs that fail, counted from 1. */
  readonly failing?: readonly number[];
  /** Stages by name; default x, y and z. */
  readonly stages?: readonly string[];
  /** How fast stages are, in `units` per second; default they are there at once. */
  readonly speed?: number;
  readonly clock?: Clock;
  /** Told of each call that an instrument obeys: `x stop`, `x move 3`, `eye grab`. */
  readonly called?: (call: string) => void;
}

/** Where a stage goes. */
interface Way {
  readonly from: number;
  readonly to: number;
  readonly beganMs: number;
}

function positionOn({ from, to, beganMs }: Way, nowMs: number, speed: number): number {
  const tookMs = (1000 * Math.abs(to - from)) / speed;
  return nowMs - beganMs < tookMs ? from + ((to - from) * (nowMs - beganMs)) / tookMs : to;
}

/**
 * A lab in virtual time whose detector gives numbers that follow from the positions alone, so that a scan gives the same
 * data whenever it is run.
 */
export async function crashBench(facts: BenchFacts = {}): Promise<LabCore> {
  const { clock = new VirtualClock(), units = 'mm', serial = 'A', start = 0.5, called = () => {} } = facts;
  const {
    pixels = 3,
    firstNm = 400,
    exposureMs = 1,
    failing = [],
    stages = ['x', 'y', 'z'],
    speed = Number.POSITIVE_INFINITY,
  } = facts;
  let grabs = 0;
  const ways = new Map<string, Way>();
  const at = (name: string) => positionOn(ways.get(name) as Way, clock.now(), speed);
  /** Stages that were never sent anywhere do not count. */
  const sent = new Set<string>();
  const stage = defineActuator({
    kind: 'stage',
    title: 'Stage',
    settings: z.object({}),
    connect: async (_, { name }: ConnectContext) => {
      ways.set(name, { from: start, to: start, beganMs: 0 });
      const go = (to: number) => ways.set(name, { from: at(name), to, beganMs: clock.now() });
      return {
        units,
        identity: `stage ${name} ${serial}`,
        readPosition: async () => at(name),
        startMove: async (target: number) => {
          called(`${name} move ${target}`);
          go(target);
          sent.add(name);
        },
        isMoving: async () => at(name) !== ways.get(name)?.to,
        stop: async () => {
          called(`${name} stop`);
          go(at(name));
        },
        close: async () => {},
      };
    },
  });
  const eye = defineDetector({
    kind: 'eye',
    title: 'Eye',
    settings: z.object({ exposureMs: z.number() }),
    connect: async ({ exposureMs }) => ({
      identity: `eye ${serial}`,
      adjust: liveSettings<{ readonly exposureMs: number }, 'exposureMs'>({
        names: ['exposureMs'],
        apply: async (wanted) => {
          exposureMs = wanted.exposureMs;
        },
      }),
      grab: async () => {
        called('eye grab');
        if (failing.includes(++grabs)) throw new Error('it saw nothing');
        await clock.sleep(exposureMs);
        const value = ['x', 'y', 'z'].reduce((sum, name, i) => sum + (sent.has(name) ? at(name) : 0) * 10 ** i, 0);
        const nm = new Axis({
          label: 'wavelength',
          units: 'nm',
          data: Array.from({ length: pixels }, (_, i) => firstNm + i),
        });
        return [
          new DataWithAxes({ name: 'power', data: [value, -value], units: 'V' }),
          new DataWithAxes({ name: 'spectrum', data: [new Uint16Array(pixels).fill(1000 + value)], axes: [nm] }),
        ];
      },
      close: async () => {},
    }),
  });
  const specs = { ...Object.fromEntries(stages.map((name) => [name, stage({})])), eye: eye({ exposureMs }) };
  return await lab(specs, { clock });
}

/**
 * Runs a scan to its end.
 *
 * @param points - once so many points are saved, the file is copied as a killed process would leave it
 * @returns the file, and the copy of it
 */
export async function crashed(
  scan: Scan,
  save: ScanRecorder,
  folder: string,
  points: number,
  facts: BenchFacts &
    Pick<ScanSettingsInput, 'onError' | 'everyMs' | 'lagMs'> & { readonly baseline?: readonly string[] } = {},
) {
  const { onError = 'abort', baseline = [], everyMs, lagMs } = facts;
  await using bench = await crashBench(facts);
  const copy = join(folder, `crashed-${points}.h5`);
  const run = bench.scan({
    over: scan,
    read: [bench.getViewer('eye')],
    baseline: baseline.map((name) => bench.getModule(name)),
    settleMs: 20,
    onError,
    ...(everyMs !== undefined && { everyMs }),
    ...(lagMs !== undefined && { lagMs }),
    save,
  });
  run.actor.on('pointSaved', ({ measured }) => {
    if (measured !== points || run.file === undefined) return;
    copyFileSync(run.file, copy);
    if (existsSync(`${run.file}.journal`)) copyFileSync(`${run.file}.journal`, `${copy}.journal`);
  });
  const { file = '', group = '' } = await run.done;
  return { file, group, copy };
}

/** What is read while a stage ramps keeps the rounding of the time at which its line began. */
const rounded = (value: number | bigint) => (typeof value === 'number' ? Number(value.toPrecision(10)) : value);

/** All that a scan left, but for when it was and its baseline: nodes, attributes and the values of arrays. */
export async function contentsOf(file: string, group: string): Promise<Map<string, unknown>> {
  const contents = new Map<string, unknown>();
  for (const node of walkNodes(findNode(await describeFile(file), group, file))) {
    // Each run of a scan reads its baseline anew.
    if (node.path.startsWith(`${baselineGroup(group)}`)) continue;
    const { timestamp, scan_runs, scan_recipe, scan_revisions, date_time, settings, ...attributes } = node.attributes;
    const isTimes = node.path.includes('/Timestamps/');
    const values =
      node.kind === 'array' && !isTimes
        ? Array.from((await readArray(file, node.path)).data as ArrayLike<number | bigint>, rounded)
        : [];
    contents.set(node.path, { attributes, values });
  }
  return contents;
}
