import type { SimulatedInstrument, SimulatedSession } from '../instruments/simulated-instrument.ts';
import { requestsService, statusByteOf } from '../instruments/status-registers.ts';
import { SimulatedUsbDevice, type UsbBehaviour, type UsbDeviceSide, type UsbSetup } from './simulated-usb-device.ts';
import {
  HEADER_BYTES,
  MESSAGE,
  REQUEST,
  readTmcHeader,
  STATUS,
  tmcAnswer,
  tmcCapabilities,
} from './usbtmc-messages.ts';

/** How an instrument names itself on USB. */
export interface UsbIdentity {
  readonly vendorId: number;
  readonly productId: number;
  readonly maker: string;
  readonly product: string;
  readonly serialNumber: string;
}

const BULK_OUT = 0x01;
const BULK_IN = 0x82;
const INTERRUPT_IN = 0x83;
/** The first byte of a request for service; other notices have the tag of the question there. */
const SERVICE_REQUEST = 0x81;

/**
 * Puts an instrument on USB as a Test and Measurement device of the subclass USB488.
 *
 * One call of its `transmit` is one message. As IEEE 488.2 wants it, a message that comes while an answer has not been
 * fetched drops the answer (-410), and fetching where nothing was asked is an error (-420); an instrument that has
 * `messages` reports both, and requests service on the interrupt endpoint when a reason that is enabled comes up.
 */
export function usbtmcInstrument(instrument: SimulatedInstrument, identity: UsbIdentity): SimulatedUsbDevice {
  return new SimulatedUsbDevice(
    {
      ...identity,
      interface: { class: 0xfe, subclass: 3, protocol: 1 },
      endpoints: [
        { address: BULK_OUT, kind: 'bulk', packetBytes: 512 },
        { address: BULK_IN, kind: 'bulk', packetBytes: 512 },
        { address: INTERRUPT_IN, kind: 'interrupt', packetBytes: 8 },
      ],
    },
    (side) => new TmcBehaviour(instrument, side),
  );
}

/** The host asks for an answer. */
interface Wanted {
  readonly tag: number;
  readonly size: number;
  readonly termChar: number | undefined;
}

class TmcBehaviour implements UsbBehaviour {
  readonly #instrument: SimulatedInstrument;
  readonly #side: UsbDeviceSide;
  #session: SimulatedSession;
  /** Answers that were not fetched. */
  readonly #answers: Uint8Array[] = [];
  #wanted: Wanted | undefined;
  /** Bytes of the message under way that are still to come. */
  #missing = 0;
  #lastOutTag = 0;
  #lastInTag = 0;
  #endsMessage = true;
  /** A question was sent, and its answer has not been fetched to the end. */
  #isAsked = false;
  #requestsService = false;

  constructor(instrument: SimulatedInstrument, side: UsbDeviceSide) {
    this.#instrument = instrument;
    this.#side = side;
    this.#session = this.#connect();
    instrument.messages?.watch(() => this.#lookForService());
  }

  received(_endpoint: number, bytes: Uint8Array): boolean {
    if (this.#missing > 0) {
      this.#take(bytes);
      return true;
    }
    const header = readTmcHeader(bytes);
    switch (header?.message) {
      case MESSAGE.out:
        if (this.#endsMessage) this.#interrupt();
        this.#lastOutTag = header.tag;
        this.#missing = header.size;
        this.#endsMessage = header.isEnd;
        this.#take(bytes.subarray(HEADER_BYTES));
        return true;
      case MESSAGE.requestIn:
        this.#lastInTag = header.tag;
        if (!this.#isAsked) this.#instrument.messages?.report(-420);
        this.#wanted = header;
        this.#answer();
        return true;
      case MESSAGE.trigger:
        return true;
      default:
        this.#side.stall(BULK_OUT);
        return false;
    }
  }

  control({ request, value, index }: UsbSetup): Uint8Array | undefined {
    switch (request) {
      case REQUEST.initiateAbortOut: {
        const isUnderWay = this.#missing > 0;
        const status = !isUnderWay ? STATUS.failed : value === this.#lastOutTag ? STATUS.success : STATUS.notInProgress;
        if (status === STATUS.success) {
          this.#missing = 0;
          this.#side.stall(BULK_OUT);
        }
        return Uint8Array.of(status, this.#lastOutTag);
      }
      case REQUEST.initiateAbortIn: {
        const isUnderWay = this.#wanted !== undefined || this.#side.isPending(BULK_IN);
        const status = !isUnderWay ? STATUS.failed : value === this.#lastInTag ? STATUS.success : STATUS.notInProgress;
        if (status === STATUS.success) {
          this.#wanted = undefined;
          this.#side.flush(BULK_IN);
          this.#side.send(BULK_IN, new Uint8Array());
        }
        return Uint8Array.of(status, this.#lastInTag);
      }
      case REQUEST.checkAbortOut:
        return Uint8Array.of(STATUS.success, 0, 0, 0, 0, 0, 0, 0);
      case REQUEST.checkAbortIn:
        return Uint8Array.of(STATUS.success, this.#side.isPending(BULK_IN) ? 1 : 0, 0, 0, 0, 0, 0, 0);
      case REQUEST.initiateClear:
        this.#clear();
        this.#side.stall(BULK_OUT);
        return Uint8Array.of(STATUS.success);
      case REQUEST.checkClear:
        return Uint8Array.of(STATUS.success, 0);
      case REQUEST.capabilities:
        return tmcCapabilities();
      case REQUEST.readStatusByte:
        this.#side.send(INTERRUPT_IN, Uint8Array.of(0x80 | (value & 0x7f), this.#statusByte));
        return Uint8Array.of(STATUS.success, value & 0x7f, 0);
      case REQUEST.indicatorPulse:
      case REQUEST.remoteEnable:
      case REQUEST.goToLocal:
      case REQUEST.localLockout:
        return index === 0 ? Uint8Array.of(STATUS.success) : undefined;
      default:
        return undefined;
    }
  }

  detached(): void {
    this.#clear();
  }

  get #statusByte(): number {
    return statusByteOf(this.#instrument.messages, this.#answers.length > 0);
  }

  #lookForService(): void {
    const status = this.#statusByte;
    const had = this.#requestsService;
    this.#requestsService = requestsService(status);
    // One at a time: who reads the notice before it learns of this one by the status byte.
    const isNew = this.#requestsService && !had && !this.#side.isPending(INTERRUPT_IN);
    if (isNew) this.#side.send(INTERRUPT_IN, Uint8Array.of(SERVICE_REQUEST, status));
  }

  #take(bytes: Uint8Array): void {
    // What exceeds the announced size fills the transfer up to four bytes.
    const data = bytes.subarray(0, this.#missing);
    this.#missing -= data.length;
    if (data.includes(QUESTION_MARK)) this.#isAsked = true;
    const isMessage = this.#missing === 0 && this.#endsMessage;
    this.#session.receive(isMessage && data.at(-1) !== LINE_FEED ? Uint8Array.of(...data, LINE_FEED) : data);
  }

  #interrupt(): void {
    if (this.#wanted === undefined && this.#answers.length > 0) this.#instrument.messages?.report(-410);
    this.#wanted = undefined;
    this.#answers.length = 0;
    this.#side.flush(BULK_IN);
    this.#isAsked = false;
    this.#lookForService();
  }

  #answer(): void {
    const message = this.#answers[0];
    if (!this.#wanted || !message) return;
    const { tag, size, termChar } = this.#wanted;
    this.#wanted = undefined;
    const found = termChar === undefined ? -1 : message.indexOf(termChar);
    const count = Math.min(size, found < 0 ? message.length : found + 1);
    const isEnd = count === message.length;
    if (isEnd) {
      this.#answers.shift();
      this.#isAsked = this.#answers.length > 0;
    } else this.#answers[0] = message.subarray(count);
    this.#lookForService();
    this.#side.send(BULK_IN, tmcAnswer(tag, message.subarray(0, count), isEnd));
  }

  #clear(): void {
    this.#session.disconnect();
    this.#session = this.#connect();
    this.#missing = 0;
    this.#endsMessage = true;
    this.#wanted = undefined;
    this.#answers.length = 0;
    this.#isAsked = false;
    this.#side.flush(BULK_IN);
    this.#lookForService();
  }

  #connect(): SimulatedSession {
    return this.#instrument.connect((bytes) => {
      this.#answers.push(bytes.slice());
      this.#lookForService();
      this.#answer();
    });
  }
}

const LINE_FEED = 0x0a;
const QUESTION_MARK = 0x3f;
