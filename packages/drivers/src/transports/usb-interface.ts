import { DaqtorError, type UsbEvents, type UsbInterface, type UsbRefusal, type UsbRequest } from '@daqtor/core';
import type { ClaimedInterface } from './usb-claim.ts';
import type { UsbDevice } from './usb-system.ts';

/** A packet is waited for in slices, since `usb` has no other way to give up, and closing must wait for the slice. */
const SLICE_MS = 50;
const NUMBER = 0x7f;

/**
 * An interface of a device of the system, by the package `usb` 3.1, whose ways it hides: a second transfer on an endpoint
 * is refused, closing while one is pending fails and leaves the interface claimed, every transfer ends after a second
 * unless told otherwise, and only the text of an error tells what happened.
 */
export class SystemUsbInterface implements UsbInterface {
  readonly number: number;
  readonly endpoints: ClaimedInterface['endpoints'];
  readonly #device: UsbDevice;
  readonly #address: string;
  readonly #claimed: ClaimedInterface;
  readonly #events: UsbEvents;
  /** The last transfer of each endpoint; 0 is the control endpoint. */
  readonly #last = new Map<number, Promise<unknown>>();
  /** Why nothing can be transferred any more. */
  #over: Error | undefined;
  #closing: Promise<void> | undefined;
  readonly #ended: () => void;

  /** @param ended - called when it is gone or closed */
  constructor(device: UsbDevice, address: string, claimed: ClaimedInterface, events: UsbEvents, ended: () => void) {
    this.#device = device;
    this.#address = address;
    this.#claimed = claimed;
    this.#events = events;
    this.#ended = ended;
    this.number = claimed.number;
    this.endpoints = claimed.endpoints;
  }

  /** The device is gone. */
  lose(cause: Error): void {
    if (this.#over) return;
    this.#over = cause;
    this.#ended();
    this.#events.gone(cause);
    void this.close();
  }

  send(endpoint: number, bytes: Uint8Array, timeoutMs: number): Promise<'sent' | UsbRefusal> {
    return this.#inTurn(endpoint, () =>
      this.#judged(async () => {
        // A copy: the package passes the memory on to another thread.
        const { bytesWritten } = await this.#device.transferOut(endpoint & NUMBER, bytes.slice(), timeoutMs);
        return bytesWritten === bytes.length ? 'sent' : 'late';
      }),
    );
  }

  receive(endpoint: number, maxBytes: number, timeoutMs: number, signal?: AbortSignal) {
    const packetBytes = this.endpoints.find(({ address }) => address === endpoint)?.packetBytes ?? 64;
    const sliceMs = maxBytes <= packetBytes ? SLICE_MS : timeoutMs;
    const once = (ms: number) =>
      this.#judged(async () => {
        const { data } = await this.#device.transferIn(endpoint & NUMBER, maxBytes, ms);
        return data ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : ('stalled' as const);
      });
    return this.#inTurn(endpoint, async () => {
      let leftMs = timeoutMs;
      for (;;) {
        const got = await once(Math.max(1, Math.ceil(Math.min(leftMs, sliceMs))));
        leftMs -= sliceMs;
        if (got !== 'late' || leftMs <= 0 || signal?.aborted) return got;
      }
    });
  }

  control(request: UsbRequest, maxBytes: number, timeoutMs: number): Promise<Uint8Array | UsbRefusal> {
    const { type, ...rest } = request;
    return this.#inTurn(0, () =>
      this.#judged(async () => {
        const { data } = await this.#device.controlTransferIn({ requestType: type, ...rest }, maxBytes, timeoutMs);
        return data ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : ('stalled' as const);
      }),
    );
  }

  async clearHalt(endpoint: number): Promise<void> {
    await this.#inTurn(endpoint, () =>
      this.#judged(() => this.#device.clearHalt(endpoint & 0x80 ? 'in' : 'out', endpoint & NUMBER)),
    );
  }

  close(): Promise<void> {
    this.#closing ??= this.#shut();
    return this.#closing;
  }

  async #shut(): Promise<void> {
    if (!this.#over) {
      this.#over = new Error(`${this.#address} was closed`);
      this.#ended();
    }
    await Promise.all(this.#last.values());
    // Of a device that is gone each of these fails, and there is nothing left to let go.
    const { number, wasDetached } = this.#claimed;
    await this.#device.releaseInterface(number).catch(() => undefined);
    if (wasDetached) await this.#device.attachKernelDriver(number).catch(() => undefined);
    await this.#device.close().catch(() => undefined);
  }

  #inTurn<T>(endpoint: number, transfer: () => Promise<T>): Promise<T> {
    const mine = (this.#last.get(endpoint) ?? Promise.resolve()).then(() => {
      if (this.#over) throw this.#gone(this.#over);
      return transfer();
    });
    this.#last.set(
      endpoint,
      mine.then(
        () => undefined,
        () => undefined,
      ),
    );
    return mine;
  }

  /** What a transfer of the package came to. */
  async #judged<T>(transfer: () => Promise<T>): Promise<T | UsbRefusal> {
    if (this.#over) throw this.#gone(this.#over);
    try {
      return await transfer();
    } catch (cause) {
      const { message } = cause as Error;
      if (/cancelled|timed out/i.test(message)) return 'late';
      if (/stall/i.test(message)) return 'stalled';
      // Whatever else it was, the device cannot be relied on.
      this.lose(cause as Error);
      throw this.#gone(cause as Error);
    }
  }

  #gone(cause: Error): DaqtorError {
    return new DaqtorError('instrument.gone', {
      problem: `${this.#address} cannot be used any more: ${cause.message}`,
      advice: 'Check cable and power, then connect again',
      cause,
    });
  }
}
