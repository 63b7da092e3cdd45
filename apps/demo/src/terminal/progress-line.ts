import type { Progress } from '@daqtor/core';
import { figure, quantity } from '@daqtor/savers';
import { duration } from './duration.ts';

/**
 * How far a scan is, in one line: points, rate, time left, positions, last reading.
 *
 * @param columns - room in the line; the bar takes what is left over
 */
export function progressLine(progress: Progress, columns: number): string {
  const { done, total, pointsPerSecond, remainingMs, positions, reading, state } = progress;
  const facts = [
    `${done}/${total}`,
    `${figure(pointsPerSecond)} points/s`,
    state === 'paused' ? 'paused' : state === 'ended' ? (done === total ? 'done' : 'ended') : timeLeft(remainingMs),
    ...positions.map(({ name, value, units }) => `${name} ${value.toFixed(3)} ${units}`),
    ...(reading ? [`${reading.name} ${quantity(reading.value, reading.units)}`] : []),
  ].join('  ');
  const room = Math.min(30, columns - facts.length - 5);
  return room < 5 ? facts.slice(0, columns - 1) : `${bar(done / total, room)}  ${facts}`;
}

function timeLeft(ms: number | undefined): string {
  return `${ms === undefined ? '–' : duration(ms)} left`;
}

function bar(fraction: number, width: number): string {
  const full = Math.round(fraction * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}
