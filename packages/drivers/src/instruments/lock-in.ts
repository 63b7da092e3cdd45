import { type Clock, DaqtorError, DataWithAxes, type DetectorDriver, liveSettings } from '@daqtor/core';
import { z } from 'zod';
import type { EventTalk } from '../protocols/event-talk.ts';
import { portOrAddress } from '../transports/resolve-port.ts';

/** Settings that the lock-ins of Stanford Research have in common. */
export const lockInSettings = z.object({
  port: portOrAddress,
  timeConstantS: z.number().positive().optional().describe('Time constant in s; left out, as the lock-in is set'),
  slopeDbPerOctave: z
    .union([z.literal(6), z.literal(12), z.literal(18), z.literal(24)])
    .optional()
    .describe('Slope of the filter in dB per octave; left out, as the lock-in is set'),
  sensitivityV: z.number().positive().optional().describe('Full scale in V; left out, as the lock-in is set'),
  settleTimeConstants: z
    .number()
    .nonnegative()
    .optional()
    .describe('Time constants waited before each reading; left out, as many as bring it within 1 % at the slope'),
  onOverload: z
    .enum(['fault', 'accept'])
    .default('fault')
    .describe('Whether an overload makes a grab fail; accepted, it is in the data'),
});
export type LockInSettings = z.output<typeof lockInSettings>;

const SLOPES: readonly number[] = [6, 12, 18, 24];
/** Time constants until less than 1 % of a step is left, by the number of equal stages of the filter. */
const SETTLED = [5, 7, 9, 10.1] as const;

/** What differs from one model to the next. */
export interface LockInModel {
  readonly talk: EventTalk;
  /** Sensitivities in V and time constants in s, by their numbers in the commands. */
  readonly sensitivity: { readonly command: string; readonly choices: readonly number[] };
  readonly timeConstants: readonly number[];
  /** Forgets overloads of before, where they are latched. */
  clearOverloads(signal: AbortSignal): Promise<void>;
  /** X and Y of one moment, in volts, and the frequency in hertz. */
  snap(signal: AbortSignal): Promise<{ readonly x: number; readonly y: number; readonly hertz: number }>;
  /** What is overloaded, in words; empty if nothing is. */
  overloads(signal: AbortSignal): Promise<readonly string[]>;
}

/** Settings of a lock-in that are one command each: its header, and the values by their numbers in it. */
const dialsOf = ({ sensitivity, timeConstants }: LockInModel) =>
  [
    { name: 'sensitivityV', header: sensitivity.command, choices: sensitivity.choices, units: 'V' },
    { name: 'timeConstantS', header: 'OFLT', choices: timeConstants, units: 's' },
    { name: 'slopeDbPerOctave', header: 'OFSL', choices: SLOPES, units: 'dB per octave' },
  ] as const;

/** Settings that only tell the driver how to read. */
const READING = ['settleTimeConstants', 'onOverload'] as const;

type LiveName = ReturnType<typeof dialsOf>[number]['name'] | (typeof READING)[number];

/**
 * Configures a lock-in as the settings want it. What they leave out stays as the lock-in is set.
 *
 * @returns its measurement and its live settings
 */
export async function configuredLockIn(
  model: LockInModel,
  settings: LockInSettings,
  clock: Clock,
  signal: AbortSignal,
): Promise<Pick<DetectorDriver, 'grab' | 'grabMs' | 'adjust'>> {
  const { talk } = model;
  const dials = dialsOf(model);
  const held = async (name: string, signal: AbortSignal) => {
    const dial = dials.find((one) => one.name === name);
    const value = dial?.choices[await talk.queryNumber(`${dial.header}?`, signal)];
    if (value !== undefined) return value;
    throw new DaqtorError('instrument.protocol', {
      problem: 'the lock-in reports a time constant, a slope or a sensitivity that its manual does not list',
      advice: 'Set it at the front panel, then connect again',
    });
  };
  const turn = async (wanted: LockInSettings, isMeant: (name: LiveName) => boolean, signal: AbortSignal) => {
    // All values are looked up first: nothing is sent if one of them is not there.
    const commands = dials.flatMap(({ name, header, choices, units }) => {
      const value = wanted[name];
      if (value === undefined || !isMeant(name)) return [];
      return [{ command: `${header} ${indexOf(choices, value, units)}`, tried: `setting ${value} ${units}` }];
    });
    for (const { command, tried } of commands) await talk.command(command, tried, signal);
    now = wanted;
    settleMs = await settlingMs(wanted, signal);
  };
  const settlingMs = async ({ settleTimeConstants }: LockInSettings, signal: AbortSignal) => {
    const seconds = await held('timeConstantS', signal);
    const slope = await held('slopeDbPerOctave', signal);
    return 1000 * seconds * (settleTimeConstants ?? SETTLED[SLOPES.indexOf(slope)] ?? 0);
  };
  let now = settings;
  let settleMs = 0;
  await turn(settings, () => true, signal);
  return {
    grab: (signal) => grabLockIn(model, clock, settleMs, now, signal),
    grabMs: () => settleMs,
    adjust: liveSettings<LockInSettings, LiveName>({
      names: [...dials.map(({ name }) => name), ...READING],
      apply: (wanted, changed, signal) => turn(wanted, (name) => changed.has(name), signal),
      async read(signal) {
        const values: Record<string, number> = {};
        for (const { name } of dials) values[name] = await held(name, signal);
        return values;
      },
    }),
  };
}

/** Waits until the output has settled, then reads it, and asks whether anything was overloaded while it was read. */
async function grabLockIn(
  model: LockInModel,
  clock: Clock,
  settleMs: number,
  { onOverload }: LockInSettings,
  signal: AbortSignal,
): Promise<DataWithAxes[]> {
  await clock.sleep(settleMs, signal);
  await model.clearOverloads(signal);
  const { x, y, hertz } = await model.snap(signal);
  const overloads = await model.overloads(signal);
  if (overloads.length > 0 && onOverload === 'fault') {
    throw new DaqtorError('instrument.fault', {
      problem: `the reading is not to be trusted: overload of ${overloads.join(' and ')}`,
      advice: 'Choose a larger sensitivity, or reduce the signal',
    });
  }
  return [
    new DataWithAxes({ name: 'signal', data: [x, y, Math.hypot(x, y)], labels: ['X', 'Y', 'R'], units: 'V' }),
    new DataWithAxes({ name: 'phase', data: [(Math.atan2(y, x) * 180) / Math.PI], units: 'deg' }),
    new DataWithAxes({ name: 'frequency', data: [hertz], units: 'Hz' }),
    new DataWithAxes({ name: 'overload', data: [overloads.length > 0 ? 1 : 0] }),
  ];
}

/** Refuses an input of current: how the lock-in scales its answers then was not to be found out. */
export function refuseCurrent(isCurrent: boolean): void {
  if (!isCurrent) return;
  throw new DaqtorError('instrument.fault', {
    problem: 'the input of the lock-in is set to current, and this driver knows voltages only',
    advice: 'Set the input to A or A-B at the front panel',
  });
}

function indexOf(choices: readonly number[], wanted: number, units: string): number {
  // 3e-7 may have been written as 0.0000003 or computed.
  const index = choices.findIndex((choice) => Math.abs(choice / wanted - 1) < 1e-6);
  if (index >= 0) return index;
  throw new DaqtorError('lab.settings', {
    problem: `the lock-in has no setting of ${wanted} ${units}`,
    advice: `Choose one of ${choices.map((choice) => Number(choice.toPrecision(1))).join(', ')}`,
  });
}

/** `count` values that go through the mantissas again and again, a decade further each time, e.g. 2, 5, 10, 20, … */
export function decades(mantissas: readonly number[], first: number, count: number, direction: 1 | -1 = 1): number[] {
  return Array.from({ length: count }, (_, i) => {
    const power = first + direction * Math.floor(i / mantissas.length);
    return Number(`${mantissas[i % mantissas.length]}e${power}`);
  });
}
