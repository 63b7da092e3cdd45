/**
 * Errors of IEEE 488.2 and SCPI that the simulated instruments can report, with the texts of the standard (SCPI-1999).
 */
const TEXTS = {
  [-101]: 'Invalid character',
  [-102]: 'Syntax error',
  [-104]: 'Data type error',
  [-108]: 'Parameter not allowed',
  [-109]: 'Missing parameter',
  [-113]: 'Undefined header',
  [-114]: 'Header suffix out of range',
  [-213]: 'Init ignored',
  [-222]: 'Parameter data out of range',
  [-224]: 'Illegal parameter value',
  [-230]: 'Data corrupt or stale',
  [-350]: 'Queue overflow',
  [-410]: 'Query interrupted',
} as const;

export type ScpiErrorCode = keyof typeof TEXTS;

/** Thrown by a command that the instrument refuses; it goes into the error queue. */
export class ScpiError extends Error {
  readonly code: ScpiErrorCode;

  constructor(code: ScpiErrorCode) {
    super(`${code},"${TEXTS[code]}"`);
    this.code = code;
  }
}
