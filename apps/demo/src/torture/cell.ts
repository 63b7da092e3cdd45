import type { DaqtorError } from '@daqtor/core';

/** What a module should be like after a fault. */
export type Verdict = 'works' | 'refused' | 'faulted' | 'closes with an error';

/** One fault in one call. */
export interface Cell {
  /** What goes wrong where, e.g. `DAQ_Move readPosition`. */
  readonly subject: string;
  readonly fault: string;
  readonly expected: Verdict;
  /** @returns every rule that was broken */
  run(): Promise<readonly string[]>;
}

/** How a command ended. */
export type Ending = { readonly ok: true } | { readonly ok: false; readonly error: DaqtorError };

export const endingOf = (work: Promise<unknown>): Promise<Ending> =>
  work.then(
    () => ({ ok: true }),
    (error: DaqtorError) => ({ ok: false, error }),
  );

/** Compares how a command ended, and the state of its module, with what they should be. */
export function judge(expected: Verdict, ending: Ending, state: string, name: string): string[] {
  const broken: string[] = [];
  const states: Readonly<Record<Verdict, string>> = {
    works: 'idle',
    refused: 'idle',
    faulted: 'faulted',
    'closes with an error': 'offline',
  };
  if (ending.ok !== (expected === 'works')) broken.push(ending.ok ? 'no error' : `failed: ${ending.error.message}`);
  if (!ending.ok && ending.error.instrument !== name)
    broken.push(`the error does not name it: ${ending.error.message}`);
  if (state !== states[expected]) broken.push(`is ${state}`);
  return broken;
}
