import type { Clock } from '@daqtor/core';
import { GpibDevice } from './gpib-device.ts';
import { textBytes } from './line-splitter.ts';
import { PrologixLines } from './prologix-lines.ts';
import type { SimulatedInstrument } from './simulated-instrument.ts';

export interface PrologixOptions {
  readonly clock: Clock;
  /** What is on the bus, by primary address. */
  readonly instruments: Readonly<Record<number, SimulatedInstrument>>;
}

export interface SimulatedPrologix extends SimulatedInstrument {
  /** How often an instrument was addressed to talk and had nothing to say until the time was up. */
  readonly silences: number;
  /** How many hosts are connected. */
  readonly hosts: number;
}

const VERSION = 'Prologix GPIB-ETHERNET Controller version 01.06.06.00';
/** What ++eos appends, by its number. */
const EOS = ['\r\n', '\r', '\n', ''];

/**
 * A Prologix GPIB-ETHERNET or GPIB-USB controller with instruments on its bus. It works off what it is sent in order, and
 * does nothing else while it reads from an instrument.
 *
 * Source: Prologix GPIB-USB Controller User Manual, pages 6 to 15. From memory: the text of ++ver and that of a command
 * that it does not know. What an instrument sends at once ends with EOI; the time that the bus takes is left out.
 */
export function simulatedPrologix({ clock, instruments }: PrologixOptions): SimulatedPrologix {
  const devices = new Map(Object.entries(instruments).map(([at, one]) => [Number(at), new GpibDevice(one, clock)]));
  const state = { addr: 0, auto: 1, eoi: 1, eos: 0, eot_enable: 0, eot_char: 0, mode: 1, read_tmo_ms: 200, savecfg: 1 };
  let [silences, hosts] = [0, 0];

  const read = async (transmit: (bytes: Uint8Array) => void) => {
    const message = await devices.get(state.addr)?.talk(state.read_tmo_ms);
    if (!message) silences++;
    else transmit(state.eot_enable ? Uint8Array.from([...message, state.eot_char]) : message);
  };

  /** A line that begins with `++`. */
  const command = async (line: string, transmit: (bytes: Uint8Array) => void) => {
    const [name = '', value] = line.split(' ');
    const say = (text: string) => transmit(textBytes(`${text}\r\n`));
    if (name in state) {
      const key = name as keyof typeof state;
      if (value === undefined) say(String(state[key]));
      else state[key] = Number(value);
    } else if (name === 'read') await read(transmit);
    else if (name === 'ver') say(VERSION);
    else if (name === 'clr') devices.get(state.addr)?.clear();
    else if (name === 'spoll') say(String(devices.get(Number(value ?? state.addr))?.statusByte ?? 0));
    else if (name === 'srq') say([...devices.values()].some(({ requestsService }) => requestsService) ? '1' : '0');
    else if (!['ifc', 'llo', 'loc', 'lon', 'rst', 'status', 'trg'].includes(name)) say('Unrecognized command');
  };

  return {
    title: `Prologix GPIB controller with ${[...devices.values()].map(({ title }) => title).join(', ')}`,
    get silences() {
      return silences;
    },
    get hosts() {
      return hosts;
    },
    connect(transmit) {
      hosts++;
      let connected = true;
      let working: Promise<void> = Promise.resolve();
      const send = (bytes: Uint8Array) => connected && transmit(bytes);
      const lines = new PrologixLines();
      const work = async ({ isCommand, bytes }: ReturnType<PrologixLines['push']>[number]) => {
        if (!connected) return;
        if (isCommand)
          return command(
            String.fromCharCode(...bytes)
              .slice(2)
              .trim(),
            send,
          );
        const text = `${String.fromCharCode(...bytes)}${EOS[state.eos] ?? ''}`;
        // EOI with the last byte ends a command as a line feed does.
        devices.get(state.addr)?.listen(textBytes(state.eoi === 1 && !text.endsWith('\n') ? `${text}\n` : text));
        if (state.auto === 1) await read(send);
      };
      return {
        receive(bytes) {
          for (const line of lines.push(bytes)) working = working.then(() => work(line));
        },
        disconnect() {
          if (connected) hosts--;
          connected = false;
        },
      };
    },
  };
}
