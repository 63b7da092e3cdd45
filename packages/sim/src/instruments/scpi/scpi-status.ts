import { ScpiError, type ScpiErrorCode } from './scpi-error.ts';

/** Bits of the standard event status register (IEEE 488.2). */
const EVENT = {
  operationComplete: 0x01,
  queryError: 0x04,
  deviceError: 0x08,
  executionError: 0x10,
  commandError: 0x20,
  powerOn: 0x80,
} as const;

/**
 * Bits of the status byte (IEEE 488.2); bit 2 as SCPI has it. Bit 4, message available, is never set here: on a
 * stream of bytes an answer leaves as soon as it is there.
 */
const BYTE = { errorAvailable: 0x04, event: 0x20, masterSummary: 0x40 } as const;

/** The error queue and the status registers of an instrument of IEEE 488.2 and SCPI. */
export class ScpiStatus {
  readonly #queueLength: number;
  readonly #errors: ScpiErrorCode[] = [];
  /** Standard event status register; a fresh instrument tells that it was switched on. */
  #events: number = EVENT.powerOn;
  eventEnable = 0;
  #serviceEnable = 0;

  readonly #noError: string;

  /**
   * @param queueLength - how many errors fit in; what comes on top turns the last one into -350
   * @param noError - what an empty queue answers
   */
  constructor(queueLength: number, noError = '0,"No error"') {
    this.#queueLength = queueLength;
    this.#noError = noError;
  }

  get serviceEnable(): number {
    return this.#serviceEnable;
  }

  /** Bit 6 cannot be enabled: it is the sum of the others. */
  set serviceEnable(bits: number) {
    this.#serviceEnable = bits & ~BYTE.masterSummary;
  }

  report(code: ScpiErrorCode): void {
    this.#events |= eventOf(code);
    if (this.#errors.length < this.#queueLength) {
      this.#errors.push(code);
    } else {
      this.#errors[this.#queueLength - 1] = -350;
      this.#events |= EVENT.deviceError;
    }
  }

  operationComplete(): void {
    this.#events |= EVENT.operationComplete;
  }

  /** Takes the oldest error out of the queue, as `:SYSTem:ERRor?` tells it. */
  takeError(): string {
    const code = this.#errors.shift();
    return code === undefined ? this.#noError : new ScpiError(code).message;
  }

  /** Reads the standard event status register, which clears it. */
  takeEvents(): number {
    const events = this.#events;
    this.#events = 0;
    return events;
  }

  get statusByte(): number {
    const summary =
      (this.#errors.length > 0 ? BYTE.errorAvailable : 0) | (this.#events & this.eventEnable ? BYTE.event : 0);
    return summary & this.#serviceEnable ? summary | BYTE.masterSummary : summary;
  }

  clear(): void {
    this.#errors.length = 0;
    this.#events = 0;
  }
}

/** The hundreds of an error's code say what kind of event it is; a positive one is the device's own. */
function eventOf(code: ScpiErrorCode): number {
  if (code > 0) return EVENT.deviceError;
  if (code > -200) return EVENT.commandError;
  if (code > -300) return EVENT.executionError;
  return code > -400 ? EVENT.deviceError : EVENT.queryError;
}
