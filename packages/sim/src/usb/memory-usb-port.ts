import {
  type Clock,
  DaqtorError,
  type UsbEvents,
  type UsbInterface,
  type UsbPort,
  type UsbRefusal,
} from '@daqtor/core';
import type { SimulatedUsbDevice } from './simulated-usb-device.ts';
import type { UsbOutcome } from './usb-endpoint.ts';

export interface MemoryUsbPort extends UsbPort {
  /** Pulls the cable: transfers that wait fail, the interface is gone, and none can be opened. */
  unplug(): void;
  /** Puts the cable back. */
  replug(): void;
}

/** A USB device on a bus that is only memory, in the injected time. Its interface has one owner at a time. */
export function memoryUsbPort(name: string, device: SimulatedUsbDevice, clock: Clock): MemoryUsbPort {
  const address = `memory:${name}`;
  let isPlugged = true;
  let cut: ((cause: Error) => void) | undefined;
  return {
    address,
    async openUsb(wanted, events, signal) {
      signal.throwIfAborted();
      const { interface: own } = device.description;
      const fits = own.class === wanted.class && (wanted.subclass ?? own.subclass) === own.subclass;
      const problem = !isPlugged
        ? 'is unplugged'
        : cut
          ? 'is already open'
          : fits
            ? undefined
            : 'has no such interface';
      if (problem) throw new DaqtorError('instrument.connect', { problem: `${address} ${problem}` });
      const opened = new MemoryUsbInterface(address, device, clock, () => {
        cut = undefined;
      });
      cut = (cause) => opened.cut(events, cause);
      return opened;
    },
    unplug() {
      isPlugged = false;
      cut?.(new Error(`${address} was unplugged`));
    },
    replug() {
      isPlugged = true;
    },
  };
}

class MemoryUsbInterface implements UsbInterface {
  readonly number = 0;
  readonly endpoints: UsbInterface['endpoints'];
  readonly #address: string;
  readonly #device: SimulatedUsbDevice;
  readonly #clock: Clock;
  readonly #ended: () => void;
  #over = false;
  #isClosed = false;
  readonly #waiting = new Set<() => void>();

  constructor(address: string, device: SimulatedUsbDevice, clock: Clock, ended: () => void) {
    this.#address = address;
    this.#device = device;
    this.#clock = clock;
    this.#ended = ended;
    this.endpoints = device.description.endpoints;
  }

  async send(endpoint: number, bytes: Uint8Array): Promise<'sent' | UsbRefusal> {
    this.#requireOpen();
    return this.#device.out(endpoint, bytes.slice()).stalled ? 'stalled' : 'sent';
  }

  receive(endpoint: number, maxBytes: number, timeoutMs: number, signal?: AbortSignal) {
    return new Promise<Uint8Array | UsbRefusal>((resolve, reject) => {
      this.#requireOpen();
      let takeBack = () => false;
      const settle = (act: () => void) => {
        if (timer !== undefined) this.#clock.clearTimeout(timer);
        signal?.removeEventListener('abort', late);
        this.#waiting.delete(gone);
        takeBack();
        act();
      };
      const late = () => settle(() => resolve('late'));
      const gone = () => settle(() => reject(this.#gone()));
      const timer = Number.isFinite(timeoutMs) ? this.#clock.setTimeout(late, timeoutMs) : undefined;
      signal?.addEventListener('abort', late, { once: true });
      this.#waiting.add(gone);
      takeBack = this.#device.in(endpoint, maxBytes, (outcome) => settle(() => resolve(resultOf(outcome))));
      if (signal?.aborted) late();
    });
  }

  async control({ type, request, value, index }: Parameters<UsbInterface['control']>[0], maxBytes: number) {
    this.#requireOpen();
    return resultOf(this.#device.control({ type, request, value, index, length: maxBytes }));
  }

  async clearHalt(endpoint: number): Promise<void> {
    this.#requireOpen();
    this.#device.control({ type: 'standard', request: 1, value: 0, index: endpoint, length: 0 });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#end();
  }

  cut(events: UsbEvents, cause: Error): void {
    this.#end();
    this.#clock.setTimeout(() => {
      if (!this.#isClosed) events.gone(cause);
    }, 0);
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    for (const fail of this.#waiting) fail();
    this.#device.detach();
    this.#ended();
  }

  #requireOpen(): void {
    if (this.#over) throw this.#gone();
  }

  #gone(): DaqtorError {
    return new DaqtorError('instrument.gone', { problem: `${this.#address} is not open any more` });
  }
}

const resultOf = (outcome: UsbOutcome): Uint8Array | UsbRefusal =>
  outcome.stalled ? 'stalled' : outcome.bytes.slice();
