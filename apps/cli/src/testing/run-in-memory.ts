import { type Clock, VirtualClock } from '@daqtor/core';
import { daqtor } from '../daqtor.ts';

export interface Surroundings {
  readonly colour?: boolean;
  /** Whether there is a keyboard; default false. */
  readonly isKeyboard?: boolean;
  /** When somebody presses Ctrl-C: virtual time, or a promise of the test; default at once. */
  readonly interrupted?: (said: { readonly out: string; readonly err: string }) => Promise<void>;
  /** Real time for commands that talk to real wires; default virtual. */
  readonly clock?: Clock;
  /** What comes in, and when; undefined is the end of the input. */
  readonly input?: readonly (readonly [atMs: number, text: string | undefined])[];
}

/** Runs a command line in virtual time; what it says comes back as text. */
export async function runInMemory(argv: readonly string[], surroundings: Surroundings = {}) {
  const { colour = false, isKeyboard = false, input = [], clock = new VirtualClock() } = surroundings;
  const { interrupted = async () => {} } = surroundings;
  const said = { out: '', err: '' };
  const write = (stream: 'out' | 'err') => (text: string) => {
    said[stream] += `${text}\n`;
  };
  const shown: string[] = [];
  const listen = (told: (text: string | undefined) => void) => {
    const timers = input.map(([atMs, text]) => clock.setTimeout(() => told(text), atMs));
    return () => {
      for (const timer of timers) clock.clearTimeout(timer);
    };
  };
  const code = await daqtor(argv, {
    out: write('out'),
    err: write('err'),
    status: (text) => shown.push(text),
    columns: 80,
    colour,
    input: { isKeyboard, listen },
    clock,
    interrupted: () => interrupted(said),
  });
  return { code, ...said, shown, tookMs: clock.now() };
}
