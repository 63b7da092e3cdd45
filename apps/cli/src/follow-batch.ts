import { type BatchEntry, type BatchRun, DaqtorError, latest, type Progress, type ScanBatch } from '@daqtor/core';
import { switchMap } from 'rxjs';
import { formatDuration } from './duration.ts';
import type { Terminal } from './terminal.ts';

const SHOWN_EVERY_MS = 100;
const BAR = 20;

/**
 * Shows how far a batch is until it has ended. Ctrl-C stops it after the current point, again at once.
 *
 * @throws DaqtorError why scans failed; `module.stopped` if somebody stopped it
 */
export async function followBatch(run: ScanBatch, terminal: Terminal): Promise<void> {
  let current: BatchRun | undefined;
  const total = run.entries.length;
  const told = run.runs$.subscribe((begun) => {
    if (current) tellEnd(run.entries[current.index] as BatchEntry, terminal);
    current = begun;
    terminal.status('');
    terminal.out(`${begun.name} begins${total > 1 ? `, ${begun.index + 1} of ${total}` : ''}`);
  });
  const shown = run.runs$
    .pipe(switchMap((begun) => begun.run.progress$))
    .pipe(latest(SHOWN_EVERY_MS, terminal.clock))
    .subscribe((progress) => terminal.status(progressText(progress)));
  let isOver = false;
  const heed = async () => {
    await terminal.interrupted();
    if (isOver) return;
    run.stop();
    await terminal.interrupted();
    if (!isOver) run.abort();
  };
  void heed();
  try {
    const { outcome } = await run.done;
    if (outcome === 'completed') return;
    throw new DaqtorError('module.stopped', { problem: 'the scans were stopped' });
  } finally {
    isOver = true;
    told.unsubscribe();
    shown.unsubscribe();
    terminal.status('');
    if (current) tellEnd(run.entries[current.index] as BatchEntry, terminal);
  }
}

function tellEnd({ name, state, result }: BatchEntry, terminal: Terminal): void {
  terminal.status('');
  const where = result?.file === undefined ? '' : ` in ${result.file}, ${result.group}`;
  terminal.out(`${name} ${state}${result ? `: ${result.points} points${where}` : ''}`);
}

function progressText({ done, total, state, pointsPerSecond, remainingMs, positions, reading, waitsFor }: Progress) {
  const full = Math.round((BAR * done) / total);
  const left = state === 'paused' || remainingMs === undefined ? state : `${formatDuration(remainingMs, 1)} left`;
  const facts = [...positions, ...(reading ? [reading] : [])].map(
    ({ name, value, units }) => `${name} ${value.toPrecision(4)} ${units}`,
  );
  const bar = '█'.repeat(full) + '░'.repeat(BAR - full);
  const waits = waitsFor.length > 0 ? [`waits until ${waitsFor.join(', ')}`] : [];
  return [`${bar}  ${done}/${total}`, `${pointsPerSecond.toFixed(1)} points/s`, left, ...waits, ...facts].join('  ');
}
