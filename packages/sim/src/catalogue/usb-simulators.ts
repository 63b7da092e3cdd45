import { simulatedOceanUsb2000Plus } from '../usb/ocean-usb2000plus.ts';
import type { SimulatedUsbDevice } from '../usb/simulated-usb-device.ts';
import { type UsbIdentity, usbtmcInstrument } from '../usb/usbtmc-instrument.ts';
import { type SimulatorOptions, simulators } from './simulators.ts';

/** A simulated USB device that can be had by its name. */
export interface UsbSimulator {
  readonly name: string;
  /** For people: the instrument, and what is connected to it. */
  readonly title: string;
  make(options: SimulatorOptions): SimulatedUsbDevice;
}

/**
 * Instruments without USB hang on an adapter from GPIB to USBTMC, whose ids these are (UsbGpib, an open design; from
 * memory). The ids of the others stand in public scripts.
 */
const ADAPTER = { vendorId: 0x03eb, productId: 0x2065, maker: 'Xyphro', product: 'GPIB to USBTMC adapter' };

const USBTMC: Readonly<Record<string, UsbIdentity>> = {
  hp34401a: { ...ADAPTER, serialNumber: 'GPIB22' },
  keithley2000: { ...ADAPTER, serialNumber: 'GPIB16' },
  keithley2400: { ...ADAPTER, serialNumber: 'GPIB24' },
  'rigol-ds1000z': {
    vendorId: 0x1ab1,
    productId: 0x04ce,
    maker: 'Rigol Technologies.',
    product: 'DS1000Z Series',
    serialNumber: 'DS1ZA170801234',
  },
  sr860: {
    vendorId: 0xb506,
    productId: 0x2000,
    maker: 'Stanford Research Systems',
    product: 'SR860',
    serialNumber: '003412',
  },
};

/** All simulated instruments that can be on USB, by name. */
export const usbSimulators: readonly UsbSimulator[] = [
  ...simulators.flatMap(({ name, title, make }): UsbSimulator[] => {
    const identity = USBTMC[name];
    return identity
      ? [{ name, title, make: (options) => usbtmcInstrument(make({ ...options, interface: 'gpib' }), identity) }]
      : [];
  }),
  {
    name: 'ocean-usb2000plus',
    title: 'Ocean Optics USB2000+ spectrometer, two lines at 537 and 760 nm',
    make: (options) => simulatedOceanUsb2000Plus(options),
  },
];
