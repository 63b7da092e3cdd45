import { DaqtorError, unitsSetting } from '@daqtor/core';
import { z } from 'zod';
import type { ModbusTalk } from '../protocols/modbus-talk.ts';

const TYPES = ['uint16', 'int16', 'uint32', 'int32', 'float32'] as const;

/** Where a number is, and how it is written there. */
export const modbusValue = z.object({
  table: z
    .enum(['holding', 'input', 'coil', 'discrete'])
    .default('holding')
    .describe('Where it is: holding registers can be written, input registers not; coils and discrete inputs are bits'),
  address: z.int().min(0).max(65_535).describe('Address from 0; many manuals count from 1, or from 40001'),
  type: z.enum(TYPES).default('int16').describe('What stands in the registers; of a bit it does not matter'),
  lowWordFirst: z.boolean().default(false).describe('Whether a number of two registers has its low word first'),
  factor: z
    .number()
    .refine((factor) => factor !== 0, 'must not be 0')
    .default(1)
    .describe('What the number is multiplied with to be in its units, e.g. 0.1 where 215 is 21.5'),
  units: unitsSetting.optional().describe('Its units; left out, it is a bare number'),
});
export type ModbusValue = z.output<typeof modbusValue>;

/** Most registers, and most bits, of one question. */
const MOST = { register: 125, bit: 2000 } as const;

const isBit = ({ table }: ModbusValue): boolean => table === 'coil' || table === 'discrete';
const wordsOf = (value: ModbusValue): number => (isBit(value) || value.type.endsWith('16') ? 1 : 2);

/** Reads numbers; those that lie side by side by one question, so that they are of one moment. */
export async function readModbusValues(
  talk: ModbusTalk,
  values: readonly ModbusValue[],
  signal: AbortSignal,
): Promise<number[]> {
  const found = new Map<ModbusValue, number>();
  for (const run of runsOf(values)) {
    const [first, last] = [run[0] as ModbusValue, run.at(-1) as ModbusValue];
    const words = await talk.read(first.table, first.address, last.address + wordsOf(last) - first.address, signal);
    for (const value of run) {
      const at = value.address - first.address;
      found.set(value, value.factor * decoded(value, words.slice(at, at + wordsOf(value))));
    }
  }
  return values.map((value) => found.get(value) ?? Number.NaN);
}

/** @throws DaqtorError `instrument.fault` for a number that does not fit */
export async function writeModbusValue(
  talk: ModbusTalk,
  value: ModbusValue,
  number: number,
  signal: AbortSignal,
): Promise<void> {
  await talk.writeRegisters(value.address, encoded(value, number), signal);
}

function runsOf(values: readonly ModbusValue[]): ModbusValue[][] {
  const sorted = [...values].sort((a, b) => a.table.localeCompare(b.table) || a.address - b.address);
  const runs: ModbusValue[][] = [];
  for (const value of sorted) {
    const run = runs.at(-1);
    const [first, last] = [run?.[0], run?.at(-1)];
    const goesOn = first && last && last.table === value.table && value.address <= last.address + wordsOf(last);
    const fits = first && value.address + wordsOf(value) - first.address <= (isBit(value) ? MOST.bit : MOST.register);
    if (run && goesOn && fits) run.push(value);
    else runs.push([value]);
  }
  return runs;
}

function decoded(value: ModbusValue, words: readonly number[]): number {
  if (isBit(value)) return words[0] ?? 0;
  const view = new DataView(new ArrayBuffer(4));
  const ordered = value.lowWordFirst ? [...words].reverse() : words;
  for (const [i, word] of ordered.entries()) view.setUint16(2 * i, word);
  switch (value.type) {
    case 'uint16':
      return view.getUint16(0);
    case 'int16':
      return view.getInt16(0);
    case 'uint32':
      return view.getUint32(0);
    case 'int32':
      return view.getInt32(0);
    case 'float32':
      return view.getFloat32(0);
  }
}

const RANGES = {
  uint16: [0, 2 ** 16 - 1],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  uint32: [0, 2 ** 32 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
} as const;

function encoded(value: ModbusValue, number: number): number[] {
  const { type, factor, lowWordFirst } = value;
  const view = new DataView(new ArrayBuffer(4));
  if (type === 'float32') view.setFloat32(0, number / factor);
  else {
    const raw = Math.round(number / factor);
    const [least, most] = RANGES[type];
    if (!(raw >= least && raw <= most)) {
      throw new DaqtorError('instrument.fault', {
        problem: `${number} ${value.units ?? ''} does not fit into ${type} at holding ${value.address}`.replace(
          '  ',
          ' ',
        ),
        advice: `Give a number from ${least * factor} to ${most * factor}, or check type and factor`,
      });
    }
    if (wordsOf(value) === 1) return [raw & 0xffff];
    view.setUint32(0, raw >>> 0);
  }
  const words = [view.getUint16(0), view.getUint16(2)];
  return lowWordFirst ? words.reverse() : words;
}
