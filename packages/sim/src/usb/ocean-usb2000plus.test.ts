import { VirtualClock } from '@daqtor/core';
import { describe, expect, it } from 'vitest';
import { memoryUsbPort } from './memory-usb-port.ts';
import { simulatedOceanUsb2000Plus } from './ocean-usb2000plus.ts';

const never = new AbortController().signal;

async function spectrometer() {
  const clock = new VirtualClock();
  const port = memoryUsbPort('spectrometer', simulatedOceanUsb2000Plus({ clock }), clock);
  const usb = await port.openUsb({ class: 0xff }, { gone: () => undefined }, never);
  const tell = (...command: number[]) => usb.send(0x01, Uint8Array.from(command), 100);
  const ask = async (...command: number[]) => {
    await tell(...command);
    const answer = await usb.receive(0x81, 512, 100);
    return typeof answer === 'string' ? answer : [...answer];
  };
  const slot = async (number: number) => {
    const answer = await ask(0x05, number);
    return typeof answer === 'string' ? answer : String.fromCharCode(...answer.slice(2)).replace(/\0.*$/s, '');
  };
  return { ask, tell, slot };
}

describe('the simulated USB2000+', () => {
  it('tells the version of its logic, by which a Flame-S would be told from it', async () => {
    const { ask } = await spectrometer();
    const [register, low, high] = await ask(0x6b, 0x04);
    expect(register).toBe(0x04);
    expect(((Number(high) << 8) | Number(low)) >> 12).toBeLessThan(3);
  });

  it('keeps what is written to a register, but not a version', async () => {
    const { ask, tell } = await spectrometer();
    const version = await ask(0x6b, 0x04);
    await tell(0x6a, 0x0c, 0x34, 0x12);
    await tell(0x6a, 0x04, 0xff, 0xff);
    expect(await ask(0x6b, 0x0c)).toEqual([0x0c, 0x34, 0x12]);
    expect(await ask(0x6b, 0x04)).toEqual(version);
  });

  it('has coefficients of nonlinearity: those of a detector that is linear', async () => {
    const { slot } = await spectrometer();
    expect(await slot(14)).toBe('7');
    const coefficients: number[] = [];
    for (let number = 6; number <= 13; number++) coefficients.push(Number(await slot(number)));
    expect(coefficients).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
  });
});
