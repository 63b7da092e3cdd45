import type { TimedPhase } from '../scan/dead-time.ts';
import type { ScanPhase } from './scan-facts.ts';

/** What the time of each phase of a scan is spent on. */
export const timedAs: Readonly<Record<ScanPhase, TimedPhase>> = {
  preparing: 'overhead',
  reading: 'exposure',
  moving: 'motion',
  settling: 'settling',
  grabbing: 'exposure',
  saving: 'saving',
  skipping: 'overhead',
  waiting: 'settling',
  interrupting: 'overhead',
  paused: 'paused',
  held: 'held',
  returning: 'motion',
  finishing: 'overhead',
};
