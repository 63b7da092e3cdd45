import { textBytes } from '../instruments/line-splitter.ts';
import type { SimulatedInstrument, SimulatedSession } from '../instruments/simulated-instrument.ts';

/** A host for tests: sends lines, collects what comes back. */
export interface Dialogue {
  readonly session: SimulatedSession;
  /** Sends text as it is. */
  send(text: string): void;
  /** What has arrived so far; forgets it. */
  take(): string;
  /** Sends a line and waits for the answer's first LF; returns the answer without its line end. */
  ask(line: string): Promise<string>;
}

/** @param terminator - ends each line that `ask` sends */
export function dialogueWith(instrument: SimulatedInstrument, terminator: '\r' | '\n'): Dialogue {
  let heard = '';
  let wake: (() => void) | undefined;
  const session = instrument.connect((bytes) => {
    heard += String.fromCharCode(...bytes);
    wake?.();
  });
  const send = (text: string) => session.receive(textBytes(text));
  return {
    session,
    send,
    take() {
      const text = heard;
      heard = '';
      return text;
    },
    async ask(line) {
      send(line + terminator);
      while (!heard.includes('\n')) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const end = heard.indexOf('\n');
      const answer = heard.slice(0, end).replace(/\r$/, '');
      heard = heard.slice(end + 1);
      return answer;
    },
  };
}
