/** Errors of Linux, as system calls give them. */
export const ERRNO = {
  noEntry: 2,
  again: 11,
  fault: 14,
  busy: 16,
  noDevice: 19,
  invalid: 22,
  notATerminal: 25,
  notImplemented: 38,
  noData: 61,
  timedOut: 110,
} as const;
