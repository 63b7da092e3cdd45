import { type DaqScan, latest, realClock } from '@daqtor/core';
import { progressLine } from './progress-line.ts';

/** Where lines go: stdout, or a stand-in for it. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Shows a scan's progress while it runs: one line that is renewed, or a line now and then where there is no terminal. */
export function showProgress(run: Pick<DaqScan, 'progress$'>, output: Output): void {
  const renew = output.isTTY === true;
  run.progress$.pipe(latest(renew ? 100 : 2000, realClock)).subscribe({
    next: (progress) => {
      const line = progressLine(progress, output.columns ?? 120);
      output.write(renew ? `\r\x1b[2K${line}` : `${line}\n`);
    },
    complete: () => output.write(renew ? '\n' : ''),
  });
}
