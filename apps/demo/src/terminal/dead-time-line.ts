import type { DeadTime } from '@daqtor/core';

/** Where the time went, in one line. */
export function deadTimeLine({ totalMs, ...parts }: DeadTime): string {
  const shares = Object.entries(parts)
    .filter(([, ms]) => ms > 0)
    .map(([name, ms]) => `${name.replace(/Ms$/, '')} ${((100 * ms) / totalMs).toFixed(1)} %`);
  return `Time ${(totalMs / 1000).toFixed(1)} s: ${shares.join(' · ')}`;
}
