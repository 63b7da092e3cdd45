import { VirtualClock, type Wire, type WirePort } from '@daqtor/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { simulatedEsp301 } from '../instruments/esp301.ts';
import { textBytes } from '../instruments/line-splitter.ts';
import { ALL_BYTES, echoInstrument } from '../testing/echo-instrument.ts';
import { type MemoryPort, memoryPort } from './memory-port.ts';

const never = new AbortController().signal;
let clock: VirtualClock;
let pieces: Uint8Array[];
let gone: Error[];

beforeEach(() => {
  clock = new VirtualClock();
  pieces = [];
  gone = [];
});

function open(port: WirePort): Promise<Wire> {
  return port.open({ received: (bytes) => pieces.push(bytes), gone: (cause) => gone.push(cause) }, never);
}

const text = () => pieces.map((piece) => String.fromCharCode(...piece)).join('');

describe('memoryPort', () => {
  it('carries every byte value, there and back', async () => {
    const wire = await open(memoryPort('echo', echoInstrument(), clock));
    await wire.send(ALL_BYTES);
    await clock.sleep(1);
    expect(pieces).toEqual([ALL_BYTES]);
  });

  it('never delivers from within send, and takes a copy of what is sent', async () => {
    const wire = await open(memoryPort('echo', echoInstrument(), clock));
    const bytes = textBytes('ab');
    const sent = wire.send(bytes);
    bytes.fill(0);
    expect(pieces).toEqual([]);
    await sent;
    await clock.sleep(1);
    expect(text()).toBe('ab');
  });

  it('takes the latency in each direction', async () => {
    const wire = await open(memoryPort('echo', echoInstrument(), clock, { latencyMs: 5 }));
    await wire.send(textBytes('a'));
    await clock.sleep(9.9);
    expect(text()).toBe('');
    await clock.sleep(0.2);
    expect(text()).toBe('a');
  });

  it('cuts answers into pieces of the length asked for', async () => {
    const wire = await open(memoryPort('echo', echoInstrument(), clock, { fragmentBytes: 2 }));
    await wire.send(textBytes('abcde'));
    await clock.sleep(1);
    expect(pieces.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(text()).toBe('abcde');
  });

  it('lets an instrument understand a dialogue that is cut at any byte', async () => {
    const dialogue = '1MO;1SL-2;1SL?;1PA0.25;1PA?;XX;TB?\r';
    for (let at = 1; at < dialogue.length; at++) {
      pieces = [];
      const wire = await open(
        memoryPort('stage', simulatedEsp301({ clock: new VirtualClock() }), clock, { fragmentBytes: 1 }),
      );
      await wire.send(textBytes(dialogue.slice(0, at)));
      await clock.sleep(1);
      await wire.send(textBytes(dialogue.slice(at)));
      await clock.sleep(1);
      expect(text()).toBe('-2.0000\r\n0.2500\r\n6, 0, COMMAND DOES NOT EXIST\r\n');
    }
  });

  it('has one owner at a time', async () => {
    const port = memoryPort('echo', echoInstrument(), clock);
    const wire = await open(port);
    await expect(open(port)).rejects.toThrow(/memory:echo is already open/);
    await wire.close();
    await open(port);
  });

  it('does not open for someone who has already given up', async () => {
    const echo = echoInstrument();
    const reason = new Error('changed my mind');
    const port = memoryPort('echo', echo, clock);
    await expect(port.open({ received() {}, gone() {} }, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(echo.hosts).toBe(0);
  });

  it('delivers nothing after close, in neither direction, and refuses to send', async () => {
    const echo = echoInstrument();
    const wire = await open(memoryPort('echo', echo, clock, { latencyMs: 1 }));
    await wire.send(textBytes('a'));
    await wire.close();
    await wire.close();
    await clock.sleep(10);
    expect(text()).toBe('');
    expect(echo.hosts).toBe(0);
    await expect(wire.send(textBytes('b'))).rejects.toThrow(/not open any more/);
  });
});

describe('unplugging', () => {
  let port: MemoryPort;
  let wire: Wire;
  const echo = echoInstrument();
  beforeEach(async () => {
    port = memoryPort('echo', echo, clock, { latencyMs: 1 });
    wire = await open(port);
  });

  it('loses what is under way and tells the owner once', async () => {
    await wire.send(textBytes('a'));
    port.unplug();
    port.unplug();
    expect(gone).toEqual([]);
    await clock.sleep(10);
    expect(text()).toBe('');
    expect(gone.map(({ message }) => message)).toEqual(['memory:echo was unplugged']);
    expect(echo.hosts).toBe(0);
  });

  it('does not tell an owner who has closed meanwhile', async () => {
    port.unplug();
    await wire.close();
    await clock.sleep(10);
    expect(gone).toEqual([]);
  });

  it('opens again after a replug only, and never delivers what the old wire was given', async () => {
    port.unplug();
    await expect(wire.send(textBytes('old'))).rejects.toThrow(/not open any more/);
    await expect(open(port)).rejects.toThrow(/memory:echo is unplugged/);
    port.replug();
    const next = await open(port);
    await next.send(textBytes('new'));
    await clock.sleep(10);
    expect(text()).toBe('new');
  });
});
