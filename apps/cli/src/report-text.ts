import type { PreflightReport } from '@daqtor/core';
import { formatDuration } from './duration.ts';

/** What a scan would do, for people. */
export function reportText(name: string, report: PreflightReport): string {
  const {
    points,
    mayEndSooner,
    shape,
    reaches,
    durationMs,
    unknownDurations,
    bytes,
    freeBytes,
    reasons,
    conditions = [],
  } = report;
  const count = `${mayEndSooner ? 'at most ' : ''}${points} points${shape.length > 1 ? ` (${shape.join(' × ')})` : ''}`;
  const time = Number.isNaN(durationMs) ? 'for a time that cannot be told' : `about ${formatDuration(durationMs, 1)}`;
  const without = unknownDurations.length > 0 ? ` without what ${unknownDurations.join(', ')} take` : '';
  const room = [
    ...(bytes === undefined ? [] : [`${mebi(bytes)} before compression`]),
    ...(freeBytes === undefined ? [] : [`${mebi(freeBytes)} free`]),
  ];
  return [
    `${name}: ${count}, ${time}${without}`,
    ...reaches.map(({ name: actuator, min, max, units }) => `  ${actuator} from ${min} to ${max} ${units}`),
    ...conditions.map((condition) => `  ${condition}`),
    ...(room.length > 0 ? [`  ${room.join(', ')}`] : []),
    ...reasons.map((reason) => `  cannot run: ${reason}`),
  ].join('\n');
}

const mebi = (bytes: number): string => `${(bytes / 2 ** 20).toPrecision(3)} MiB`;
