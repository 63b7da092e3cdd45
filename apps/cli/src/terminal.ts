import type { Clock } from '@daqtor/core';
import type { Input } from './input.ts';

/** Where a command writes to, and what can be shown there. */
export interface Terminal {
  /** Lines that were asked for. */
  out(text: string): void;
  /** Lines about what went wrong, or is not as expected. */
  err(text: string): void;
  /** Shows a line that the next one takes the place of, '' for none; shows nothing where there is no screen. */
  status(text: string): void;
  /** Room in a line. */
  readonly columns: number;
  /** Whether escape sequences of colours may be written. */
  readonly colour: boolean;
  readonly input: Input;
  readonly clock: Clock;
  /** Resolves when somebody wants the command to end: Ctrl-C, or a polite kill. */
  interrupted(): Promise<void>;
}
