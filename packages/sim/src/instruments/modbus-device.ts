import type { Clock } from '@daqtor/core';
import type { SimulatedInstrument } from './simulated-instrument.ts';

/** What a device keeps, and what happens when it is written; addresses from 0. */
export interface ModbusMemory {
  /** @returns undefined where there is no such register or bit */
  read(table: 'coil' | 'discrete' | 'holding' | 'input', address: number): number | undefined;
  /** @returns what was wrong with it, if anything */
  write(table: 'coil' | 'holding', address: number, value: number): 'address' | 'value' | undefined;
}

export interface ModbusDeviceOptions {
  readonly clock: Clock;
  readonly title: string;
  readonly framing: 'rtu' | 'tcp';
  readonly unit: number;
  readonly memory: ModbusMemory;
}

const ILLEGAL = { function: 1, address: 2, value: 3 } as const;
/** A frame on a line of which nothing more comes for so long is given up. Real devices wait for 3.5 characters. */
const SILENCE_MS = 50;
const READS = { 1: 'coil', 2: 'discrete', 3: 'holding', 4: 'input' } as const;

/**
 * A device that speaks Modbus. It says nothing to frames for another unit, or, on a line, with a wrong checksum.
 *
 * Source: MODBUS Application Protocol Specification V1.1b3; MODBUS over Serial Line V1.02; MODBUS Messaging on TCP/IP V1.0b.
 */
export function modbusDevice({ clock, title, framing, unit, memory }: ModbusDeviceOptions): SimulatedInstrument {
  const takeFrame = framing === 'tcp' ? takeTcp : takeRtu;
  return {
    title: `${title}, Modbus ${framing.toUpperCase()}`,
    connect(transmit) {
      let waiting: number[] = [];
      let lastMs = Number.NEGATIVE_INFINITY;
      let connected = true;
      return {
        receive(bytes) {
          if (framing === 'rtu' && clock.now() - lastMs > SILENCE_MS) waiting = [];
          lastMs = clock.now();
          waiting.push(...bytes);
          for (let frame = takeFrame(waiting); frame; frame = takeFrame(waiting)) {
            if (frame.unit !== unit || !connected) continue;
            transmit(frame.wrap([unit, ...answerTo(frame.request, memory)]));
          }
        },
        disconnect() {
          connected = false;
        },
      };
    },
  };
}

interface Frame {
  readonly unit: number | undefined;
  readonly request: readonly number[];
  wrap(answer: readonly number[]): Uint8Array;
}

/** Takes a frame from the front; what is no frame is thrown away. */
function takeTcp(waiting: number[]): Frame | undefined {
  const length = 6 + 256 * (waiting[4] ?? 0) + (waiting[5] ?? 0);
  if (waiting.length < 6 || waiting.length < length) return undefined;
  const [t1 = 0, t2 = 0, p1, p2, , , unit, ...request] = waiting.splice(0, length);
  const isModbus = p1 === 0 && p2 === 0;
  return {
    unit: isModbus ? unit : undefined,
    request,
    wrap: (answer) => Uint8Array.of(t1, t2, 0, 0, answer.length >> 8, answer.length & 0xff, ...answer),
  };
}

function takeRtu(waiting: number[]): Frame | undefined {
  const code = waiting[1];
  const length = code === 15 || code === 16 ? 9 + (waiting[6] ?? 256) : 8;
  if (waiting.length < 2 || waiting.length < length) return undefined;
  const frame = waiting.splice(0, length);
  const [unit, ...request] = frame.slice(0, -2);
  const isWhole = checksum(frame.slice(0, -2)).every((byte, i) => byte === frame[length - 2 + i]);
  if (!isWhole) waiting.length = 0;
  return {
    unit: isWhole ? unit : undefined,
    request,
    wrap: (answer) => Uint8Array.of(...answer, ...checksum(answer)),
  };
}

function answerTo(request: readonly number[], memory: ModbusMemory): number[] {
  const [code = 0, a1 = 0, a2 = 0, v1 = 0, v2 = 0, , ...data] = request;
  const [address, value] = [256 * a1 + a2, 256 * v1 + v2];
  const refuse = (why: keyof typeof ILLEGAL) => [code | 0x80, ILLEGAL[why]];
  const writeAll = (table: 'coil' | 'holding', values: readonly number[]) => {
    for (const [i, one] of values.entries()) {
      const wrong = memory.write(table, address + i, one);
      if (wrong) return refuse(wrong);
    }
    return [code, a1, a2, v1, v2];
  };
  if (code === 1 || code === 2 || code === 3 || code === 4) {
    const isBits = code <= 2;
    if (value < 1 || value > (isBits ? 2000 : 125)) return refuse('value');
    const values = Array.from({ length: value }, (_, i) => memory.read(READS[code], address + i));
    if (values.some((one) => one === undefined)) return refuse('address');
    const bytes = isBits ? packed(values as number[]) : (values as number[]).flatMap((one) => [one >> 8, one & 0xff]);
    return [code, bytes.length, ...bytes];
  }
  if (code === 5) return value === 0 || value === 0xff00 ? writeAll('coil', [value === 0 ? 0 : 1]) : refuse('value');
  if (code === 6) return writeAll('holding', [value]);
  if (code === 15)
    return writeAll(
      'coil',
      Array.from({ length: value }, (_, i) => ((data[i >> 3] ?? 0) >> (i & 7)) & 1),
    );
  if (code === 16)
    return writeAll(
      'holding',
      Array.from({ length: value }, (_, i) => 256 * (data[2 * i] ?? 0) + (data[2 * i + 1] ?? 0)),
    );
  return refuse('function');
}

function packed(bits: readonly number[]): number[] {
  const bytes = Array.from({ length: Math.ceil(bits.length / 8) }, () => 0);
  for (const [i, bit] of bits.entries()) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (bit << (i & 7));
  return bytes;
}

function checksum(bytes: readonly number[]): [number, number] {
  let sum = 0xffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let i = 0; i < 8; i++) sum = (sum >> 1) ^ (sum & 1 ? 0xa001 : 0);
  }
  return [sum & 0xff, sum >> 8];
}
