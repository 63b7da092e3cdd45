import { DaqtorError } from '@daqtor/core';

/**
 * Headers and requests of the USB Test and Measurement Class.
 *
 * Source: USBTMC specification, revision 1.00 (tables 1 to 9 and 4.2.1), and its subclass USB488, revision 1.00.
 */
export const HEADER_BYTES = 12;

export const REQUEST = {
  initiateAbortOut: 1,
  checkAbortOut: 2,
  initiateAbortIn: 3,
  checkAbortIn: 4,
  initiateClear: 5,
  checkClear: 6,
  readStatusByte: 128,
} as const;

export const STATUS = { success: 1, pending: 2 } as const;

const MESSAGE_OUT = 1;
const MESSAGE_IN = 2;
const END_OF_MESSAGE = 1;

/** The tag that follows another: 1 to 255. */
export const nextTag = (tag: number): number => (tag % 255) + 1;

/** One transfer of a message to the instrument, filled up to four bytes. */
export function messageOut(tag: number, data: Uint8Array, isEnd: boolean): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + Math.ceil(data.length / 4) * 4);
  bytes.set(header(MESSAGE_OUT, tag, data.length, isEnd ? END_OF_MESSAGE : 0));
  bytes.set(data, HEADER_BYTES);
  return bytes;
}

/** Asks for up to so many bytes of an answer. */
export function requestIn(tag: number, maxBytes: number): Uint8Array {
  return header(MESSAGE_IN, tag, maxBytes, 0);
}

function header(message: number, tag: number, size: number, attributes: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  bytes.set([message, tag, ~tag & 0xff]);
  new DataView(bytes.buffer).setUint32(4, size, true);
  bytes[8] = attributes;
  return bytes;
}

/** The header of a transfer from the instrument. */
export interface AnswerHeader {
  readonly tag: number;
  /** Bytes of the answer in this transfer, as the instrument says: a claim. */
  readonly size: number;
  /** The answer ends with this transfer. */
  readonly isEnd: boolean;
}

/**
 * @param packet - the first packet of a transfer
 * @throws DaqtorError `instrument.protocol` for what is no header of an answer
 */
export function parseAnswerHeader(packet: Uint8Array): AnswerHeader {
  const [message, tag = 0, inverse = 0] = packet;
  if (packet.length < HEADER_BYTES || message !== MESSAGE_IN || tag === 0 || (tag ^ inverse) !== 0xff) {
    const shown = Array.from(packet.subarray(0, HEADER_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new DaqtorError('instrument.protocol', {
      problem: `an answer by USBTMC begins with a header, not with '${shown}'`,
      advice: 'Switch the instrument off and on, and check that its firmware is not outdated',
    });
  }
  const size = new DataView(packet.buffer, packet.byteOffset).getUint32(4, true);
  return { tag, size, isEnd: ((packet[8] ?? 0) & END_OF_MESSAGE) !== 0 };
}

/**
 * The messages of what was written at once. On USBTMC the end of a transfer ends a message, and instruments differ in what
 * they do with lines inside of one; so each line is one, but for a message with a block of data (`#512…`), where a line
 * feed may be data.
 */
export function messagesOf(bytes: Uint8Array): Uint8Array[] {
  const isDigit = (byte = 0) => byte >= 0x30 && byte <= 0x39;
  if (bytes.some((byte, at) => byte === HASH && isDigit(bytes[at + 1]))) return [bytes];
  const messages: Uint8Array[] = [];
  let from = 0;
  for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, from)) {
    messages.push(bytes.subarray(from, end + 1));
    from = end + 1;
  }
  return from < bytes.length ? [...messages, bytes.subarray(from)] : messages;
}

export const LINE_FEED = 0x0a;
const HASH = 0x23;
