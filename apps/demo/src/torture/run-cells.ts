import { realClock } from '@daqtor/core';
import type { Cell } from './cell.ts';

export interface Result {
  readonly cell: Cell;
  /** Rules that were broken; none if it passed. */
  readonly broken: readonly string[];
}

/** Runs cells one after the other; a rejection that nobody handles counts against the cell in which it came up. */
export async function runCells(cells: readonly Cell[]): Promise<readonly Result[]> {
  const results: Result[] = [];
  let stray: unknown[] = [];
  const note = (reason: unknown) => stray.push(reason);
  process.on('unhandledRejection', note);
  try {
    for (const cell of cells) {
      stray = [];
      const broken = await cell.run().catch((error: unknown) => [`broke the trial itself: ${String(error)}`]);
      await realClock.turn();
      results.push({ cell, broken: [...broken, ...stray.map((reason) => `nobody handled: ${String(reason)}`)] });
    }
  } finally {
    process.off('unhandledRejection', note);
  }
  return results;
}
