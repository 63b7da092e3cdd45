import { DaqtorError } from '@daqtor/core';

/** How a request is wrapped: with a checksum on serial lines (RTU), or with a header of its own on TCP. */
export type ModbusFraming = 'rtu' | 'tcp';

/** Where a device keeps its values, and the function that reads each table. */
export const MODBUS_READ = { coil: 1, discrete: 2, holding: 3, input: 4 } as const;
export type ModbusTable = keyof typeof MODBUS_READ;

const EXCEPTIONS: Readonly<Record<number, string>> = {
  1: 'it does not know the function',
  2: 'it has no such address',
  3: 'it does not take the value',
  4: 'it failed',
  5: 'it needs longer for this',
  6: 'it is busy',
  8: 'its memory has a parity error',
  10: 'the gateway is not set up for this',
  11: 'behind the gateway nothing answers',
};

const u16 = (value: number): [number, number] => [value >> 8, value & 0xff];

/** Asks for `count` values from an address on, which counts from 0. */
export const readRequest = (table: ModbusTable, address: number, count: number): Uint8Array =>
  Uint8Array.of(MODBUS_READ[table], ...u16(address), ...u16(count));

export const writeCoilRequest = (address: number, on: boolean): Uint8Array =>
  Uint8Array.of(5, ...u16(address), on ? 0xff : 0, 0);

/** One register by function 6, which every device has; more by function 16. */
export function writeRegistersRequest(address: number, values: readonly number[]): Uint8Array {
  const [first] = values;
  if (values.length === 1 && first !== undefined) return Uint8Array.of(6, ...u16(address), ...u16(first));
  return Uint8Array.of(16, ...u16(address), ...u16(values.length), 2 * values.length, ...values.flatMap(u16));
}

/** How many bytes an answer to this request has after the function, or undefined: the next byte tells. */
export const fixedAnswerLength = (functionCode: number): number | undefined => (functionCode <= 4 ? undefined : 4);

/** The checksum of RTU, CRC-16 with the reversed polynomial A001, as it stands on the line: low byte first. */
export function modbusCrc(bytes: Uint8Array): [number, number] {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return [crc & 0xff, crc >> 8];
}

/**
 * What an answer holds, checked against the request: bytes for a question, nothing for a writing.
 *
 * @param answer - from the function on, without checksum
 * @param tried - what was being done, for the error
 * @throws DaqtorError `instrument.fault` if the device refuses, `instrument.protocol` if the answer is to something else
 */
export function parseModbusAnswer(request: Uint8Array, answer: Uint8Array, tried: string): Uint8Array {
  const [code = 0, detail = 0] = answer;
  const asked = request[0] ?? 0;
  if (code === (asked | 0x80)) {
    throw new DaqtorError('instrument.fault', {
      problem: `${tried} was refused: ${EXCEPTIONS[detail] ?? 'it does not say why'} (exception ${detail})`,
      advice: "Check the register against the device's manual: many count from 1 or from 40001, here it is from 0",
    });
  }
  const data = answer.subarray(2);
  const isRead = asked <= 4;
  const fits = isRead ? detail === data.length && detail === expectedBytes(request) : startsAlike(request, answer);
  if (code === asked && fits) return isRead ? data : new Uint8Array();
  throw new DaqtorError('instrument.protocol', {
    problem: `${tried} was answered with something else: function ${code}, ${answer.length} bytes`,
    advice: 'Check that nothing else talks to the device, and the settings of the line',
  });
}

function expectedBytes(request: Uint8Array): number {
  const count = ((request[3] ?? 0) << 8) | (request[4] ?? 0);
  return (request[0] ?? 0) <= 2 ? Math.ceil(count / 8) : 2 * count;
}

/** An answer to a writing repeats its address, and the value or the count. */
const startsAlike = (request: Uint8Array, answer: Uint8Array): boolean =>
  answer.length === 5 && answer.every((byte, i) => byte === request[i]);
