import type { WireTrace } from './wire-trace.ts';

/** Bytes that were written at once, and what came until the next were. */
export interface Exchange {
  readonly sent: Uint8Array;
  /** In the order in which they came; `afterMs` counts from the writing. */
  readonly answers: readonly { readonly afterMs: number; readonly bytes: Uint8Array }[];
}

/** A trace as exchanges. What came before anything was sent answers nothing, and is left out. */
export function exchangesOf({ pieces }: WireTrace): Exchange[] {
  const exchanges: { sent: Uint8Array; atMs: number; answers: { afterMs: number; bytes: Uint8Array }[] }[] = [];
  for (const { atMs, direction, bytes } of pieces) {
    const last = exchanges.at(-1);
    if (direction === 'sent') exchanges.push({ sent: bytes, atMs, answers: [] });
    else last?.answers.push({ afterMs: Math.max(0, atMs - last.atMs), bytes });
  }
  return exchanges.map(({ sent, answers }) => ({ sent, answers }));
}
