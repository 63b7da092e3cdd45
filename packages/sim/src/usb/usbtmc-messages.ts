/**
 * Headers and requests of the USB Test and Measurement Class as a device needs them.
 *
 * Source: USBTMC specification, revision 1.00 (tables 1 to 9 and 4.2.1), and its subclass USB488, revision 1.00.
 */
export const MESSAGE = { out: 1, requestIn: 2, in: 2, trigger: 128 } as const;

export const REQUEST = {
  initiateAbortOut: 1,
  checkAbortOut: 2,
  initiateAbortIn: 3,
  checkAbortIn: 4,
  initiateClear: 5,
  checkClear: 6,
  capabilities: 7,
  indicatorPulse: 64,
  readStatusByte: 128,
  remoteEnable: 160,
  goToLocal: 161,
  localLockout: 162,
} as const;

export const STATUS = { success: 1, failed: 0x80, notInProgress: 0x81 } as const;

export const HEADER_BYTES = 12;
const END_OF_MESSAGE = 1;
const TERM_CHAR_ENABLED = 2;

/** A header on the Bulk-OUT endpoint. */
export interface TmcHeader {
  readonly message: number;
  readonly tag: number;
  /** Bytes that follow, or that may be answered. */
  readonly size: number;
  readonly isEnd: boolean;
  /** An answer ends after this byte. */
  readonly termChar: number | undefined;
}

/** @returns undefined for what is no header: the device stalls */
export function readTmcHeader(bytes: Uint8Array): TmcHeader | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [message, tag, inverse, attributes] = [0, 1, 2, 8].map((at) => view.getUint8(at)) as [
    number,
    number,
    number,
    number,
  ];
  if (tag === 0 || inverse !== (~tag & 0xff)) return undefined;
  return {
    message,
    tag,
    size: view.getUint32(4, true),
    isEnd: (attributes & END_OF_MESSAGE) !== 0,
    termChar: attributes & TERM_CHAR_ENABLED ? view.getUint8(9) : undefined,
  };
}

/** One transfer on the Bulk-IN endpoint: header, data, and what fills it up to four bytes. */
export function tmcAnswer(tag: number, data: Uint8Array, isEnd: boolean): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + Math.ceil(data.length / 4) * 4);
  const view = new DataView(bytes.buffer);
  bytes.set([MESSAGE.in, tag, ~tag & 0xff]);
  view.setUint32(4, data.length, true);
  view.setUint8(8, isEnd ? END_OF_MESSAGE : 0);
  bytes.set(data, HEADER_BYTES);
  return bytes;
}

/**
 * GET_CAPABILITIES of an instrument of USB488 that can be triggered, set to remote operation and asked for its status
 * byte, and has no termination character.
 */
export function tmcCapabilities(): Uint8Array {
  const answer = new Uint8Array(24);
  const view = new DataView(answer.buffer);
  view.setUint8(0, STATUS.success);
  view.setUint16(2, 0x0100, true);
  view.setUint8(5, 1); // ends an answer on a termination character
  view.setUint16(12, 0x0100, true);
  view.setUint8(14, 0b111); // USB488.2, REN_CONTROL and others, TRIGGER
  view.setUint8(15, 0b1110); // SCPI, SR1, RL1, not DT1
  return answer;
}
