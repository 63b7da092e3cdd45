/** Where a command writes to, and what can be shown there. */
export interface Terminal {
  /** Lines that were asked for. */
  out(text: string): void;
  /** Lines about what went wrong, or is not as expected. */
  err(text: string): void;
  /** Room in a line. */
  readonly columns: number;
  /** Whether escape sequences of colours may be written. */
  readonly colour: boolean;
}
