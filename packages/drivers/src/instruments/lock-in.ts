import { type Clock, DaqtorError, DataWithAxes } from '@daqtor/core';
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

const SLOPES = [6, 12, 18, 24] as const;
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

/**
 * Configures a lock-in as the settings want it.
 *
 * @returns the time that its output takes to settle, in ms
 */
export async function configureLockIn(
  { talk, sensitivity, timeConstants }: LockInModel,
  settings: LockInSettings,
  signal: AbortSignal,
): Promise<number> {
  const { sensitivityV, timeConstantS, slopeDbPerOctave, settleTimeConstants } = settings;
  const choose = (command: string, choices: readonly number[], wanted: number | undefined, units: string) =>
    wanted === undefined
      ? undefined
      : talk.command(`${command} ${indexOf(choices, wanted, units)}`, `setting ${wanted} ${units}`, signal);
  await choose(sensitivity.command, sensitivity.choices, sensitivityV, 'V');
  await choose('OFLT', timeConstants, timeConstantS, 's');
  await choose('OFSL', SLOPES, slopeDbPerOctave, 'dB per octave');
  const seconds = timeConstants[await talk.queryNumber('OFLT?', signal)];
  const settled = SETTLED[await talk.queryNumber('OFSL?', signal)];
  if (seconds === undefined || settled === undefined) {
    throw new DaqtorError('instrument.protocol', {
      problem: 'the lock-in reports a time constant or a slope that its manual does not list',
      advice: 'Set time constant and slope at the front panel, then connect again',
    });
  }
  return 1000 * seconds * (settleTimeConstants ?? settled);
}

/** Waits until the output has settled, then reads it, and asks whether anything was overloaded while it was read. */
export async function grabLockIn(
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
