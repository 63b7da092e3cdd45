/**
 * Errors that the simulated instruments can report: negative ones of IEEE 488.2 and SCPI, with the texts of the standard
 * (SCPI-1999); positive ones of their makers (514, 550: HP 34401A; from 803: Keithley 2400 manual, appendix B).
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
  [-420]: 'Query unterminated',
  514: 'Command allowed only with RS-232',
  550: 'Command not allowed in local',
  803: 'Not permitted with OUTPUT off',
  824: 'Cannot exceed compliance range',
  826: 'Attempt to exceed power limit',
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
