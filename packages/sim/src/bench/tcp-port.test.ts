import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ALL_BYTES, echoInstrument } from '../testing/echo-instrument.ts';
import { serveTcp } from './tcp-port.ts';

async function hostAt(address: string): Promise<Socket> {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  return socket;
}

async function hear(socket: Socket, length: number): Promise<Buffer> {
  let heard = Buffer.alloc(0);
  while (heard.length < length) {
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    heard = Buffer.concat([heard, bytes]);
  }
  return heard;
}

describe('serveTcp', () => {
  it('carries every byte value, to each of several hosts its own', async () => {
    const served = await serveTcp(echoInstrument());
    expect(served.address).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
    const [first, second] = [await hostAt(served.address), await hostAt(served.address)];
    first.write(ALL_BYTES);
    second.write('second');
    expect(await hear(first, 256)).toEqual(Buffer.from(ALL_BYTES));
    expect((await hear(second, 6)).toString()).toBe('second');
    await served.close();
  });

  it('ends the session of a host that leaves', async () => {
    const echo = echoInstrument();
    const served = await serveTcp(echo);
    const host = await hostAt(served.address);
    host.write('x');
    await hear(host, 1);
    expect(echo.hosts).toBe(1);
    host.destroy();
    const last = await hostAt(served.address);
    last.write('x');
    await hear(last, 1);
    expect(echo.hosts).toBe(1);
    await served.close();
    expect(echo.hosts).toBe(0);
  });

  it('cuts its hosts off when unplugged and lets nobody in', async () => {
    const served = await serveTcp(echoInstrument());
    const host = await hostAt(served.address);
    const cut = once(host, 'error');
    host.write('x');
    await hear(host, 1);
    await served.unplug();
    expect((await cut)[0]).toMatchObject({ code: 'ECONNRESET' });
    await expect(hostAt(served.address)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('leaves nothing open once closed, however often', async () => {
    const open = () => process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP'));
    const served = await serveTcp(echoInstrument());
    const host = await hostAt(served.address);
    const ended = once(host.resume(), 'close');
    await served.close();
    await served.close();
    await ended;
    expect(open()).toEqual([]);
  });

  it('says what to do when the port is taken', async () => {
    const served = await serveTcp(echoInstrument());
    const port = Number(new URL(served.address).port);
    await expect(serveTcp(echoInstrument(), { port })).rejects.toMatchObject({
      code: 'instrument.connect',
      message: expect.stringMatching(
        /could not listen on 127\.0\.0\.1:\d+: .*EADDRINUSE.*\. Choose another port, or 0 for any that is free\.$/,
      ),
    });
    await served.close();
  });
});
