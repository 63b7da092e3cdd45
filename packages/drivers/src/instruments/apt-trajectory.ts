import { type ActuatorDriver, DaqtorError, liveSettings } from '@daqtor/core';
import type { AptInfo } from '../protocols/apt-message.ts';
import type { AptTalk } from '../protocols/apt-talk.ts';
import { aptScaleOf } from './apt-scales.ts';
import type { AptStage } from './apt-stages.ts';
import { trapezoidMs } from './trapezoid-ms.ts';

/** In units of the stage per second, and per second squared. */
interface Trajectory {
  readonly velocity?: number | undefined;
  readonly acceleration?: number | undefined;
}
const NAMES = ['velocity', 'acceleration'] as const;

/**
 * Velocity and acceleration of a channel: sets those that are given, and lets them be changed.
 *
 * @returns nothing for a model whose units of velocity are not known
 * @throws DaqtorError `lab.settings` if they are given for such a model
 */
export async function aptTrajectory(
  talk: AptTalk,
  { model }: AptInfo,
  { countsPerUnit, units }: AptStage,
  settings: Trajectory,
  signal: AbortSignal,
): Promise<Pick<ActuatorDriver, 'moveMs' | 'adjust'>> {
  const scale = aptScaleOf(model);
  const isGiven = NAMES.some((name) => settings[name] !== undefined);
  if (!scale) {
    if (!isGiven) return {};
    throw new DaqtorError('lab.settings', {
      problem: `in which units a ${model} has its velocities is not known, so they cannot be set`,
      advice: 'Leave velocity and acceleration out, and set them with the program of the maker',
    });
  }
  const perUnit = {
    velocity: scale.perVelocity * countsPerUnit,
    acceleration: scale.perAcceleration * countsPerUnit,
  };
  const read = async (signal: AbortSignal) => {
    const held = await talk.velocity(signal);
    return { velocity: held.velocity / perUnit.velocity, acceleration: held.acceleration / perUnit.acceleration };
  };
  const set = async (wanted: Trajectory, isMeant: (name: keyof Trajectory) => boolean, signal: AbortSignal) => {
    const held = await talk.velocity(signal);
    const next = { ...held };
    for (const name of NAMES) {
      const value = wanted[name];
      // 0 would never move.
      if (value !== undefined && isMeant(name)) next[name] = Math.max(1, Math.round(value * perUnit[name]));
    }
    const tried = NAMES.filter(isMeant).map(
      (name) => `${name} ${wanted[name]} ${units}/s${name === 'velocity' ? '' : '²'}`,
    );
    if (Object.values(next).some((value) => value >= 2 ** 31)) {
      throw new DaqtorError('lab.settings', {
        problem: `${tried.join(' and ')} is more than the controller can be told`,
        advice: 'Give less: the data sheet of the stage has what it stands',
      });
    }
    await talk.setVelocity(next, `setting ${tried.join(' and ')}`, signal);
  };
  if (isGiven) await set(settings, (name) => settings[name] !== undefined, signal);
  let now = await read(signal);
  const moveMs = (from: number, to: number) => trapezoidMs(to - from, now.velocity, now.acceleration);
  return {
    // A controller that says 0 has nothing set yet.
    ...(now.velocity > 0 && now.acceleration > 0 && { moveMs }),
    adjust: liveSettings<Trajectory, keyof Trajectory>({
      names: NAMES,
      apply: (wanted, changed, signal) => set(wanted, (name) => changed.has(name), signal),
      async read(signal) {
        now = await read(signal);
        return now;
      },
    }),
  };
}
