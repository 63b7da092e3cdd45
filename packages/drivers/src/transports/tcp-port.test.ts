import { createServer, type Server, type Socket } from 'node:net';
import { realClock, type WireEvents } from '@daqtor/core';
import { afterEach, expect, it } from 'vitest';
import { testContext } from '../testing/scripted-port.ts';
import { toBytes, toText } from './bytes.ts';
import { openLink } from './link.ts';
import { tcpPort } from './tcp-port.ts';

const never = new AbortController().signal;
const deaf: WireEvents = { received: () => {}, gone: () => {} };
const servers: { server: Server; sockets: Set<Socket> }[] = [];

/** A server whose side of each connection the test plays. */
async function serve(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  servers.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

afterEach(async () => {
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

it('asks and gets its answer', async () => {
  const port = await serve((socket) => socket.on('data', (bytes) => socket.write(`${bytes.toString().trim()}!\n`)));
  const { context } = testContext(realClock);
  const link = await openLink(context, `tcp://127.0.0.1:${port}`);
  const answer = await link.exchange(async (io) => {
    await io.write('X?\n');
    return io.readUntil('\n');
  }, never);
  expect(toText(answer)).toBe('X?!');
  await link.close();
});

it.each(['end', 'resetAndDestroy'] as const)('tells within a request that the other side is gone (%s)', async (how) => {
  const port = await serve((socket) => socket.on('data', () => socket[how]()));
  const { context } = testContext(realClock);
  const link = await openLink(context, `tcp://127.0.0.1:${port}`, { timeoutMs: 60_000 });
  const ask = () =>
    link.exchange(async (io) => {
      await io.write('X?\n');
      return io.readUntil('\n');
    }, never);
  await expect(ask()).rejects.toMatchObject({ code: 'instrument.gone' });
  await expect(ask()).rejects.toMatchObject({ code: 'instrument.gone' });
  await link.close();
});

it('refuses to send once the other side is gone, and tells of it once', async () => {
  const causes: Error[] = [];
  const port = await serve((socket) => socket.end());
  const events = { received: () => {}, gone: (cause: Error) => causes.push(cause) };
  const wire = await tcpPort('127.0.0.1', port).open(events, never);
  await expect.poll(() => causes.length).toBe(1);
  await expect(wire.send(toBytes('MOVE 100\n'))).rejects.toThrow('the other side closed the connection');
  await wire.close();
  await wire.close();
  expect(causes).toHaveLength(1);
});

it('says that nothing listens where the connection is refused', async () => {
  const port = await serve(() => {});
  const { server } = servers.splice(0)[0] ?? {};
  await new Promise((resolve) => server?.close(resolve));
  await expect(tcpPort('127.0.0.1', port).open(deaf, never)).rejects.toMatchObject({
    code: 'instrument.connect',
    problem: expect.stringContaining(`tcp://127.0.0.1:${port} could not be opened`),
    advice: expect.stringContaining('nothing listens on this port'),
  });
});

it('says what to do about a host that nobody knows', async () => {
  await expect(tcpPort('meter.invalid', 5025).open(deaf, never)).rejects.toMatchObject({
    code: 'instrument.connect',
    advice: expect.stringContaining('IP address'),
  });
});

it('can be aborted while connecting', async () => {
  const abort = new AbortController();
  const opening = tcpPort('127.0.0.1', await serve(() => {})).open(deaf, abort.signal);
  abort.abort(new Error('enough'));
  await expect(opening).rejects.toThrow('enough');
});

it('closes without telling that the wire is gone', async () => {
  let gone = 0;
  let ended = false;
  const port = await serve((socket) => socket.on('close', () => (ended = true)).resume());
  const wire = await tcpPort('127.0.0.1', port).open({ received: () => {}, gone: () => gone++ }, never);
  await Promise.all([wire.close(), wire.close()]);
  await expect(wire.send(toBytes('late'))).rejects.toThrow('was closed');
  await expect.poll(() => ended).toBe(true);
  expect(gone).toBe(0);
});
