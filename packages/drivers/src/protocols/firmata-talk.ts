import { DaqtorError } from '@daqtor/core';
import { toText } from '../transports/bytes.ts';
import type { Link } from '../transports/link.ts';
import type { LinkIo, Resync } from '../transports/link-io.ts';
import { awake } from './awake.ts';

/** Commands; all other bytes have their highest bit clear, so that a command is found whatever came before. */
const CMD = {
  reportAnalog: 0xc0,
  analog: 0xe0,
  sysex: 0xf0,
  pinMode: 0xf4,
  digitalPin: 0xf5,
  sysexEnd: 0xf7,
} as const;
const SYSEX = { pinStateQuery: 0x6d, pinState: 0x6e, extendedAnalog: 0x6f, firmware: 0x79 } as const;

/** What a pin is used as. */
export const FIRMATA_MODE = { output: 1, pwm: 3 } as const;

/**
 * A board with StandardFirmata.
 *
 * Source: the protocol's description (firmata/protocol, protocol.md, version 2.5); from memory: that StandardFirmata sends the
 * value of a channel at once when it is told to report it, and keeps the value of an output as its state.
 */
export class FirmataTalk {
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  /** Resolves with name and version of the sketch, once the board has started. */
  async firmware(signal: AbortSignal): Promise<string> {
    return awake(
      this.#link,
      async (io) => {
        await firmataResync.ask(io);
        const [major = 0, minor = 0, ...name] = await readSysex(io, SYSEX.firmware);
        return `${textOf(name)} ${major}.${minor}`;
      },
      signal,
    );
  }

  /** Reads a channel anew, as the converter has it: of 10 bits on most boards. */
  readAnalog(channel: number, signal: AbortSignal): Promise<number> {
    return this.#link.exchange(async (io) => {
      await io.write(Uint8Array.of(CMD.reportAnalog | channel, 1));
      await io.readUntil(Uint8Array.of(CMD.analog | channel));
      const [low = 0, high = 0] = await io.readExactly(2);
      await io.write(Uint8Array.of(CMD.reportAnalog | channel, 0));
      if ((low | high) < 0x80) return low | (high << 7);
      throw new DaqtorError('instrument.protocol', {
        problem: `the value of analog input ${channel} was cut off`,
        advice: 'Check the cable',
      });
    }, signal);
  }

  /** @returns undefined for a pin that the board does not have */
  pinState(pin: number, signal: AbortSignal): Promise<{ readonly mode: number; readonly value: number } | undefined> {
    return this.#link.exchange(async (io) => {
      await io.write(Uint8Array.of(CMD.sysex, SYSEX.pinStateQuery, pin, CMD.sysexEnd));
      const [found, mode, ...bits] = await readSysex(io, SYSEX.pinState);
      if (found !== pin || mode === undefined) return undefined;
      return { mode, value: bits.reduce((value, part, i) => value + part * 128 ** i, 0) };
    }, signal);
  }

  setMode(pin: number, mode: number, signal: AbortSignal): Promise<void> {
    return this.#link.exchange((io) => io.write(Uint8Array.of(CMD.pinMode, pin, mode)), signal);
  }

  /** Out of turn, so that a board that has stopped answering can be turned off too. */
  setDigital(pin: number, on: boolean, signal: AbortSignal): Promise<void> {
    return this.#link.send(Uint8Array.of(CMD.digitalPin, pin, on ? 1 : 0), signal);
  }

  /** @param value - 0 to 255 */
  setPwm(pin: number, value: number, signal: AbortSignal): Promise<void> {
    const parts = [value & 0x7f, value >> 7];
    const message =
      pin < 16 ? [CMD.analog | pin, ...parts] : [CMD.sysex, SYSEX.extendedAnalog, pin, ...parts, CMD.sysexEnd];
    return this.#link.send(Uint8Array.from(message), signal);
  }
}

export const firmataResync: Resync = {
  ask: (io) => io.write(Uint8Array.of(CMD.sysex, SYSEX.firmware, CMD.sysexEnd)),
  answered: async (io) => void (await readSysex(io, SYSEX.firmware)),
};

async function readSysex(io: LinkIo, kind: number): Promise<number[]> {
  await io.readUntil(Uint8Array.of(CMD.sysex, kind));
  return [...(await io.readUntil(Uint8Array.of(CMD.sysexEnd)))];
}

/** Characters of two bytes with seven bits each. */
function textOf(parts: readonly number[]): string {
  const codes = Array.from(
    { length: parts.length >> 1 },
    (_, i) => (parts[2 * i] ?? 0) | ((parts[2 * i + 1] ?? 0) << 7),
  );
  return toText(Uint8Array.from(codes))
    .replaceAll(/[^ -~]/g, '?')
    .replace(/\.ino$/, '');
}
