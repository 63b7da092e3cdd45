import { VirtualClock } from '@daqtor/core';
import { beforeEach, expect, it } from 'vitest';
import { simulatedKeithley2000 } from '../instruments/keithley2000.ts';
import { simulatedSr860 } from '../instruments/sr860.ts';
import type { SimulatedUsbDevice } from './simulated-usb-device.ts';
import { usbtmcInstrument } from './usbtmc-instrument.ts';
import { MESSAGE, REQUEST } from './usbtmc-messages.ts';

const IDENTITY = { vendorId: 0x05e6, productId: 0x2110, maker: 'M', product: 'P', serialNumber: '1' };
let clock: VirtualClock;
let device: SimulatedUsbDevice;

beforeEach(() => {
  clock = new VirtualClock();
  device = usbtmcInstrument(simulatedKeithley2000({ clock, input: () => 1.25 }), IDENTITY);
});

async function tell(text: string) {
  const message = new Uint8Array(12 + text.length);
  message.set([MESSAGE.out, 1, 0xfe, 0, text.length, 0, 0, 0, 1]);
  message.set(
    Array.from(text, (char) => char.charCodeAt(0)),
    12,
  );
  device.out(0x01, message);
  await clock.sleep(1);
}

/** All that waits on the interrupt endpoint. */
function notices() {
  const found: number[][] = [];
  for (;;) {
    const before = found.length;
    const takeBack = device.in(0x83, 8, (outcome) => {
      if (!outcome.stalled) found.push([...outcome.bytes]);
    });
    if (found.length === before) {
      takeBack();
      return found;
    }
  }
}

const statusByte = () => {
  device.control({ type: 'class', request: REQUEST.readStatusByte, value: 2, index: 0, length: 3 });
  return notices();
};

it('requests service once when a reason that is enabled comes up, and again after it was gone', async () => {
  await tell('*CLS;*ESE 32;*SRE 32\n');
  expect(notices()).toEqual([]);
  await tell('BAD\n');
  await tell('BAD\n');
  expect(notices()).toEqual([[0x81, 0x64]]);
  await tell('*CLS\n');
  await tell('BAD\n');
  expect(notices()).toEqual([[0x81, 0x64]]);
});

it('requests no service for what is not enabled, and for what was there once that is enabled', async () => {
  await tell('*CLS\n');
  await tell('BAD\n');
  expect(notices()).toEqual([]);
  await tell('*SRE 4\n');
  expect(notices()).toEqual([[0x81, 0x44]]);
});

it('requests service when an operation is complete, long after the message', async () => {
  await tell('*RST;*CLS;*ESE 1;*SRE 32;:SAMP:COUN 5;:INIT;*OPC\n');
  expect(notices()).toEqual([]);
  await clock.sleep(10_000);
  expect(notices()).toEqual([[0x81, 0x60]]);
});

it('requests service when an answer is there, and sums it up in the status byte', async () => {
  await tell('*CLS;*SRE 16\n');
  await tell('*IDN?\n');
  expect(notices()).toEqual([[0x81, 0x50]]);
  expect(statusByte()).toEqual([[0x82, 0x50]]);
});

it('tells a status byte of lock-ins too, which know nothing of SCPI', async () => {
  device = usbtmcInstrument(simulatedSr860({ clock }), IDENTITY);
  await tell('*CLS;*ESE 32;*SRE 32\n');
  await tell('NONSENSE\n');
  expect(notices()).toEqual([[0x81, 0x60]]);
  expect(statusByte()).toEqual([[0x82, 0x60]]);
});
