import { realClock } from '@daqtor/core';
import { expect, it, onTestFinished } from 'vitest';
import { simulatedKeithley2000 } from '../instruments/keithley2000.ts';
import { type UrbResult, UsbipClient } from '../testing/usbfs/usbip-client.ts';
import { serveUsbip } from './usbip-server.ts';
import { usbtmcInstrument } from './usbtmc-instrument.ts';

const METER = { vendorId: 0x05e6, productId: 0x2110, maker: 'Keithley', product: 'Meter', serialNumber: 'K1' };
const [OUT, IN] = [0x01, 0x82];
const [STALLED, OK] = [-32, 0];

async function served(count = 1) {
  const devices = Array.from({ length: count }, () =>
    usbtmcInstrument(simulatedKeithley2000({ clock: realClock, input: () => 1 }), METER),
  );
  const bus = await serveUsbip(devices);
  onTestFinished(() => bus.close());
  const { host, port } = bus;
  return {
    bus,
    attach: (busId = '1-1') => UsbipClient.import(host, port, busId),
    list: () => UsbipClient.list(host, port),
  };
}

const submit = (client: UsbipClient, endpoint: number, data: Buffer | number) =>
  new Promise<UrbResult>((resolve) => client.submit(endpoint, data, resolve));
const control = (client: UsbipClient, ...setup: number[]) =>
  new Promise<UrbResult>((resolve) => client.control(Buffer.from(setup), undefined, resolve));

/** Header and text of a message, as USBTMC has them. */
function message(text: string): Buffer {
  const padding = '\0'.repeat((4 - (text.length % 4)) % 4);
  return Buffer.concat([Buffer.of(1, 7, 248, 0, text.length, 0, 0, 0, 1, 0, 0, 0), Buffer.from(text + padding)]);
}
const WANTED = Buffer.of(2, 8, 247, 0, 0, 4, 0, 0, 0, 0, 0, 0);

it('lists what can be imported, and lends each device to one host at a time', async () => {
  const { attach, list } = await served(2);
  expect(await list()).toEqual([
    { busId: '1-1', id: '05e6:2110' },
    { busId: '1-2', id: '05e6:2110' },
  ]);
  const first = await attach();
  await expect(attach()).rejects.toThrow('the import of 1-1 was refused');
  await expect(attach('1-3')).rejects.toThrow('refused');
  (await attach('1-2')).close();
  first.close();
  await expect
    .poll(() =>
      attach().then(
        () => 'lent',
        () => 'refused',
      ),
    )
    .toBe('lent');
});

it('tells descriptors and texts, and stalls on those that it has not', async () => {
  const client = await (await served()).attach();
  const device = await control(client, 0x80, 6, 0, 1, 0, 0, 18, 0);
  expect(device.bytes.toString('hex')).toBe('12010002000000 40e605102100010102 0301'.replaceAll(' ', ''));
  const text = await control(client, 0x80, 6, 3, 3, 9, 4, 255, 0);
  expect(text.bytes.toString('utf16le', 2)).toBe('K1');
  expect((await control(client, 0x80, 6, 9, 3, 9, 4, 255, 0)).status).toBe(STALLED);
});

it('answers a question that waits for its transfer, or the other way round', async () => {
  const client = await (await served()).attach();
  for (const isEager of [true, false]) {
    const early = isEager ? submit(client, IN, 512) : undefined;
    await submit(client, OUT, message('*IDN?\n'));
    await submit(client, OUT, WANTED);
    const { status, bytes } = await (early ?? submit(client, IN, 512));
    expect([status, bytes.toString('latin1', 12)]).toEqual([0, expect.stringContaining('MODEL 2000')]);
    expect(bytes.length % 4).toBe(0);
  }
});

it('gives back a transfer that waits, and then has nothing to give back', async () => {
  const client = await (await served()).attach();
  const waiting = client.submit(IN, 512, () => expect.unreachable());
  const unlink = () => new Promise<boolean>((resolve) => client.unlink(waiting, resolve));
  expect(await unlink()).toBe(true);
  expect(await unlink()).toBe(false);
});

it('stalls on what is no message, until the host clears the halt', async () => {
  const client = await (await served()).attach();
  expect((await submit(client, OUT, Buffer.alloc(16))).status).toBe(STALLED);
  expect((await submit(client, OUT, message('*CLS\n'))).status).toBe(STALLED);
  await control(client, 2, 1, 0, 0, OUT, 0, 0, 0);
  expect((await submit(client, OUT, message('*CLS\n'))).status).toBe(OK);
});

it('is gone for its host when it is unplugged, until it is plugged in again', async () => {
  const { bus, attach, list } = await served();
  const client = await attach();
  const gone = new Promise<void>((resolve) => {
    client.onGone = resolve;
  });
  const waiting = submit(client, IN, 512);
  bus.unplug('1-1');
  await gone;
  expect((await waiting).status).toBe(-108);
  expect(await list()).toEqual([]);
  await expect(attach()).rejects.toThrow('refused');
  bus.replug('1-1');
  (await attach()).close();
});

it('reports an answer that was dropped, and one that was wanted where nothing was asked', async () => {
  const client = await (await served()).attach();
  const ask = async (text: string) => {
    await submit(client, OUT, message(text));
    await submit(client, OUT, WANTED);
    return (await submit(client, IN, 512)).bytes.toString('latin1', 12).replace(/\n.*/s, '');
  };
  await submit(client, OUT, message('*CLS\n'));
  await submit(client, OUT, message('*IDN?\n'));
  await control(client, 0x80, 8, 0, 0, 0, 0, 1, 0);
  expect(await ask(':SYST:ERR?\n')).toBe('-410,"Query interrupted"');
  await submit(client, OUT, WANTED);
  expect(await ask(':SYST:ERR?\n')).toBe('-420,"Query unterminated"');
  expect(await ask(':SYST:ERR?\n')).toBe('0,"No error"');
});
