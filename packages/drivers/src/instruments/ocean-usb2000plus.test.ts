import { VirtualClock } from '@daqtor/core';
import { describeDetectorDriver } from '@daqtor/core/testing';
import { memoryUsbPort, type OceanUsb2000PlusOptions, simulatedOceanUsb2000Plus } from '@daqtor/sim';
import { describe, expect, it } from 'vitest';
import { parseSlot, parseSpectrum, wavelengthsOf } from '../protocols/ocean-talk.ts';
import { testContext } from '../testing/scripted-port.ts';
import { oceanUsb2000plus } from './ocean-usb2000plus.ts';

const never = new AbortController().signal;

function spectrometer(options: Partial<OceanUsb2000PlusOptions> = {}) {
  const clock = new VirtualClock();
  const port = memoryUsbPort('spectrometer', simulatedOceanUsb2000Plus({ clock, ...options }), clock);
  const connect = (settings: { integrationMs?: number } = {}) =>
    oceanUsb2000plus({ port, ...settings }).connect(testContext(clock).context);
  return { clock, port, connect };
}

describeDetectorDriver('oceanUsb2000plus on USB in memory', async () => ({
  driver: await spectrometer().connect(),
  adjusted: { integrationMs: 20 },
}));

describe('oceanUsb2000plus', () => {
  it('gives counts over wavelengths by its own calibration', async () => {
    const driver = await spectrometer().connect({ integrationMs: 20 });
    const [spectrum, saturated] = await driver.grab(never);
    const counts = [...(spectrum?.data[0] ?? [])].map(Number);
    const peak = counts.indexOf(Math.max(...counts));
    expect(spectrum).toMatchObject({ name: 'spectrum', units: 'count', shape: [2048] });
    expect(spectrum?.axes[0]).toMatchObject({ label: 'wavelength', units: 'nm' });
    expect(Number(spectrum?.axes[0]?.data[peak])).toBeCloseTo(537.3, 0);
    expect(counts[peak]).toBeGreaterThan(4500);
    expect(counts[peak]).toBeLessThan(5700);
    expect([...(saturated?.data[0] ?? [])]).toEqual([0]);
    expect(driver.identity).toBe('Ocean Optics USB2000+, serial USB2+H00001');
  });

  it('takes another integration time while connected: more light, and more time', async () => {
    const { clock, connect } = spectrometer();
    const driver = await connect({ integrationMs: 10 });
    const brightest = async () => Math.max(...Array.from((await driver.grab(never))[0]?.data[0] ?? [], Number));
    const dim = await brightest();
    await driver.adjust?.apply({ integrationMs: 40 }, new Set(['integrationMs']), never);
    const start = clock.now();
    expect(await brightest()).toBeGreaterThan(2 * dim);
    expect(clock.now() - start).toBeGreaterThanOrEqual(40);
    expect(driver.grabMs?.()).toBe(40);
  });

  it('counts the pixels that are saturated', async () => {
    const driver = await spectrometer({ light: (nm) => (nm < 400 ? 1e5 : 0) }).connect({ integrationMs: 10 });
    const [spectrum, saturated] = await driver.grab(never);
    const full = [...(spectrum?.data[0] ?? [])].filter((count) => count === 65_535).length;
    expect(full).toBeGreaterThan(100);
    expect([...(saturated?.data[0] ?? [])]).toEqual([full]);
  });

  it('drops the spectrum that was given up, and gives one that was exposed after it', async () => {
    let light = 0;
    const { clock, connect } = spectrometer({ light: () => light });
    const driver = await connect({ integrationMs: 50 });
    light = 1000;
    const abort = new AbortController();
    const grab = driver.grab(abort.signal);
    await clock.sleep(10);
    abort.abort(new Error('enough'));
    await expect(grab).rejects.toThrow('enough');
    const given = clock.now();
    const mean = async () => {
      const [spectrum] = await driver.grab(never);
      const counts = [...(spectrum?.data[0] ?? [])].slice(30).map(Number);
      return counts.reduce((sum, count) => sum + count, 0) / counts.length;
    };
    expect(await mean()).toBeGreaterThan(50_000);
    expect(clock.now() - given).toBeGreaterThan(50);
  });

  it('begins anew after a program that left in the middle of a spectrum', async () => {
    const { port, connect } = spectrometer();
    const other = await port.openUsb({ class: 0xff }, { gone: () => undefined }, never);
    await other.send(0x01, Uint8Array.of(5, 0), 100);
    await other.send(0x01, Uint8Array.of(9), 100);
    await other.close();
    expect((await (await connect()).grab(never))[0]?.shape).toEqual([2048]);
  });

  it('says that it is gone when it is unplugged', async () => {
    const { port, connect } = spectrometer();
    const driver = await connect();
    const grab = driver.grab(never);
    port.unplug();
    await expect(grab).rejects.toMatchObject({ code: 'instrument.gone' });
    await expect(driver.grab(never)).rejects.toMatchObject({ code: 'instrument.gone' });
    await driver.close();
  });

  it('refuses what is no spectrum, no answer to its question, and no number', () => {
    const bytes = new Uint8Array(4097);
    expect(() => parseSpectrum(bytes)).toThrow('the last of them 69; 4097 came, the last 0');
    expect(() => parseSpectrum(bytes.subarray(0, 100))).toThrow('100 came');
    expect(() => parseSlot(Uint8Array.of(5, 2, 0x31), 1)).toThrow("slot 1 was answered with '\\x05\\x021'");
    expect(() => wavelengthsOf(['3.4e2', 'none'])).toThrow("'wavelength coefficient 1'");
  });
});
