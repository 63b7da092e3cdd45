/** Letters that TE answers, and what to do about some of them. */
const ERRORS: Readonly<Record<string, readonly [text: string, advice?: string]>> = {
  A: ['unknown command or address', 'Check that it is an SMC100 or a CONEX-CC'],
  B: ['wrong address', 'Check the address of the controller'],
  C: ['parameter missing or out of range'],
  D: ['not allowed'],
  E: ['the search for the reference is already under way'],
  F: ['stage unknown', "Load the parameters of the stage with the maker's utility"],
  G: ['beyond the limits', 'Move within the travel limits that the controller holds (SL, SR)'],
  H: ['not allowed before the reference was found', 'Search the reference first'],
  I: ['not allowed in the configuration state', 'Leave the configuration state (PW0)'],
  J: ['not allowed while the motor is disabled', 'Connect again, which enables the motor'],
  K: ['not allowed in the ready state', 'The reference is known already; a reset (RS) forgets it'],
  L: ['not allowed while it searches the reference', 'Wait for the end of the search, or stop it'],
  M: ['not allowed while it moves', 'Wait for the end of the motion, or stop it'],
  N: ['beyond a software limit', 'Check the limits (SL, SR)'],
  S: ['communication time-out', 'Check the cable and the settings of the port'],
  U: ['its memory (EEPROM) fails', 'Switch it off and on; have it repaired if that does not help'],
  V: ['failed while it was executed'],
  W: ['not allowed for the PP version'],
  X: ['not allowed for the CC version'],
};

/** Bits of the positioner error in the answer to TS. */
const POSITIONER: readonly (readonly [bit: number, text: string])[] = [
  [0x001, 'negative end switch'],
  [0x002, 'positive end switch'],
  [0x004, 'peak current limit'],
  [0x008, 'effective current limit'],
  [0x010, 'short circuit'],
  [0x020, 'following error'],
  [0x040, 'the search for the reference took too long'],
  [0x080, 'wrong stage'],
  [0x100, 'supply voltage too low'],
  [0x200, 'more than 80 W'],
];

/** @param letter - as TE answers it; not `@`, which is no error */
export function smc100Error(letter: string): { readonly text: string; readonly advice: string } {
  const [text, advice] = ERRORS[letter] ?? [];
  return {
    text: text === undefined ? `error ${letter}` : `error ${letter}, ${text}`,
    advice: advice ?? 'Look the letter up under TE in the manual of the controller',
  };
}

/** In words; empty if there is none. */
export function positionerErrors(bits: number): string[] {
  return POSITIONER.filter(([bit]) => (bits & bit) !== 0).map(([, text]) => text);
}
