import { EventEmitter } from 'node:events';
import type { WireEvents } from '@daqtor/core';
import { expect, it, vi } from 'vitest';
import { serialPort } from './serial-port.ts';

/** What the real port object does at its worst moments, which a pseudo-terminal does not show at will. */
class MoodyPort extends EventEmitter {
  static last: MoodyPort;
  isOpen = false;
  flushed = 0;
  constructor() {
    super();
    MoodyPort.last = this;
  }
  open(done: () => void) {
    this.isOpen = true;
    done();
  }
  /** Never calls back, as after a disconnect. */
  write() {}
  flush(done: () => void) {
    this.flushed++;
    done();
  }
  close(done: () => void) {
    this.isOpen = false;
    this.emit('error', new Error('Canceled'));
    this.emit('close', null);
    done();
    this.emit('close', null);
  }
}

vi.mock('serialport', () => ({ SerialPort: MoodyPort }));
vi.mock('node:worker_threads', () => ({ isMainThread: true }));

async function open() {
  const gone: Error[] = [];
  const events: WireEvents = { received: () => {}, gone: (cause) => gone.push(cause) };
  const wire = await serialPort('/dev/moody').open(events, new AbortController().signal);
  return { wire, gone, port: MoodyPort.last };
}

it('fails a write whose callback never comes as soon as the port is gone, and tells of it once', async () => {
  const { wire, gone, port } = await open();
  const write = wire.send(Uint8Array.of(1));
  const unplugged = new Error('bad file descriptor');
  port.isOpen = false;
  port.emit('close', unplugged);
  port.emit('close', null);
  await expect(write).rejects.toBe(unplugged);
  await expect(wire.send(Uint8Array.of(2))).rejects.toBe(unplugged);
  expect(gone).toEqual([unplugged]);
});

it('notices at the next write that the port is not open, if no event told of it', async () => {
  const { wire, gone, port } = await open();
  port.isOpen = false;
  await expect(wire.send(Uint8Array.of(1))).rejects.toThrow('not open');
  expect(gone).toHaveLength(1);
});

it('discards what is blocked before it closes, and tells nobody that the wire is gone', async () => {
  const { wire, gone, port } = await open();
  const write = wire.send(Uint8Array.of(1));
  const [, failed] = await Promise.allSettled([Promise.all([wire.close(), wire.close()]), write]);
  expect(failed.status).toBe('rejected');
  expect([port.flushed, gone.length]).toEqual([1, 0]);
});
