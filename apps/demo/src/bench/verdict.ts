const totals = { passed: 0, failed: 0 };

/** Prints whether something holds, and what was measured of it. */
export function check(what: string, good: boolean, detail: unknown): void {
  totals[good ? 'passed' : 'failed']++;
  console.log(`  ${good ? 'PASS' : 'FAIL'} ${what}: ${String(detail)}`);
}

/** Prints `N passed, N failed`; the process ends with 1 if anything failed. */
export function conclude(): void {
  console.log(`${totals.passed} passed, ${totals.failed} failed`);
  process.exitCode = totals.failed === 0 ? 0 : 1;
}
