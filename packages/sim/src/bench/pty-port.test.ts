import { once } from 'node:events';
import { closeSync, constants, openSync, readdirSync, readlinkSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { realClock } from '@daqtor/core';
import { afterEach, describe, expect, it } from 'vitest';
import { simulatedEsp301 } from '../instruments/esp301.ts';
import type { SimulatedInstrument } from '../instruments/simulated-instrument.ts';
import { ALL_BYTES, echoInstrument } from '../testing/echo-instrument.ts';
import { servePty } from './pty-port.ts';
import type { ServedInstrument } from './served-instrument.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function serve(instrument: SimulatedInstrument): Promise<ServedInstrument> {
  const served = await servePty(instrument);
  open.push(served);
  return served;
}

/** A host that opens the device as it finds it, without setting up the line. */
function hostAt({ address }: ServedInstrument) {
  const device = openSync(address.replace(/^serial:/, ''), constants.O_RDWR | constants.O_NOCTTY);
  const stream = new ReadStream(device);
  let heard = Buffer.alloc(0);
  const close = async () => {
    if (stream.destroyed) return;
    const closed = once(stream, 'close');
    stream.destroy();
    await closed;
    closeSync(device);
  };
  open.push({ close });
  return {
    close,
    stream,
    say: (bytes: Uint8Array) => void writeSync(device, bytes),
    async hear(length: number): Promise<Buffer> {
      while (heard.length < length) {
        const [bytes] = (await once(stream, 'data')) as [Buffer];
        heard = Buffer.concat([heard, bytes]);
      }
      stream.pause();
      const taken = heard.subarray(0, length);
      heard = heard.subarray(length);
      return taken;
    },
  };
}

/** Terminals that this process holds open; only Linux tells. */
function descriptorsOfTerminals(): string[] {
  if (process.platform !== 'linux') return [];
  const open: string[] = [];
  for (const descriptor of readdirSync('/proc/self/fd')) {
    try {
      const target = readlinkSync(`/proc/self/fd/${descriptor}`);
      if (/pts|ptmx/.test(target)) open.push(target);
    } catch {
      // The descriptor with which the folder itself was read is gone by now.
    }
  }
  return open;
}

describe.skipIf(process.platform === 'win32')('servePty', () => {
  it('carries every byte value there and back, unchanged', async () => {
    const served = await serve(echoInstrument());
    expect(served.address).toMatch(/^serial:\/dev\//);
    const host = hostAt(served);
    host.say(ALL_BYTES);
    expect(await host.hear(256)).toEqual(Buffer.from(ALL_BYTES));
  });

  it('lets a host talk to a motion controller', async () => {
    const host = hostAt(await serve(simulatedEsp301({ clock: realClock })));
    host.say(Buffer.from('1MO;1PA0.01;1WS;1DP?;1MD?\r'));
    expect((await host.hear(11)).toString()).toBe('0.0100\r\n1\r\n');
  });

  it('keeps the instrument when one host leaves and another comes', async () => {
    const served = await serve(simulatedEsp301({ clock: realClock }));
    const first = hostAt(served);
    first.say(Buffer.from('1VA2.5;1VA?\r'));
    await first.hear(8);
    await first.close();
    const second = hostAt(served);
    second.say(Buffer.from('1VA?\r'));
    expect((await second.hear(8)).toString()).toBe('2.5000\r\n');
  });

  it('keeps a long answer for a host that reads slowly, in order', async () => {
    const long = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251);
    const served = await serve({
      title: 'talker',
      connect: (transmit) => ({ receive: () => transmit(long), disconnect() {} }),
    });
    const host = hostAt(served);
    host.say(Buffer.from('x'));
    // Longer than the terminal's buffer takes: the instrument's end must find it full.
    await realClock.sleep(30);
    expect(Buffer.compare(await host.hear(long.length), long)).toBe(0);
  });

  it('hangs up on its host when unplugged', async () => {
    const served = await serve(echoInstrument());
    const host = hostAt(served);
    host.say(Buffer.from('x'));
    await host.hear(1);
    host.stream.resume();
    const hungUp = Promise.race([once(host.stream, 'end'), once(host.stream, 'error')]);
    await served.unplug();
    await hungUp.catch((error: unknown) => expect(error).toMatchObject({ code: 'EIO' }));
  });

  it('leaves nothing open once closed, even with a backlog nobody reads', async () => {
    const resources = () => ({
      active: process.getActiveResourcesInfo().filter((name) => /TTY|Timeout|FSReq|Process/.test(name)),
      descriptors: descriptorsOfTerminals(),
    });
    const before = resources();
    const served = await servePty({
      title: 'talker',
      connect: (transmit) => ({ receive: () => transmit(new Uint8Array(100_000)), disconnect() {} }),
    });
    const host = hostAt(served);
    host.say(Buffer.from('x'));
    await realClock.sleep(20);
    await served.close();
    await served.close();
    await host.close();
    const after = resources();
    // A timer of an earlier test may have run out meanwhile.
    expect(after.active.filter((name) => !before.active.includes(name))).toEqual([]);
    expect(after.descriptors).toEqual(before.descriptors);
  });
});
