import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{packages,apps}/*/src/**/*.test.ts'],
    pool: 'threads',
    typecheck: { enabled: false },
    testTimeout: 10_000,
  },
});
