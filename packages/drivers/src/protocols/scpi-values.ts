import { DaqtorError } from '@daqtor/core';
import { asciiNumber } from './ascii-number.ts';
import { shown } from './line-talk.ts';

/**
 * A number as SCPI writes it (SCPI-99, numeric values).
 *
 * @returns ±Infinity for ±9.9E37, which means over range, and NaN for 9.91E37, which means that there is no value
 * @throws DaqtorError `instrument.protocol` for anything else that is not a number
 */
export function scpiNumber(text: string, asked: string): number {
  const value = asciiNumber(text, asked);
  if (value === 9.91e37) return Number.NaN;
  return Math.abs(value) >= 9.9e37 ? Math.sign(value) * Number.POSITIVE_INFINITY : value;
}

/** Who an instrument says it is. */
export interface Identity {
  readonly maker: string;
  readonly model: string;
  /** '' or '0' where the instrument does not tell. */
  readonly serial: string;
  readonly firmware: string;
}

/**
 * The four fields of `*IDN?` (IEEE 488.2).
 *
 * @returns undefined if it is not an identity: at least maker and model, separated by a comma; a
 *   reading with its units is none
 */
export function parseIdentity(line: string): Identity | undefined {
  const [maker = '', model = '', serial = '', ...firmware] = line.split(',').map((field) => field.trim());
  if (!/^[a-z]/i.test(maker) || model === '') return undefined;
  return { maker, model, serial, firmware: firmware.join(',') };
}

/** One entry of the error queue. */
export interface ScpiError {
  /** Negative: defined by SCPI; positive: by the maker; 0: the queue is empty. */
  readonly code: number;
  readonly text: string;
}

/**
 * An answer to `:SYSTem:ERRor?`, e.g. `-113,"Undefined header"` (SCPI-99).
 *
 * @throws DaqtorError `instrument.protocol` if it is not one
 */
export function parseScpiError(line: string): ScpiError {
  const [, code, text] = /^([+-]?\d{1,6})\s*,\s*"?(.*?)"?$/.exec(line.trim()) ?? [];
  if (code === undefined || text === undefined) {
    throw new DaqtorError('instrument.protocol', {
      problem: `':SYST:ERR?' was answered with '${shown(line)}', which is not an error message`,
      advice: 'Check that the right instrument is connected, and that nothing else talks to it',
    });
  }
  return { code: Number(code), text };
}
