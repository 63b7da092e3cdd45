/**
 * An entry of the error queue of a Newport ESP301 (command TB).
 *
 * The errors of an axis are 100 times its number plus a code; those below 100 concern the whole controller.
 */
export interface Esp301Error {
  /** As the controller gave it. */
  readonly code: number;
  /** Undefined: the whole controller. */
  readonly axis: number | undefined;
  readonly text: string;
}

/**
 * An answer to `TB?`: code, time stamp, message.
 *
 * @returns undefined if it is not one; a code of 0 means that there is no error
 */
export function parseEsp301Error(line: string): Esp301Error | undefined {
  const [, digits, message] = /^\s*(\d{1,4})\s*,\s*\d+\s*,\s*(.*)$/.exec(line) ?? [];
  if (digits === undefined) return undefined;
  const code = Number(digits);
  const axis = code >= 100 ? Math.floor(code / 100) : undefined;
  return { code, axis, text: message?.trim() || 'without a message' };
}

/** What to do about some of them; the others are in the manual's appendix on errors. */
export function adviceFor({ code, axis }: Esp301Error): string {
  if (axis === undefined) {
    if (code === 4) return 'Release the emergency stop, then connect again';
    if (code === 8) return 'Check the cables of the stages';
    return 'Look the number up in the appendix on errors of the ESP301 manual';
  }
  switch (code % 100) {
    case 3:
      return 'Check that the stage can move freely and its load, then connect again: the motor is off';
    case 4:
    case 5:
      return 'The stage is at its end switch: connect again and move it the other way';
    case 6:
    case 7:
      return 'Move within the travel limits that the controller holds (SL, SR)';
    case 8:
      return 'Check the cable of the stage and the number of the axis';
    case 13:
      return 'Connect again, which turns the motor on';
    default:
      return 'Look the number up in the appendix on errors of the ESP301 manual';
  }
}
