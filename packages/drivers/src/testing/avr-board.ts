import type { Clock, TimerHandle, WireEvents, WirePort } from '@daqtor/core';
import {
  AVREEPROM,
  AVRIOPort,
  AVRTimer,
  AVRUSART,
  avrInstruction,
  CPU,
  EEPROMMemoryBackend,
  eepromConfig,
  portBConfig,
  portCConfig,
  portDConfig,
  timer0Config,
  timer1Config,
  timer2Config,
  usart0Config,
} from 'avr8js';

const HERTZ = 16e6;
const FLASH_BYTES = 32_768;
const EEPROM_BYTES = 1024;
const SLICE_MS = 1;
/** The high and the low byte of OCR1A. */
const OCR1A = { high: 0x89, low: 0x88 } as const;

/**
 * An Arduino Uno that runs a firmware, instruction by instruction, in injected time: its serial port is the wire. Opening it resets it.
 * All inputs are high, as their pull-ups make them.
 *
 * Source: avr8js. It never fires a compare at OCR1A = 0, where the chip does after a turn of its counter; so the register begins at
 * 4095.
 *
 * @param hex - the firmware, in Intel's format
 */
export function avrBoard(hex: string, clock: Clock): WirePort {
  const program = readHex(hex);
  return {
    address: 'memory:arduino',
    async open(events: WireEvents, signal) {
      signal.throwIfAborted();
      const board = start(program, clock, events);
      return {
        async send(bytes) {
          board.receive(bytes);
        },
        close: async () => board.stop(),
      };
    },
  };
}

function start(program: Uint16Array, clock: Clock, events: WireEvents) {
  const cpu = new CPU(program.slice());
  for (const config of [portBConfig, portCConfig, portDConfig]) {
    const port = new AVRIOPort(cpu, config);
    for (let pin = 0; pin < 8; pin++) port.setPin(pin, true);
  }
  for (const config of [timer0Config, timer1Config, timer2Config]) new AVRTimer(cpu, config);
  new AVREEPROM(cpu, new EEPROMMemoryBackend(EEPROM_BYTES), eepromConfig);
  cpu.writeData(OCR1A.high, 0x0f);
  cpu.writeData(OCR1A.low, 0xff);
  const usart = new AVRUSART(cpu, usart0Config, HERTZ);
  const waiting: number[] = [];
  /** The port takes a byte when the one before it was received, at its baud rate. */
  const feed = () => {
    const [next] = waiting;
    if (next !== undefined && usart.writeByte(next)) waiting.shift();
  };
  usart.onRxComplete = feed;
  let said: number[] = [];
  usart.onByteTransmit = (byte) => void said.push(byte);
  let timer: TimerHandle | undefined;
  const slice = () => {
    const end = cpu.cycles + (SLICE_MS * HERTZ) / 1000;
    feed();
    while (cpu.cycles < end) {
      avrInstruction(cpu);
      cpu.tick();
    }
    timer = clock.setTimeout(slice, SLICE_MS);
    if (said.length === 0) return;
    const bytes = Uint8Array.from(said);
    said = [];
    events.received(bytes);
  };
  timer = clock.setTimeout(slice, SLICE_MS);
  return {
    receive: (bytes: Uint8Array) => void waiting.push(...bytes),
    stop: () => {
      if (timer !== undefined) clock.clearTimeout(timer);
    },
  };
}

/** @returns the flash, as words */
function readHex(text: string): Uint16Array {
  const flash = new Uint8Array(FLASH_BYTES).fill(0xff);
  for (const [, length = '', address = '', data = ''] of text.matchAll(/^:(..)(....)00((?:..)*)..\s*$/gm)) {
    const bytes = Uint8Array.from(data.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
    flash.set(bytes.subarray(0, Number.parseInt(length, 16)), Number.parseInt(address, 16));
  }
  return new Uint16Array(flash.buffer);
}
