import { EVENT, StatusRegisters } from '../status-registers.ts';
import { ScpiError, type ScpiErrorCode } from './scpi-error.ts';

/** Bit 2 of the status byte, as SCPI has it: there are errors in the queue. */
const ERROR_AVAILABLE = 0x04;

/** How an instrument's error queue differs. */
export interface ScpiStatusOptions {
  /** How many errors fit in; what comes on top turns the last one into -350. */
  readonly errorQueueLength: number;
  /** What an empty queue answers; default `0,"No error"`. */
  readonly noError?: string;
  /** Whether bit 2 of the status byte tells of errors in the queue; default true. */
  readonly errorsInStatusByte?: boolean;
}

/** The error queue and the status registers of an instrument of IEEE 488.2 and SCPI. */
export class ScpiStatus extends StatusRegisters {
  readonly #queueLength: number;
  readonly #noError: string;
  readonly #errors: ScpiErrorCode[];

  constructor({ errorQueueLength, noError = '0,"No error"', errorsInStatusByte = true }: ScpiStatusOptions) {
    const errors: ScpiErrorCode[] = [];
    super(() => (errorsInStatusByte && errors.length > 0 ? ERROR_AVAILABLE : 0));
    this.#errors = errors;
    this.#queueLength = errorQueueLength;
    this.#noError = noError;
  }

  report(code: ScpiErrorCode): void {
    if (this.#errors.length < this.#queueLength) {
      this.#errors.push(code);
      this.raise(eventOf(code));
    } else {
      this.#errors[this.#queueLength - 1] = -350;
      this.raise(eventOf(code) | EVENT.deviceError);
    }
  }

  operationComplete(): void {
    this.raise(EVENT.operationComplete);
  }

  /** Takes the oldest error out of the queue, as `:SYSTem:ERRor?` tells it. */
  takeError(): string {
    const code = this.#errors.shift();
    this.changed();
    return code === undefined ? this.#noError : new ScpiError(code).message;
  }

  clear(): void {
    this.#errors.length = 0;
    this.takeEvents();
  }
}

/** The hundreds of an error's code say what kind of event it is; a positive one is the device's own. */
function eventOf(code: ScpiErrorCode): number {
  if (code > 0) return EVENT.deviceError;
  if (code > -200) return EVENT.commandError;
  if (code > -300) return EVENT.executionError;
  return code > -400 ? EVENT.deviceError : EVENT.queryError;
}
