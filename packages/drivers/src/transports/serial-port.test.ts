import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DaqtorError, realClock, type WireEvents } from '@daqtor/core';
import { type ServedInstrument, type SimulatedInstrument, servePty } from '@daqtor/sim';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { testContext } from '../testing/scripted-port.ts';
import { toBytes, toText } from './bytes.ts';
import { openLink } from './link.ts';
import { serialPort } from './serial-port.ts';

const never = new AbortController().signal;

/** An instrument that remembers what it heard, and answers lines that end with a question mark. */
function listener(): SimulatedInstrument & { heard: string } {
  const instrument = {
    title: 'listener',
    heard: '',
    connect: (transmit: (bytes: Uint8Array) => void) => ({
      receive: (bytes: Uint8Array) => {
        const text = toText(bytes);
        instrument.heard += text;
        if (text.endsWith('?\n')) transmit(toBytes(`${text.slice(0, -2)}!\n`));
      },
      disconnect: () => {},
    }),
  };
  return instrument;
}

/** What a wire told, and a promise of its end. */
function witness(): { events: WireEvents; received: Uint8Array[]; gone: Promise<Error>; goneCount: number } {
  const seen = {
    received: [] as Uint8Array[],
    goneCount: 0,
    gone: Promise.resolve(new Error()),
    events: {} as WireEvents,
  };
  seen.gone = new Promise((resolve) => {
    seen.events = {
      received: (bytes) => seen.received.push(bytes),
      gone: (cause) => {
        seen.goneCount++;
        resolve(cause);
      },
    };
  });
  return seen;
}

let folder: string;
/** A name that stays the same over a replug, as udev gives one. */
let path: string;
const served: ServedInstrument[] = [];

async function plug(instrument: SimulatedInstrument): Promise<ServedInstrument> {
  const one = await servePty(instrument);
  served.push(one);
  await rm(path, { force: true });
  await symlink(one.address.replace(/^serial:/, ''), path);
  return one;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daqtor-serial-'));
  path = join(folder, 'stage');
});

afterEach(async () => {
  await Promise.all(served.splice(0).map((one) => one.close()));
  await rm(folder, { recursive: true });
});

it('carries all byte values there and back', async () => {
  const echo: SimulatedInstrument = {
    title: 'echo',
    connect: (transmit) => ({ receive: (bytes) => transmit(bytes), disconnect: () => {} }),
  };
  await plug(echo);
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  const { context } = testContext(realClock);
  const link = await openLink(context, `serial:${path}?baud=115200`);
  const back = await link.exchange(async (io) => {
    await io.write(all);
    return io.readExactly(256);
  }, never);
  await link.close();
  expect(back).toEqual(all);
});

it('tells within a request that the cable was pulled, and fails what follows at once', async () => {
  const stage = await plug(listener());
  const { context } = testContext(realClock);
  const link = await openLink(context, `serial:${path}`, { timeoutMs: 60_000 });
  const ask = () =>
    link.exchange(async (io) => {
      await io.write('silence\n');
      return io.readUntil('\n');
    }, never);
  const asked = expect(ask()).rejects.toMatchObject({ code: 'instrument.gone' });
  await realClock.sleep(20);
  await stage.unplug();
  await asked;
  await expect(ask()).rejects.toMatchObject({ code: 'instrument.gone' });
  await link.close();
});

it('never delivers what was written after the cable was pulled, not even after a replug', async () => {
  const before = listener();
  const cable = await plug(before);
  const port = serialPort(path);
  const first = witness();
  const dead = await port.open(first.events, never);
  await dead.send(toBytes('MOVE 1\n'));
  await expect.poll(() => before.heard).toBe('MOVE 1\n');
  await cable.unplug();
  expect((await first.gone).message).not.toBe('');
  await expect(dead.send(toBytes('MOVE 100\n'))).rejects.toThrow();

  const after = listener();
  await plug(after);
  const second = witness();
  const alive = await port.open(second.events, never);
  await expect(dead.send(toBytes('MOVE 200\n'))).rejects.toThrow();
  await alive.send(toBytes('WHERE?\n'));
  await expect.poll(() => toText(second.received[0] ?? toBytes(''))).toBe('WHERE!\n');
  expect(after.heard).toBe('WHERE?\n');
  await alive.close();
  await dead.close();
  expect([first.goneCount, second.goneCount]).toEqual([1, 0]);
});

it('fails a write that races with the pulling of the cable, instead of leaving it open', async () => {
  const cable = await plug(listener());
  const { events } = witness();
  const wire = await serialPort(path).open(events, never);
  const unplugged = cable.unplug();
  const writes = Promise.allSettled(Array.from({ length: 20 }, () => wire.send(toBytes('MOVE 1\n'))));
  await unplugged;
  const settled = await writes;
  expect(settled).toHaveLength(20);
  await wire.close();
});

it('closes, and closes again, while a write is blocked; the write fails', async () => {
  // An instrument that does not read: the buffer of the terminal fills up.
  const deaf = await servePty(listener());
  const stuck = witness();
  const wire = await serialPort(deaf.address.replace('serial:', '')).open(stuck.events, never);
  const write = wire.send(new Uint8Array(8 << 20)).then(
    () => 'sent',
    () => 'failed',
  );
  const closing = wire.close();
  await Promise.all([closing, wire.close()]);
  expect(await write).toBe('failed');
  await expect(wire.send(toBytes('late'))).rejects.toThrow('was closed');
  expect(stuck.goneCount).toBe(0);
  await deaf.close();
});

it('says which ports there are when the one wanted is missing', async () => {
  const error: unknown = await serialPort('/dev/ttyNOPE')
    .open(witness().events, never)
    .catch((caught) => caught);
  expect(error).toMatchObject({
    code: 'instrument.connect',
    problem: expect.stringContaining('serial:/dev/ttyNOPE?baud=9600 could not be opened'),
    advice: expect.stringContaining('use a port that exists'),
  });
});

it('says that somebody else holds the port', async () => {
  await plug(listener());
  const wire = await serialPort(path).open(witness().events, never);
  await expect(serialPort(path).open(witness().events, never)).rejects.toMatchObject({
    code: 'instrument.connect',
    advice: expect.stringContaining('Another program holds the port'),
  });
  await wire.close();
});

it('says that a file is not a serial port', async () => {
  await writeFile(path, '');
  await expect(serialPort(path).open(witness().events, never)).rejects.toMatchObject({
    code: 'instrument.connect',
    advice: expect.stringContaining('not a serial port'),
  });
});

it('leaves nothing open when opening is aborted', async () => {
  await plug(listener());
  const abort = new AbortController();
  const opening = serialPort(path).open(witness().events, abort.signal);
  abort.abort(new Error('enough'));
  await expect(opening).rejects.toThrow('enough');
  const retry = async (): Promise<void> => (await serialPort(path).open(witness().events, never)).close();
  // The abandoned port closes as soon as the system has opened it.
  await expect
    .poll(() =>
      retry().then(
        () => 'free',
        (error: unknown) => DaqtorError.is(error) && error.code,
      ),
    )
    .toBe('free');
});
