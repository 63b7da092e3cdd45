/**
 * Error codes that the simulated controller can report. Those of an axis are told on the wire as 100 × axis + code.
 * Source: public lists of the error texts of the ESP300 family.
 */
export const ESP301_ERRORS = {
  none: [0, 'NO ERROR DETECTED'],
  commandUnknown: [6, 'COMMAND DOES NOT EXIST'],
  parameterOutOfRange: [7, 'PARAMETER OUT OF RANGE'],
  axisOutOfRange: [9, 'AXIS NUMBER OUT OF RANGE'],
  axisMissing: [37, 'AXIS NUMBER MISSING'],
  parameterMissing: [38, 'COMMAND PARAMETER MISSING'],
} as const satisfies Record<string, readonly [code: number, text: string]>;

export const ESP301_AXIS_ERRORS = {
  parameterOutOfRange: [1, 'PARAMETER OUT OF RANGE'],
  positiveHardwareLimit: [4, 'POSITIVE HARDWARE LIMIT DETECTED'],
  negativeHardwareLimit: [5, 'NEGATIVE HARDWARE LIMIT DETECTED'],
  positiveSoftwareLimit: [6, 'POSITIVE SOFTWARE LIMIT DETECTED'],
  negativeSoftwareLimit: [7, 'NEGATIVE SOFTWARE LIMIT DETECTED'],
  maximumVelocity: [10, 'MAXIMUM VELOCITY EXCEEDED'],
  maximumAcceleration: [11, 'MAXIMUM ACCELERATION EXCEEDED'],
  motorNotEnabled: [13, 'MOTOR NOT ENABLED'],
  homingAborted: [20, 'HOMING ABORTED'],
} as const satisfies Record<string, readonly [code: number, text: string]>;

export type Esp301Error = keyof typeof ESP301_ERRORS;
export type Esp301AxisError = keyof typeof ESP301_AXIS_ERRORS;

/** An error as it waits in the controller's queue. */
export interface Esp301QueuedError {
  readonly code: number;
  readonly text: string;
  /** When it happened, in servo cycles since power-up. */
  readonly cycle: number;
}

/** Thrown by a command that the controller refuses; it becomes an entry of the queue. */
export class Esp301Refusal extends Error {
  readonly code: number;
  readonly text: string;

  private constructor(code: number, text: string) {
    super(`${code}, ${text}`);
    this.code = code;
    this.text = text;
  }

  static of(error: Esp301Error): Esp301Refusal {
    const [code, text] = ESP301_ERRORS[error];
    return new Esp301Refusal(code, text);
  }

  static ofAxis(axis: number, error: Esp301AxisError): Esp301Refusal {
    const [code, text] = ESP301_AXIS_ERRORS[error];
    return new Esp301Refusal(100 * axis + code, text);
  }
}
