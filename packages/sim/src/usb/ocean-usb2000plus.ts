import type { Clock } from '@daqtor/core';
import { createRandom } from '../physics/random.ts';
import { SimulatedUsbDevice, type UsbDeviceSide } from './simulated-usb-device.ts';

export interface OceanUsb2000PlusOptions {
  readonly clock: Clock;
  /** Light on a pixel: counts per millisecond at a wavelength in nm; default two lines on a faint continuum. */
  readonly light?: (nm: number) => number;
  /** Default `USB2+H00001`. */
  readonly serialNumber?: string;
  readonly seed?: number;
}

const PIXELS = 2048;
/** Pixels that are covered. */
const DARK_PIXELS = { from: 6, to: 21 };
const FULL_SCALE = 65_535;
const DARK_COUNTS = 1500;
const READ_NOISE = 8;
/** Wavelength in nm of a pixel: a polynomial, lowest power first. */
const WAVELENGTH = [339.24, 0.3758, -1.5e-5, -2.3e-9];
const START_US = 100_000;
const RANGE_US = { least: 1000, most: 65_535_000 };

const COMMANDS_OUT = 0x01;
const ANSWERS_IN = 0x81;
const SPECTRA_IN = 0x82;
const COMMAND = {
  initialise: 0x01,
  integrationTime: 0x02,
  information: 0x05,
  spectrum: 0x09,
  writeRegister: 0x6a,
  readRegister: 0x6b,
  status: 0xfe,
} as const;
const SYNC = 0x69;
const SATURATION_SLOT = 17;
/** Coefficients of a polynomial in slots 6 to 13, lowest power first, and its order: a detector that is linear. */
const NONLINEARITY = [1, 0, 0, 0, 0, 0, 0, 0];
const LOGIC_VERSION = { register: 0x04, value: 0x2000 };

/**
 * An Ocean Optics USB2000+ spectrometer.
 *
 * Source: the public driver python-seabreeze (commands, slots, registers, endpoints, the byte that ends a spectrum); from memory: that
 * spectra are taken one after the other while it is idle, so that a request ends with the exposure under way, the
 * exposures that are allowed, and the order of the status.
 */
export function simulatedOceanUsb2000Plus(options: OceanUsb2000PlusOptions): SimulatedUsbDevice {
  return new SimulatedUsbDevice(
    {
      vendorId: 0x2457,
      productId: 0x101e,
      maker: 'Ocean Optics',
      product: 'USB2000+',
      serialNumber: options.serialNumber ?? 'USB2+H00001',
      deviceClass: 0xff,
      interface: { class: 0xff, subclass: 0, protocol: 0 },
      endpoints: [COMMANDS_OUT, ANSWERS_IN, SPECTRA_IN, 0x86].map((address) => ({
        address,
        kind: 'bulk',
        packetBytes: 512,
      })),
    },
    (side) => behaviour(options, side),
  );
}

function behaviour(
  { clock, light = twoLines, serialNumber = 'USB2+H00001', seed = 1 }: OceanUsb2000PlusOptions,
  side: UsbDeviceSide,
) {
  const random = createRandom(seed, 'usb2000plus');
  const coefficients = (numbers: readonly number[]) => numbers.map((one) => one.toExponential(6));
  // After the serial number and the wavelengths: stray light.
  const slots = [serialNumber, ...coefficients(WAVELENGTH), '0', ...coefficients(NONLINEARITY), '7'];
  const registers = new Map<number, number>();
  let exposureUs = START_US;
  let startMs = clock.now();
  let exposing: ReturnType<Clock['setTimeout']> | undefined;
  const end = () => {
    if (exposing !== undefined) clock.clearTimeout(exposing);
    exposing = undefined;
  };

  const spectrum = (us: number): Uint8Array => {
    const bytes = new Uint8Array(2 * PIXELS + 1);
    const view = new DataView(bytes.buffer);
    for (let pixel = 0; pixel < PIXELS; pixel++) {
      const nm = WAVELENGTH.reduce((sum, coefficient, power) => sum + coefficient * pixel ** power, 0);
      const isDark = pixel >= DARK_PIXELS.from && pixel < DARK_PIXELS.to;
      const electrons = isDark ? 0 : random.poisson((light(nm) * us) / 1000);
      const counts = Math.round(DARK_COUNTS + electrons + READ_NOISE * random.normal());
      view.setUint16(2 * pixel, Math.min(FULL_SCALE, Math.max(0, counts)), true);
    }
    bytes[2 * PIXELS] = SYNC;
    return bytes;
  };

  /** The detector is read at the end of each exposure; the one that is under way is what is asked for. */
  const expose = () => {
    end();
    const us = exposureUs;
    const [now, ms] = [clock.now(), us / 1000];
    const endMs = startMs + ms * (Math.floor((now - startMs) / ms) + 1);
    exposing = clock.setTimeout(() => {
      exposing = undefined;
      side.send(SPECTRA_IN, spectrum(us));
    }, endMs - now);
  };

  return {
    received(endpoint: number, bytes: Uint8Array): boolean {
      if (endpoint !== COMMANDS_OUT) return false;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      switch (bytes[0]) {
        case COMMAND.initialise:
          end();
          side.flush(ANSWERS_IN);
          side.flush(SPECTRA_IN);
          exposureUs = START_US;
          startMs = clock.now();
          return true;
        case COMMAND.integrationTime: {
          const us = bytes.length >= 5 ? view.getUint32(1, true) : 0;
          // What it cannot do it does not tell.
          if (us < RANGE_US.least || us > RANGE_US.most) return true;
          exposureUs = us;
          startMs = clock.now();
          return true;
        }
        case COMMAND.information:
          side.send(ANSWERS_IN, information(bytes[1] ?? 0, slots));
          return true;
        case COMMAND.spectrum:
          expose();
          return true;
        case COMMAND.writeRegister:
          if (bytes.length >= 4) registers.set(view.getUint8(1), view.getUint16(2, true));
          return true;
        case COMMAND.readRegister: {
          const register = bytes[1] ?? 0;
          const { register: version, value } = LOGIC_VERSION;
          side.send(
            ANSWERS_IN,
            registerAnswer(register, register === version ? value : (registers.get(register) ?? 0)),
          );
          return true;
        }
        case COMMAND.status:
          side.send(ANSWERS_IN, status(exposureUs));
          return true;
        default:
          return true;
      }
    },
    detached() {
      end();
    },
  };
}

function information(slot: number, slots: readonly string[]): Uint8Array {
  const answer = new Uint8Array(17);
  answer.set([COMMAND.information, slot]);
  if (slot === SATURATION_SLOT) new DataView(answer.buffer).setUint16(6, FULL_SCALE, true);
  else for (const [at, char] of [...(slots[slot] ?? '')].slice(0, 15).entries()) answer[2 + at] = char.charCodeAt(0);
  return answer;
}

function registerAnswer(register: number, value: number): Uint8Array {
  return Uint8Array.of(register, value & 0xff, value >> 8);
}

function status(exposureUs: number): Uint8Array {
  const answer = new Uint8Array(16);
  const view = new DataView(answer.buffer);
  view.setUint16(0, PIXELS, true);
  view.setUint32(2, exposureUs, true);
  answer[14] = 0x80; // high speed
  return answer;
}

function twoLines(nm: number): number {
  const line = (centre: number, width: number) => Math.exp(-(((nm - centre) / width) ** 2));
  return 0.4 + 180 * line(537.3, 2) + 90 * line(760, 3);
}
