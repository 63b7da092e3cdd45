import type { Cell } from './cell.ts';
import { driverMatrix } from './driver-matrix.ts';
import { FAULTS } from './faulty-call.ts';
import { type Result, runCells } from './run-cells.ts';
import { table } from './table.ts';
import { WIRE_FAULTS } from './wire-faults.ts';
import { wireMatrix } from './wire-matrix.ts';

/** What each fault in each call does to a module: `npm run torture:faults`. */
async function main(): Promise<void> {
  const parts: readonly [string, readonly string[], readonly Cell[]][] = [
    ['Each call of a driver, in virtual time', FAULTS, driverMatrix()],
    ['Each driver, on a wire that goes wrong during a command', WIRE_FAULTS, wireMatrix()],
  ];
  const all: Result[] = [];
  for (const [title, faults, cells] of parts) {
    const results = await runCells(cells);
    all.push(...results);
    console.log(`${title}\n\n${tableOf(faults, results)}\n`);
  }
  const failed = all.filter(({ broken }) => broken.length > 0);
  for (const { cell, broken } of failed) console.log(`${cell.subject}, ${cell.fault}: ${broken.join('; ')}`);
  console.log(`${all.length - failed.length} passed, ${failed.length} failed`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

const SHORT = { works: 'works', refused: 'refused', faulted: 'faulted', 'closes with an error': 'told' } as const;

/** A row per call, a column per fault: what becomes of the module, or FAILED. */
function tableOf(faults: readonly string[], results: readonly Result[]): string {
  const subjects = [...new Set(results.map(({ cell }) => cell.subject))];
  const rows = subjects.map((subject) => [
    subject,
    ...faults.map((fault) => {
      const result = results.find(({ cell }) => cell.subject === subject && cell.fault === fault);
      return result ? (result.broken.length > 0 ? 'FAILED' : SHORT[result.cell.expected]) : '';
    }),
  ]);
  return table([['', ...faults], ...rows]);
}

await main();
