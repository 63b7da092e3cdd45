import { toText } from '../transports/bytes.ts';

/** Numbers of the messages that are used here, as the protocol's document has them. */
export const APT = {
  HW_REQ_INFO: 0x0005,
  HW_GET_INFO: 0x0006,
  HW_STOP_UPDATEMSGS: 0x0012,
  HW_RICHRESPONSE: 0x0081,
  MOD_SET_CHANENABLESTATE: 0x0210,
  MOT_SET_VELPARAMS: 0x0413,
  MOT_REQ_VELPARAMS: 0x0414,
  MOT_GET_VELPARAMS: 0x0415,
  MOT_MOVE_HOME: 0x0443,
  MOT_MOVE_ABSOLUTE: 0x0453,
  MOT_MOVE_STOP: 0x0465,
  MOT_REQ_STATUSUPDATE: 0x0480,
  MOT_GET_STATUSUPDATE: 0x0481,
  MOT_REQ_DCSTATUSUPDATE: 0x0490,
  MOT_GET_DCSTATUSUPDATE: 0x0491,
  MOT_ACK_DCSTATUSUPDATE: 0x0492,
} as const;

/** Bytes of data after the header, of the messages that a controller sends. */
export const APT_LENGTH = { info: 84, status: 14, velocity: 14, richResponse: 68 } as const;

const HOST = 0x01;
/** Set in the destination where data follow the header. */
const WITH_DATA = 0x80;

/** A message without data: a header of 6 bytes. */
export function aptShort(id: number, destination: number, first = 0, second = 0): Uint8Array {
  return Uint8Array.of(id & 0xff, id >> 8, first, second, destination, HOST);
}

/** A message with data: the header tells their length. */
export function aptLong(id: number, destination: number, data: Uint8Array): Uint8Array {
  const header = [id & 0xff, id >> 8, data.length & 0xff, data.length >> 8, destination | WITH_DATA, HOST];
  return Uint8Array.from([...header, ...data]);
}

/** The header of a message to the host with so many bytes of data. */
export function aptAnswerHeader(id: number, length: number, source: number): Uint8Array {
  return Uint8Array.of(id & 0xff, id >> 8, length & 0xff, length >> 8, HOST | WITH_DATA, source);
}

/** What HW_GET_INFO tells. */
export interface AptInfo {
  readonly serial: number;
  readonly model: string;
  /** Major, interim, minor. */
  readonly firmware: string;
}

/** @param data - 84 bytes */
export function parseAptInfo(data: Uint8Array): AptInfo {
  const view = viewOf(data);
  const model = toText(data.subarray(4, 12))
    .replace(/\0.*$/s, '')
    .replaceAll(/[^ -~]/g, '?')
    .trim();
  return { serial: view.getUint32(0, true), model, firmware: [data[16], data[15], data[14]].join('.') };
}

export interface AptStatus {
  readonly channel: number;
  /** In counts of the encoder, or microsteps. */
  readonly position: number;
  readonly bits: number;
}

/** @param data - 14 bytes; servos and steppers have position and bits at the same places */
export function parseAptStatus(data: Uint8Array): AptStatus {
  const view = viewOf(data);
  return { channel: view.getUint16(0, true), position: view.getInt32(2, true), bits: view.getUint32(10, true) };
}

/** Acceleration and velocity of moves, in the units of the controller. */
export interface AptVelocity {
  readonly acceleration: number;
  readonly velocity: number;
}

/** @param data - 14 bytes */
export function parseAptVelocity(data: Uint8Array): AptVelocity {
  const view = viewOf(data);
  return { acceleration: view.getInt32(6, true), velocity: view.getInt32(10, true) };
}

/** @returns 14 bytes: the channel, the velocity that a move begins with (none but 0 is taken), acceleration, velocity */
export function aptVelocityData(channel: number, { acceleration, velocity }: AptVelocity): Uint8Array {
  const data = new Uint8Array(APT_LENGTH.velocity);
  const view = viewOf(data);
  view.setUint16(0, channel, true);
  view.setInt32(6, acceleration, true);
  view.setInt32(10, velocity, true);
  return data;
}

/** The text of the first HW_RICHRESPONSE in these bytes; undefined if there is none, or not all of it. */
export function aptRefusal(bytes: Uint8Array, source: number): string | undefined {
  const header = toText(aptAnswerHeader(APT.HW_RICHRESPONSE, APT_LENGTH.richResponse, source));
  const at = toText(bytes).indexOf(header);
  if (at < 0 || bytes.length < at + 6 + APT_LENGTH.richResponse) return undefined;
  const data = bytes.subarray(at + 6, at + 6 + APT_LENGTH.richResponse);
  const notes = toText(data.subarray(4))
    .replace(/\0.*$/s, '')
    .replaceAll(/[^ -~]/g, '?')
    .trim();
  return `error ${viewOf(data).getUint16(2, true)}${notes === '' ? '' : `, ${notes}`}`;
}

const viewOf = (data: Uint8Array): DataView => new DataView(data.buffer, data.byteOffset, data.byteLength);
