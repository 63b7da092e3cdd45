import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** A file for the results as JSON, from which CI makes the table of drivers. */
const report = process.env.DAQTOR_TEST_REPORT;

export default defineConfig({
  test: {
    include: ['{packages,apps}/*/src/**/*.test.ts', 'scripts/*.test.mjs'],
    pool: 'forks',
    // On two cores vitest would use one.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    typecheck: { enabled: false },
    testTimeout: 30_000,
    ...(report && { reporters: ['default', ['json', { outputFile: report }]] }),
  },
});
