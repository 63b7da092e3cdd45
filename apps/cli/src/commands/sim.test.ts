import { once } from 'node:events';
import { connect } from 'node:net';
import { lab } from '@daqtor/core';
import { keithley2000 } from '@daqtor/drivers';
import { simulators, usbSimulators } from '@daqtor/sim';
import { UsbipClient } from '@daqtor/sim/testing';
import { expect, test } from 'vitest';
import { runInMemory } from '../testing/run-in-memory.ts';
import { whileServing } from '../testing/while-serving.ts';

/** Asks who is there, and how many pieces the answer came in. */
async function identify(address: string): Promise<{ text: string; pieces: number }> {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  let [text, pieces] = ['', 0];
  socket.on('data', (bytes) => {
    text += String(bytes);
    pieces++;
  });
  socket.write('*IDN?\n');
  await expect.poll(() => text).toContain('\n');
  socket.destroy();
  return { text, pieces };
}

test('an instrument is served on TCP until Ctrl-C, then the port is free', async () => {
  let address = '';
  const { code } = await whileServing(['sim', 'keithley2000', '--tcp', '0', '--json'], async (out) => {
    address = JSON.parse(out).addresses[0];
    expect((await identify(address)).text).toContain('MODEL 2000');
    await using bench = await lab({ meter: keithley2000({ port: address, nplc: 0.1 }) });
    expect((await bench.meter.grab()).data[0]?.units).toBe('V');
  });
  expect(code).toBe(0);
  await expect(identify(address)).rejects.toThrow('ECONNREFUSED');
});

test('the same instrument can be on a pseudo-terminal too, and the text says where', async () => {
  await whileServing(['sim', 'keithley2400', '--tcp', '0', '--pty'], async (out) => {
    expect(out).toMatch(/1 kΩ.*\n {2}tcp:\/\/127\.0\.0\.1:\d+\n {2}serial:\/dev\/.*\nCtrl-C ends it\.\n$/);
  });
});

test('faults that are asked for are on the wire', async () => {
  await whileServing(['sim', 'sr860', '--tcp', '0', '--json', '--fragment', '1', '--baud', '2400'], async (out) => {
    const { text, pieces } = await identify(JSON.parse(out).addresses[0]);
    expect(text).toContain('SR860');
    expect(pieces).toBeGreaterThan(3);
  });
});

test('a USB device is served by USB/IP, and the text says how it is plugged in', async () => {
  await whileServing(['rigol-ds1000z', '--usbip', '0'], async (out) => {
    expect(out).toMatch(
      /usb:\/\/1AB1:04CE\/DS1ZA170801234, after: .* usbip --tcp-port \d+ attach --remote 127\.0\.0\.1 --busid 1-1\n/,
    );
  });
  await whileServing(['ocean-usb2000plus', '--usbip', '0', '--json'], async (out) => {
    const { addresses, usbip } = JSON.parse(out);
    expect(addresses).toEqual(['usb://2457:101E/USB2%2BH00001']);
    expect(await UsbipClient.list(usbip.host, usbip.port)).toEqual([{ busId: usbip.busId, id: '2457:101e' }]);
  });
});

test('the list has every simulator, also for programs', async () => {
  const { code, out } = await runInMemory(['sim', '--list']);
  expect(code).toBe(0);
  for (const { name } of simulators) expect(out).toContain(`${name} `);
  expect(JSON.parse((await runInMemory(['sim', '--list', '--json'])).out)).toHaveLength(simulators.length + 1);
  expect(out).toContain(usbSimulators.at(-1)?.name);
});

test.each([
  [['sim'], 'say which: esp301'],
  [['sim', 'keithley'], "there is no simulator 'keithley'"],
  [['sim', 'sr830'], 'say where'],
  [['sim', 'sr830', '--tcp', '70000'], "--tcp takes a number, from 0 to 65535, not '70000'"],
  [['sim', 'ocean-usb2000plus', '--tcp', '0'], 'ocean-usb2000plus has no such wire: use --usbip PORT'],
  [['sim', 'esp301', '--usbip', '0'], 'esp301 has no such wire: use --tcp PORT or --pty'],
  [['sim', 'sr860', '--usbip', '0', '--drop', '0.1'], '--usbip goes alone: it takes no --drop'],
  [['sim', 'sr830', '--pty', '--drop', '2'], '--drop takes a number, from 0 to 1'],
])('a call that cannot be meant is refused: %j', async (argv, says) => {
  const { code, err } = await runInMemory(argv);
  expect([code, err]).toEqual([2, expect.stringContaining(says)]);
});
