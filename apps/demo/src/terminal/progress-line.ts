import type { Progress } from '@daqtor/core';
import { figure, quantity } from '@daqtor/savers';
import { duration } from './duration.ts';

/**
 * How far a scan is, in one line: points, rate, time left, positions, last reading.
 *
 * @param columns - room in the line; the bar takes what is left over
 */
export function progressLine(progress: Progress, columns: number): string {
  const { done, skipped, total, pointsPerSecond, positions, reading } = progress;
  const facts = [
    `${done}/${total}`,
    `${figure(pointsPerSecond)} points/s`,
    standing(progress),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...positions.map(({ name, value, units }) => `${name} ${value.toFixed(3)} ${units}`),
    ...(reading ? [`${reading.name} ${quantity(reading.value, reading.units)}`] : []),
  ].join('  ');
  const room = Math.min(30, columns - facts.length - 5);
  return room < 5 ? facts.slice(0, columns - 1) : `${bar(done / total, room)}  ${facts}`;
}

/** Whether it goes on, and how long; if not, why. */
function standing({ state, done, total, remainingMs, trouble, heldBy }: Progress): string {
  if (state === 'held') return `held by ${heldBy.join(', ')}`;
  if (state === 'paused') return trouble ? `paused: ${trouble.message}` : 'paused';
  if (state === 'ended') return done === total ? 'done' : 'ended';
  return `${remainingMs === undefined ? '–' : duration(remainingMs)} left`;
}

function bar(fraction: number, width: number): string {
  const full = Math.round(fraction * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}
