import type { DaqScan } from '../actors/daq-scan.ts';
import { type LabFact, pausedText, waitingText } from './lab-event.ts';

/**
 * Passes on what a scan tells.
 *
 * @param isUnheard - whether nobody listens: a pause that nobody hears of would look like a scan that hangs
 */
export function followScan(scan: DaqScan, tell: (fact: LabFact) => void, isUnheard: () => boolean): void {
  scan.actor.on('pointSaved', (steps) => tell({ type: 'pointSaved', measured: scan.pointsIn(steps).measured }));
  scan.actor.on('pointSkipped', ({ error, ...steps }) =>
    tell({ type: 'pointSkipped', skipped: scan.pointsIn(steps).skipped, error }),
  );
  scan.actor.on('retrying', ({ attempt, inMs, error }) => tell({ type: 'scanRetries', attempt, inMs, error }));
  scan.actor.on('paused', ({ error }) => {
    if (error && isUnheard()) console.warn(pausedText(error));
    tell({ type: 'scanPaused', error });
  });
  scan.savingWaits$.subscribe((error) => {
    if (error && isUnheard()) console.warn(waitingText(error));
    tell({ type: 'savingWaits', error });
  });
  scan.actor.on('held', ({ by }) => tell({ type: 'scanHeld', by }));
  scan.actor.on('lifted', () => tell({ type: 'scanLifted' }));
  scan.actor.on('resumed', () => tell({ type: 'scanResumed' }));
  void scan.end.then(({ outcome, measured, error }) => tell({ type: 'scanEnded', outcome, measured, error }));
}
