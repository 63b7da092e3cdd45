import { realClock } from '@daqtor/core';
import { expect } from 'vitest';
import { runInMemory } from './run-in-memory.ts';

/** Runs a command that serves something, does something with what it says once it serves, then presses Ctrl-C. */
export async function whileServing(argv: readonly string[], use: (out: string) => Promise<void>) {
  let error: unknown;
  const result = await runInMemory(argv, {
    clock: realClock,
    interrupted: async (said) => {
      try {
        await expect.poll(() => said.out).toContain('\n');
        await use(said.out);
      } catch (caught) {
        error = caught;
      }
    },
  });
  if (error) throw error;
  return result;
}
