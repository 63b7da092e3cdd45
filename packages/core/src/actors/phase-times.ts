import type { TimedPhase } from '../scan/dead-time.ts';
import type { ScanPhase } from './scan-facts.ts';

/** What the time of each phase counts as. */
export const PHASE_TIMES: Readonly<Record<ScanPhase, TimedPhase>> = {
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
