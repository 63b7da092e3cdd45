import type { DaqScan } from '../actors/daq-scan.ts';
import { type LabFact, pausedText } from './lab-event.ts';

/**
 * Passes on what a scan tells.
 *
 * @param isUnheard - whether nobody listens: a pause that nobody hears of would look like a scan that hangs
 */
export function followScan(scan: DaqScan, tell: (fact: LabFact) => void, isUnheard: () => boolean): void {
  scan.actor.on('pointSaved', ({ measured }) => tell({ type: 'pointSaved', measured }));
  scan.actor.on('pointSkipped', ({ skipped, error }) => tell({ type: 'pointSkipped', skipped, error }));
  scan.actor.on('retrying', ({ attempt, inMs, error }) => tell({ type: 'scanRetries', attempt, inMs, error }));
  scan.actor.on('paused', ({ error }) => {
    if (error && isUnheard()) console.warn(pausedText(error));
    tell({ type: 'scanPaused', error });
  });
  scan.actor.on('resumed', () => tell({ type: 'scanResumed' }));
  scan.actor.on('ended', ({ outcome, measured, error }) => tell({ type: 'scanEnded', outcome, measured, error }));
}
