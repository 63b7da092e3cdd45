import type { Clock } from '@daqtor/core';
import { FirmataSplitter } from './firmata-splitter.ts';
import { textBytes } from './line-splitter.ts';
import type { SimulatedInstrument } from './simulated-instrument.ts';

export interface FirmataOptions {
  readonly clock: Clock;
  /** Volts at each analog input. */
  readonly input?: (channel: number) => number;
  /** A host that connects resets the board, as an Arduino's USB does, and it is deaf for that long; default 0: it does not. */
  readonly bootMs?: number;
}

export interface SimulatedFirmata extends SimulatedInstrument {
  /** What a pin is used as and set to. */
  pin(number: number): { readonly mode: number; readonly value: number } | undefined;
}

const MODE = { input: 0, output: 1, analog: 2, pwm: 3 } as const;
const PINS = 20;
const FIRST_ANALOG = 14;
const CHANNELS = 6;
const PWM_PINS = [3, 5, 6, 9, 10, 11];
const FIRMWARE = 'StandardFirmata.ino';
const sysex = (...data: readonly number[]) => Uint8Array.of(0xf0, ...data, 0xf7);
const sevenBits = (value: number): [number, number] => [value & 0x7f, (value >> 7) & 0x7f];

/**
 * An Arduino Uno with StandardFirmata 2.5.
 *
 * Source: firmata/protocol, protocol.md. From memory: what StandardFirmata makes of it (reports of a channel begin at once,
 * an output that is set up is off, what a pin cannot do is ignored), and the pins of an Uno that have PWM.
 */
export function simulatedFirmata({ clock, input = () => 2.5, bootMs = 0 }: FirmataOptions): SimulatedFirmata {
  const reset = () =>
    Array.from({ length: PINS }, (_, pin) => ({ mode: pin < FIRST_ANALOG ? MODE.output : MODE.analog, value: 0 }));
  let pins: { mode: number; value: number }[] = reset();
  const counts = (channel: number) => Math.min(1023, Math.max(0, Math.round((input(channel) / 5) * 1023)));
  const canDo = (pin: number, mode: number) =>
    mode === MODE.pwm ? PWM_PINS.includes(pin) : mode === MODE.analog ? pin >= FIRST_ANALOG : pin >= 2 && mode <= 1;
  const setPwm = (pin: number, value: number) => {
    const one = pins[pin];
    if (one?.mode === MODE.pwm) one.value = value;
  };

  return {
    title: 'Arduino Uno with StandardFirmata',
    pin: (number) => pins[number],
    connect(transmit) {
      let connected = true;
      let isBooting = bootMs > 0;
      let samplingMs = 19;
      const reporting = new Set<number>();
      const splitter = new FirmataSplitter();
      const send = (bytes: Uint8Array) => connected && transmit(bytes);
      const firmware = () => send(sysex(0x79, 2, 5, ...[...textBytes(FIRMWARE)].flatMap(sevenBits)));
      const report = (channel: number) => send(Uint8Array.of(0xe0 | channel, ...sevenBits(counts(channel))));
      const sample = () => {
        if (!connected || reporting.size === 0) return;
        for (const channel of reporting) report(channel);
        clock.setTimeout(sample, samplingMs);
      };
      const obey = ([command = 0, a = 0, b = 0, c = 0, d = 0]: readonly number[]) => {
        const channel = command & 0x0f;
        const isAnalog = channel < CHANNELS;
        if ((command & 0xf0) === 0xc0 && isAnalog) {
          if (a === 0) reporting.delete(channel);
          else {
            if (reporting.size === 0) clock.setTimeout(sample, samplingMs);
            reporting.add(channel);
            report(channel);
          }
        } else if ((command & 0xf0) === 0xe0) setPwm(channel, a | (b << 7));
        else if (command === 0xf4 && canDo(a, b)) pins[a] = { mode: b, value: 0 };
        else if (command === 0xf5 && pins[a]?.mode === MODE.output) pins[a] = { mode: MODE.output, value: b };
        else if (command === 0xf9) send(Uint8Array.of(0xf9, 2, 5));
        else if (command === 0xff) pins = reset();
        else if (command === 0xf0) obeySysex(a, b, c, d);
      };
      const obeySysex = (kind: number, a: number, b: number, c: number) => {
        const pin = pins[a];
        if (kind === 0x79) firmware();
        else if (kind === 0x6d) send(pin ? sysex(0x6e, a, pin.mode, ...sevenBits(pin.value)) : sysex(0x6e, a));
        else if (kind === 0x6f) setPwm(a, b | (c << 7));
        else if (kind === 0x7a) samplingMs = Math.max(1, a | (b << 7));
        else if (kind === 0x69) {
          const channels = Array.from({ length: PINS }, (_, i) => (i < FIRST_ANALOG ? 0x7f : i - FIRST_ANALOG));
          send(sysex(0x6a, ...channels));
        }
      };
      if (isBooting) {
        pins = reset();
        clock.setTimeout(() => {
          isBooting = false;
          send(Uint8Array.of(0xf9, 2, 5));
          firmware();
        }, bootMs);
      }
      return {
        receive(bytes) {
          if (isBooting) return;
          for (const message of splitter.push(bytes)) obey(message);
        },
        disconnect() {
          connected = false;
        },
      };
    },
  };
}
