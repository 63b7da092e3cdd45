import { LineSplitter, textBytes } from './line-splitter.ts';
import type { SimulatedInstrument } from './simulated-instrument.ts';

/** How an instrument of lines of ASCII talks. */
export interface LineProtocol {
  readonly title: string;
  /** The one character that ends a command. */
  readonly terminator: '\r' | '\n';
  /** What ends an answer. */
  readonly answerEnd: string;
  /**
   * Executes a line.
   *
   * @param line - without its terminator and blanks around it, never empty
   * @returns the lines that answer it, in order; undefined for silence
   */
  execute(line: string): string | readonly string[] | undefined;
}

/** An instrument that answers each line at once. Line ends other than its terminator do not count. */
export function lineInstrument({ title, terminator, answerEnd, execute }: LineProtocol): SimulatedInstrument {
  return {
    title,
    connect(transmit) {
      const lines = new LineSplitter(terminator);
      let connected = true;
      return {
        receive(bytes) {
          for (const line of lines.push(bytes).map((text) => text.trim())) {
            const answers = line === '' ? undefined : execute(line);
            if (answers === undefined || !connected) continue;
            for (const answer of [answers].flat()) transmit(textBytes(answer + answerEnd));
          }
        },
        disconnect() {
          connected = false;
        },
      };
    },
  };
}
