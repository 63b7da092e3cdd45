import { DaqtorError, type UsbPort, type Wire, type WireEvents, type WirePort } from '@daqtor/core';
import { UsbtmcDevice } from '../protocols/usbtmc-device.ts';
import { LINE_FEED, messagesOf } from '../protocols/usbtmc-messages.ts';

/** Class and subclass of the interface of a Test and Measurement device. */
const USBTMC = { class: 0xfe, subclass: 3 } as const;

/**
 * An instrument of the USB Test and Measurement Class as a wire, so that whatever speaks lines speaks it by USB.
 *
 * The instrument is asked for an answer when somebody reads, and only after something was sent: to be asked where it has
 * nothing to say is an error to it. A message that is sent while an answer is waited for takes the question back first.
 * An answer that ends without a line feed is given one.
 */
export function usbtmcPort(usb: UsbPort): WirePort {
  const { address } = usb;
  return {
    address,
    async open(events, signal) {
      const device = new UsbtmcDevice(await usb.openUsb(USBTMC, events, signal), address);
      try {
        // An earlier program may have ended in the middle of a message.
        await device.clear();
        signal.throwIfAborted();
      } catch (error) {
        await device.close();
        throw error;
      }
      return new UsbtmcWire(device, address, events);
    },
  };
}

class UsbtmcWire implements Wire {
  readonly #device: UsbtmcDevice;
  readonly #address: string;
  readonly #events: WireEvents;
  /** Something was sent that may have an answer, which has not come to its end. */
  #mayAnswer = false;
  /** Somebody waits for bytes. */
  #isWanted = false;
  #fetching: { readonly done: Promise<void>; readonly abort: AbortController } | undefined;
  #lastSend: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(device: UsbtmcDevice, address: string, events: WireEvents) {
    this.#device = device;
    this.#address = address;
    this.#events = events;
  }

  send(bytes: Uint8Array): Promise<void> {
    // Who waited for the answer to what came before does not get it.
    this.#isWanted = false;
    const mine = this.#lastSend.then(async () => {
      for (const message of messagesOf(bytes)) {
        await this.#stopFetching();
        if (this.#isClosed) throw new DaqtorError('instrument.gone', { problem: `${this.#address} was closed` });
        this.#mayAnswer = false;
        await this.#device.write(message);
        this.#mayAnswer = true;
      }
      this.#fetchIfWanted();
    });
    this.#lastSend = mine.catch(() => undefined);
    return mine;
  }

  listen(): void {
    this.#isWanted = true;
    this.#fetchIfWanted();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#stopFetching();
    await this.#device.close();
  }

  #fetchIfWanted(): void {
    if (this.#fetching || !this.#isWanted || !this.#mayAnswer || this.#isClosed) return;
    const abort = new AbortController();
    const done = this.#fetch(abort.signal)
      // The wire cannot be trusted after that.
      .catch((error: Error) => {
        if (!this.#isClosed) this.#lose(error);
      })
      .finally(() => {
        this.#fetching = undefined;
      });
    this.#fetching = { done, abort };
  }

  async #fetch(signal: AbortSignal): Promise<void> {
    let last: number | undefined;
    const received = (bytes: Uint8Array) => {
      last = bytes.at(-1);
      this.#isWanted = false;
      if (!this.#isClosed) this.#events.received(bytes);
    };
    while (this.#isWanted && !signal.aborted) {
      this.#isWanted = false;
      const how = await this.#device.fetch(received, signal);
      if (how === 'none') {
        this.#mayAnswer = false;
        return;
      }
      if (how === 'more') continue;
      this.#mayAnswer = false;
      if (last !== LINE_FEED) received(Uint8Array.of(LINE_FEED));
      return;
    }
  }

  async #stopFetching(): Promise<void> {
    this.#fetching?.abort.abort();
    await this.#fetching?.done;
  }

  /** Tells once that the wire is dead; the device itself may have told it. */
  #lose(error: Error): void {
    this.#isClosed = true;
    if (!DaqtorError.is(error) || error.code !== 'instrument.gone') this.#events.gone(error);
    void this.#device.close();
  }
}
