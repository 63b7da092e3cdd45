import { DaqtorError, type UsbInterface } from '@daqtor/core';
import { readable, toText } from '../transports/bytes.ts';
import { raceAborts } from '../transports/race-aborts.ts';
import { asciiNumber } from './ascii-number.ts';

const COMMANDS_OUT = 0x01;
const ANSWERS_IN = 0x81;
const SPECTRA_IN = 0x82;
const PACKET_BYTES = 512;
/** 2048 pixels of two bytes, and one that ends them. */
const PIXELS = 2048;
const SPECTRUM_BYTES = 2 * PIXELS + 1;
const SYNC = 0x69;

const COMMAND = { initialise: 0x01, integrationTime: 0x02, information: 0x05, spectrum: 0x09 } as const;
const PROMPT_MS = 1000;
/** What is under way comes at once, or not at all. */
const LEFTOVER_MS = 20;
const MOST_LEFTOVERS = 64;

/**
 * The language of Ocean Optics' spectrometers before OBP: one-letter commands on a bulk endpoint, answers and spectra on
 * two others.
 *
 * Source: the public driver python-seabreeze (pyseabreeze/protocol.py, devices.py).
 */
export class OceanTalk {
  readonly #usb: UsbInterface;
  readonly #address: string;
  /** A spectrum that was asked for: the next one may only be asked for after it. */
  #underWay: Promise<unknown> = Promise.resolve();
  #integrationMs = 100;

  constructor(usb: UsbInterface, address: string) {
    this.#usb = usb;
    this.#address = address;
  }

  /** Begins anew, and drops what an earlier program has left. */
  async initialise(): Promise<void> {
    await this.#send(Uint8Array.of(COMMAND.initialise));
    for (const endpoint of [ANSWERS_IN, SPECTRA_IN]) {
      for (let packets = 0; packets < MOST_LEFTOVERS; packets++) {
        if (typeof (await this.#usb.receive(endpoint, PACKET_BYTES, LEFTOVER_MS)) === 'string') break;
      }
    }
  }

  /** Text that the spectrometer keeps: 0 its serial number, 1 to 4 the wavelengths. */
  async slot(slot: number): Promise<string> {
    await this.#send(Uint8Array.of(COMMAND.information, slot));
    const answer = await this.#usb.receive(ANSWERS_IN, PACKET_BYTES, PROMPT_MS);
    if (typeof answer === 'string') throw this.#silent(`the question for slot ${slot}`, PROMPT_MS);
    return parseSlot(answer, slot);
  }

  /** @param ms - whole microseconds */
  async setIntegration(ms: number): Promise<void> {
    const command = new Uint8Array(5);
    command[0] = COMMAND.integrationTime;
    new DataView(command.buffer).setUint32(1, Math.round(ms * 1000), true);
    await this.#send(command);
    this.#integrationMs = ms;
  }

  /**
   * Asks for a spectrum and waits for it. One that was given up is waited for first: it cannot be taken back.
   *
   * @returns counts, shape `[2048]`
   */
  spectrum(signal: AbortSignal): Promise<Uint16Array> {
    return raceAborts([signal], async () => {
      await this.#underWay;
      signal.throwIfAborted();
      const asked = this.#ask();
      this.#underWay = asked.catch(() => undefined);
      return asked;
    });
  }

  async #ask(): Promise<Uint16Array> {
    await this.#send(Uint8Array.of(COMMAND.spectrum));
    // It may have begun an exposure just now.
    const waitMs = 2 * this.#integrationMs + PROMPT_MS;
    const first = await this.#usb.receive(SPECTRA_IN, PACKET_BYTES, waitMs);
    if (typeof first === 'string') throw this.#silent('the request for a spectrum', waitMs);
    const rest = await this.#usb.receive(SPECTRA_IN, SPECTRUM_BYTES - 1, PROMPT_MS);
    if (typeof rest === 'string') throw this.#silent('the request for a spectrum in full', PROMPT_MS);
    return parseSpectrum(Uint8Array.of(...first, ...rest));
  }

  async #send(command: Uint8Array): Promise<void> {
    const outcome = await this.#usb.send(COMMANDS_OUT, command, PROMPT_MS);
    if (outcome !== 'sent') throw this.#silent(`command ${command[0]}`, PROMPT_MS);
  }

  #silent(what: string, ms: number): DaqtorError {
    return new DaqtorError('instrument.timeout', {
      problem: `${this.#address} did not answer ${what} within ${ms} ms`,
      advice: 'Unplug the spectrometer and plug it in again, and close other programs that use it',
    });
  }
}

/** @throws DaqtorError `instrument.protocol` if it is not the answer for that slot */
export function parseSlot(answer: Uint8Array, slot: number): string {
  if (answer[0] !== COMMAND.information || answer[1] !== slot) {
    throw new DaqtorError('instrument.protocol', {
      problem: `the question for slot ${slot} was answered with '${readable(answer, 17)}'`,
      advice: 'Close other programs that talk to the spectrometer, then connect again',
    });
  }
  return toText(answer.subarray(2)).replace(/\0.*$/s, '').trim();
}

/**
 * @param coefficients - of a polynomial in the number of the pixel, lowest power first, as the slots have them
 * @returns wavelengths in nm, shape `[2048]`
 * @throws DaqtorError `instrument.protocol` for one that is no number
 */
export function wavelengthsOf(coefficients: readonly string[]): Float64Array {
  const numbers = coefficients.map((text, power) => asciiNumber(text, `wavelength coefficient ${power}`));
  return Float64Array.from({ length: PIXELS }, (_, pixel) =>
    numbers.reduce((sum, coefficient, power) => sum + coefficient * pixel ** power, 0),
  );
}

/**
 * @returns counts, shape `[2048]`
 * @throws DaqtorError `instrument.protocol` for anything but a whole spectrum
 */
export function parseSpectrum(bytes: Uint8Array): Uint16Array {
  if (bytes.length !== SPECTRUM_BYTES || bytes[SPECTRUM_BYTES - 1] !== SYNC) {
    throw new DaqtorError('instrument.protocol', {
      problem: `a spectrum has ${SPECTRUM_BYTES} bytes, the last of them 69; ${bytes.length} came, the last ${bytes.at(-1)?.toString(16)}`,
      advice: 'Connect the spectrometer again; check cable and hub if that happens often',
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Uint16Array.from({ length: PIXELS }, (_, pixel) => view.getUint16(2 * pixel, true));
}
