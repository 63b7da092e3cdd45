import { VirtualClock } from '@daqtor/core';
import { expect, it } from 'vitest';
import { memoryPort } from '../bench/memory-port.ts';
import { ALL_BYTES, echoInstrument } from '../testing/echo-instrument.ts';
import { faultyPort } from './faulty-port.ts';
import type { WireFaults } from './wire-faults.ts';

const never = new AbortController().signal;

/** An instrument that sends back what it gets, on a bad wire. */
async function bench(faults: WireFaults, seed = 1) {
  const clock = new VirtualClock();
  const port = faultyPort(memoryPort('echo', echoInstrument(), clock), clock, faults, seed);
  const pieces: { readonly atMs: number; readonly bytes: number[] }[] = [];
  const gone: Error[] = [];
  const events = {
    received: (bytes: Uint8Array) => void pieces.push({ atMs: clock.now(), bytes: [...bytes] }),
    gone: (cause: Error) => void gone.push(cause),
  };
  const wire = await port.open(events, never);
  return { clock, port, wire, events, pieces, gone, heard: () => pieces.flatMap(({ bytes }) => bytes) };
}

it('changes nothing where nothing goes wrong', async () => {
  const { clock, wire, heard } = await bench({});
  await wire.send(ALL_BYTES);
  await clock.sleep(1);
  expect(heard()).toEqual([...ALL_BYTES]);
});

it('takes its time in each direction, and keeps the order however much that varies', async () => {
  const { clock, wire, pieces, heard } = await bench({ latencyMs: 10, jitterMs: 50, fragmentBytes: 1 });
  await wire.send(ALL_BYTES);
  await clock.sleep(1000);
  expect(heard()).toEqual([...ALL_BYTES]);
  expect(pieces).toHaveLength(256);
  expect(pieces[0]?.atMs).toBeGreaterThan(20);
  expect(new Set(pieces.map(({ atMs }) => atMs)).size).toBeGreaterThan(3);
});

it('carries as many bytes in a second as the line does', async () => {
  const { clock, wire, pieces } = await bench({ baudRate: 9600, fragmentBytes: 1 });
  await wire.send(ALL_BYTES);
  await clock.sleep(2000);
  // 256 bytes of 10 bits there, and as long back.
  expect(pieces.at(-1)?.atMs).toBeCloseTo((2 * 256 * 10 * 1000) / 9600, 3);
});

it('loses the share of bytes that it was told to, others with another seed', async () => {
  const left = async (seed: number) => {
    const { clock, wire, heard } = await bench({ drop: 0.25 }, seed);
    await wire.send(ALL_BYTES);
    await clock.sleep(1);
    return heard();
  };
  const first = await left(1);
  expect(first.length).toBeGreaterThan(160);
  expect(first.length).toBeLessThan(220);
  expect(await left(1)).toEqual(first);
  expect(await left(2)).not.toEqual(first);
});

it('doubles pieces, adds garbage, and echoes', async () => {
  const after = async (faults: WireFaults) => {
    const { clock, wire, heard } = await bench({ fragmentBytes: 2, ...faults });
    await wire.send(Uint8Array.of(1, 2, 3, 4));
    await clock.sleep(10);
    return heard();
  };
  expect(await after({ duplicate: 1 })).toEqual([1, 2, 1, 2, 3, 4, 3, 4]);
  expect(await after({ garbage: 1 })).toHaveLength(10);
  expect(await after({ echo: true })).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
});

it('heals when it is told to', async () => {
  const { clock, port, wire, heard } = await bench({ drop: 1 });
  await wire.send(ALL_BYTES);
  await clock.sleep(1);
  port.faults = {};
  await wire.send(Uint8Array.of(7));
  await clock.sleep(1);
  expect(heard()).toEqual([7]);
});

it('loses what is under way when it is unplugged, tells it once, and may be opened again', async () => {
  const { clock, port, wire, events, gone, heard } = await bench({ latencyMs: 5 });
  await wire.send(Uint8Array.of(1));
  // The answer is on its way back.
  await clock.sleep(7);
  port.unplug();
  port.unplug();
  await clock.sleep(100);
  expect(gone.map(({ message }) => message)).toEqual(['memory:echo was unplugged']);
  expect(heard()).toEqual([]);
  await expect(wire.send(Uint8Array.of(2))).rejects.toMatchObject({ code: 'instrument.gone' });
  const again = await port.open(events, never);
  await again.send(Uint8Array.of(3));
  await clock.sleep(100);
  expect(heard()).toEqual([3]);
  await again.close();
  expect(gone).toHaveLength(1);
});
