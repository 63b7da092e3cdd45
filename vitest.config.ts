import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{packages,apps}/*/src/**/*.test.ts', 'scripts/**/*.test.mjs'],
    pool: 'forks',
    typecheck: { enabled: false },
    testTimeout: 30_000,
  },
});
