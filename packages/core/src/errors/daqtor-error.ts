const BRAND: unique symbol = Symbol.for('@daqtor/core/DaqtorError') as never;

/** What an error is made of; the message is derived from it. */
export interface ErrorFacts {
  /** What went wrong and what was tried, with the value and its unit; one sentence without a full stop. */
  readonly problem: string;
  /** What the person can do next; one sentence without a full stop. */
  readonly advice?: string | undefined;
  /** Name of the instrument in the lab; filled in by the module that owns the driver. */
  readonly instrument?: string | undefined;
  readonly cause?: unknown;
}

/** A `DaqtorError` as plain data, so that it can cross a worker boundary or go into a log. */
export interface ErrorRecord {
  readonly code: ErrorCode;
  readonly problem: string;
  readonly advice?: string | undefined;
  readonly instrument?: string | undefined;
  readonly cause?: string | undefined;
}

/** Stable identities of errors. Messages may change between releases; codes may not. */
export type ErrorCode =
  | 'data.shape'
  | 'data.units'
  | 'instrument.connect'
  | 'instrument.fault'
  | 'instrument.gone'
  | 'instrument.protocol'
  | 'instrument.timeout'
  | 'lab.connect'
  | 'lab.settings'
  | 'load.failed'
  | 'move.limit'
  | 'module.state'
  | 'module.stopped'
  | 'save.failed'
  | 'scan.failed'
  | 'scan.refused'
  | 'stream.overflow';

/**
 * The one class of error that Daqtor throws on purpose. Tell them apart by `code`.
 *
 * The message reads `[instrument] problem. Advice.`
 */
export class DaqtorError extends Error {
  override readonly name = 'DaqtorError';
  readonly code: ErrorCode;
  readonly problem: string;
  readonly advice: string | undefined;
  readonly instrument: string | undefined;
  readonly [BRAND] = true;

  constructor(code: ErrorCode, facts: ErrorFacts) {
    super(sentence(facts), facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.problem = facts.problem;
    this.advice = facts.advice;
    this.instrument = facts.instrument;
  }

  /** Unlike `instanceof`, recognises errors from a second installed copy. Does not survive `structuredClone`. */
  static is(value: unknown): value is DaqtorError {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** Rebuilds an error from what `toJSON` gave, on the other side of a worker boundary. */
  static from(record: ErrorRecord): DaqtorError {
    return new DaqtorError(record.code, record);
  }

  /**
   * The error as it concerns one instrument: names it, keeps what is already known.
   *
   * @param error - anything that was thrown
   * @param instrument - the name of the instrument in the lab
   * @param tried - what was being done, for errors that do not say so themselves, e.g. `reading the position`
   */
  static of(error: unknown, instrument: string, tried: string): DaqtorError {
    if (DaqtorError.is(error)) {
      if (error.instrument !== undefined) return error;
      return new DaqtorError(error.code, {
        problem: error.problem,
        advice: error.advice,
        instrument,
        cause: error.cause,
      });
    }
    return new DaqtorError('instrument.fault', {
      problem: `${tried} failed: ${error instanceof Error ? error.message : String(error)}`,
      advice: 'This error was not foreseen by the driver; its cause is attached',
      instrument,
      cause: error,
    });
  }

  toJSON(): ErrorRecord {
    return {
      code: this.code,
      problem: this.problem,
      ...(this.advice !== undefined && { advice: this.advice }),
      ...(this.instrument !== undefined && { instrument: this.instrument }),
      ...(this.cause !== undefined && { cause: String(this.cause) }),
    };
  }
}

function sentence({ problem, advice, instrument }: ErrorFacts): string {
  const named = instrument === undefined ? problem : `[${instrument}] ${problem}`;
  return advice === undefined ? named : `${named}. ${advice}.`;
}
