import { type DaqScan, DaqtorError, latest, type Progress, type ScanResult } from '@daqtor/core';
import { formatDuration } from './duration.ts';
import type { Terminal } from './terminal.ts';

const SHOWN_EVERY_MS = 100;

/**
 * Shows how far a scan is until it has ended. Ctrl-C stops it after the current point.
 *
 * @throws DaqtorError why it failed; `module.stopped` if it was stopped
 */
export async function followScan(run: DaqScan, terminal: Terminal): Promise<ScanResult> {
  const shown = run.progress$
    .pipe(latest(SHOWN_EVERY_MS, terminal.clock))
    .subscribe((progress) => terminal.status(progressText(progress)));
  run.actor.on('paused', ({ error }) => {
    if (error) terminal.err(`paused: ${error.message} Ctrl-C ends the scan; what was measured is kept.`);
  });
  void terminal.interrupted().then(() => {
    if (run.state !== 'ended') run.stop();
  });
  try {
    const result = await run.done;
    if (result.outcome === 'completed') return result;
    throw new DaqtorError('module.stopped', {
      problem: `the scan was stopped after ${result.points} points`,
      advice: result.file === undefined ? undefined : `Go on with daqtor resume ${result.file}`,
    });
  } finally {
    shown.unsubscribe();
    terminal.status('');
  }
}

function progressText({ done, total, state, pointsPerSecond, remainingMs, positions, reading, waitsFor }: Progress) {
  const left = remainingMs === undefined ? state : `${formatDuration(remainingMs, 1)} left`;
  const facts = [...positions, ...(reading ? [reading] : [])].map(
    ({ name, value, units }) => `${name} ${value.toPrecision(4)} ${units}`,
  );
  return [
    `${done}/${total}`,
    `${pointsPerSecond.toFixed(1)} points/s`,
    state === 'paused' ? state : left,
    ...(waitsFor.length > 0 ? [`waits until ${waitsFor.join(', ')}`] : []),
    ...facts,
  ].join('  ');
}
