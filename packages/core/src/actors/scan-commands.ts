import type { ScanPhase } from './scan-facts.ts';

/** What a person can ask of a scan. `stop` and `abort` are never refused: a scan that is over has ended already. */
export type ScanCommand = 'pause' | 'pauseNow' | 'resume' | 'skipWait' | 'retryPoint' | 'skipPoint' | 'edit';

const NAMES: Readonly<Record<ScanCommand, string>> = {
  pause: 'pause',
  pauseNow: 'pause now',
  resume: 'resume',
  skipWait: 'skip the wait',
  retryPoint: 'retry the point',
  skipPoint: 'skip the point',
  edit: 'be changed',
};

const OVER = 'it is over';

/** A hold lifts by itself: nobody has to resume it. */
const HELD = 'it is held, and goes on by itself';

const REASONS: Readonly<Record<ScanCommand, string>> = {
  pause: 'it is paused already',
  pauseNow: 'it is paused already',
  resume: 'it is not paused',
  skipWait: 'it does not wait',
  retryPoint: 'no point is half measured',
  skipPoint: 'no point is half measured',
  edit: 'pause it first',
};

/** Why a scan cannot do now what it is asked for, e.g. `cannot resume while moving: it is not paused`. */
export function refusalOf(command: ScanCommand, state: ScanPhase | 'ended'): string {
  const reason = state === 'finishing' || state === 'ended' ? OVER : state === 'held' ? HELD : REASONS[command];
  return `cannot ${NAMES[command]} while ${state}: ${reason}`;
}
