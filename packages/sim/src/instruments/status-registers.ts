import type { MessageStatus } from './simulated-instrument.ts';

/** Bits of the standard event status register (IEEE 488.2). */
export const EVENT = {
  operationComplete: 0x01,
  queryError: 0x04,
  deviceError: 0x08,
  executionError: 0x10,
  commandError: 0x20,
  powerOn: 0x80,
} as const;

/** Bits of the status byte. */
const BYTE = { messageAvailable: 0x10, event: 0x20, masterSummary: 0x40 } as const;

/** The status byte with bit 4, an answer waits, which only the wire knows. Of an instrument without one it is 0. */
export function statusByteOf(status: MessageStatus | undefined, answerWaits: boolean): number {
  if (!status) return 0;
  if (!answerWaits) return status.statusByte;
  const isEnabled = (status.serviceEnable & BYTE.messageAvailable) !== 0;
  return status.statusByte | BYTE.messageAvailable | (isEnabled ? BYTE.masterSummary : 0);
}

/** Whether a status byte says that its instrument requests service. */
export const requestsService = (statusByte: number): boolean => (statusByte & BYTE.masterSummary) !== 0;

/** The standard event status register, the status byte, and what enables their bits (IEEE 488.2, chapter 11). */
export class StatusRegisters {
  readonly #others: () => number;
  readonly #watchers = new Set<() => void>();
  /** A fresh instrument tells that it was switched on. */
  #events: number = EVENT.powerOn;
  #eventEnable = 0;
  #serviceEnable = 0;

  /** @param others - bits of the status byte that the instrument has for itself */
  constructor(others: () => number = () => 0) {
    this.#others = others;
  }

  get eventEnable(): number {
    return this.#eventEnable;
  }

  set eventEnable(bits: number) {
    this.#eventEnable = bits;
    this.changed();
  }

  get serviceEnable(): number {
    return this.#serviceEnable;
  }

  /** Bit 6 cannot be enabled: it is the sum of the others. */
  set serviceEnable(bits: number) {
    this.#serviceEnable = bits & ~BYTE.masterSummary;
    this.changed();
  }

  get statusByte(): number {
    const summary = this.#others() | (this.#events & this.#eventEnable ? BYTE.event : 0);
    return summary & this.#serviceEnable ? summary | BYTE.masterSummary : summary;
  }

  raise(events: number): void {
    this.#events |= events;
    this.changed();
  }

  /** Reads the standard event status register, or some bits of it, which clears them. */
  takeEvents(mask = 0xff): number {
    const events = this.#events & mask;
    this.#events &= ~mask;
    this.changed();
    return events;
  }

  /** Tells who watches that a bit may have changed. */
  changed(): void {
    for (const watcher of this.#watchers) watcher();
  }

  /** Calls `watcher` after each change. */
  watch(watcher: () => void): void {
    this.#watchers.add(watcher);
  }
}
