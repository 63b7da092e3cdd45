import { type Clock, DaqtorError } from '@daqtor/core';
import type { Link } from '../transports/link.ts';
import type { LinkIo } from '../transports/link-io.ts';
import { messageNumbers } from './message-numbers.ts';
import {
  fixedAnswerLength,
  type ModbusFraming,
  type ModbusTable,
  modbusCrc,
  parseModbusAnswer,
  readRequest,
  writeCoilRequest,
  writeRegistersRequest,
} from './modbus-frame.ts';

/** Silence that ends a frame: 3.5 characters, at 9600 baud and below of 11 bits each; more does no harm. */
const SILENCE_MS = 4;
/** A frame on TCP has 6 bytes that tell its length, which is 254 at most with the unit. */
const MOST_BYTES = 254;

/** Answers to earlier questions that are passed over. */
const MOST_LATE = 100;

const nextTransaction = messageNumbers(65_536);

/**
 * Modbus, to one unit.
 *
 * Source: MODBUS Application Protocol Specification V1.1b3, MODBUS over Serial Line V1.02, MODBUS Messaging on TCP/IP V1.0b
 * (modbus.org). On TCP each request has a number that its answer repeats. RTU has none: an answer that comes later than the
 * time for it and the silence after that would be taken for the next one, if it is of the same kind.
 */
export class ModbusTalk {
  readonly #link: Link;
  readonly #clock: Clock;
  readonly #unit: number;
  readonly #framing: ModbusFraming;

  constructor(link: Link, clock: Clock, unit: number, framing: ModbusFraming) {
    this.#link = link;
    this.#clock = clock;
    this.#unit = unit;
    this.#framing = framing;
  }

  /** @returns the values of registers, each 0 to 65535, or of bits, each 0 or 1 */
  async read(table: ModbusTable, address: number, count: number, signal: AbortSignal): Promise<number[]> {
    const data = await this.#ask(readRequest(table, address, count), `reading ${table} ${address}`, signal);
    if (table === 'coil' || table === 'discrete')
      return Array.from({ length: count }, (_, i) => ((data[i >> 3] ?? 0) >> (i & 7)) & 1);
    return Array.from({ length: count }, (_, i) => ((data[2 * i] ?? 0) << 8) | (data[2 * i + 1] ?? 0));
  }

  async writeRegisters(address: number, values: readonly number[], signal: AbortSignal): Promise<void> {
    await this.#ask(writeRegistersRequest(address, values), `writing holding ${address}`, signal);
  }

  async writeCoil(address: number, on: boolean, signal: AbortSignal): Promise<void> {
    await this.#ask(writeCoilRequest(address, on), `writing coil ${address}`, signal);
  }

  #ask(request: Uint8Array, tried: string, signal: AbortSignal): Promise<Uint8Array> {
    return this.#link.exchange(async (io) => {
      const answer = this.#framing === 'tcp' ? await this.#overTcp(io, request) : await this.#overRtu(io, request);
      return parseModbusAnswer(request, answer, tried);
    }, signal);
  }

  async #overRtu(io: LinkIo, request: Uint8Array): Promise<Uint8Array> {
    await this.#clock.sleep(SILENCE_MS);
    const frame = Uint8Array.of(this.#unit, ...request);
    await io.write(Uint8Array.of(...frame, ...modbusCrc(frame)));
    const head = await io.readExactly(3);
    const [unit, code = 0, next = 0] = head;
    if (unit !== this.#unit || (code & 0x7f) !== request[0])
      throw this.#noise('the beginning is that of another frame');
    const more = code & 0x80 ? 0 : (fixedAnswerLength(code) ?? next + 1) - 1;
    const tail = await io.readExactly(more + 2);
    const body = Uint8Array.of(...head, ...tail.subarray(0, more));
    const [low, high] = modbusCrc(body);
    if (tail[more] !== low || tail[more + 1] !== high) throw this.#noise('its checksum is not right');
    return body.subarray(1);
  }

  async #overTcp(io: LinkIo, request: Uint8Array): Promise<Uint8Array> {
    const number = nextTransaction(this.#link.wire);
    const length = request.length + 1;
    await io.write(Uint8Array.of(number >> 8, number & 0xff, 0, 0, length >> 8, length & 0xff, this.#unit, ...request));
    for (let late = 0; late < MOST_LATE; late++) {
      const [high = 0, low = 0, p1, p2, l1 = 0, l2 = 0] = await io.readExactly(6);
      const bytes = (l1 << 8) | l2;
      if (p1 !== 0 || p2 !== 0 || bytes < 3 || bytes > MOST_BYTES)
        throw this.#noise('its header is none of Modbus TCP');
      const [unit, ...answer] = await io.readExactly(bytes);
      // An earlier answer that came too late.
      if (((high << 8) | low) !== number) continue;
      if (unit !== this.#unit) throw this.#noise(`unit ${unit} answered`);
      return Uint8Array.from(answer);
    }
    throw this.#noise(`${MOST_LATE} answers came to questions that were not asked`);
  }

  #noise(what: string): DaqtorError {
    return new DaqtorError('instrument.protocol', {
      problem: `the answer of unit ${this.#unit} cannot be read: ${what}`,
      advice: `Check the settings of the line and the unit, and that it speaks Modbus ${this.#framing.toUpperCase()}`,
    });
  }
}
