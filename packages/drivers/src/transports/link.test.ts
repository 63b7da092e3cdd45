import { DaqtorError, VirtualClock } from '@daqtor/core';
import { expect, it } from 'vitest';
import { scriptedPort, testContext } from '../testing/scripted-port.ts';
import { toText } from './bytes.ts';
import { type LinkOptions, openLink } from './link.ts';
import type { LinkIo, Resync } from './link-io.ts';

const never = new AbortController().signal;

async function bench(options: LinkOptions = {}, answer?: (text: string) => string | undefined) {
  const clock = new VirtualClock();
  const port = scriptedPort(answer);
  const { context, lines, held } = testContext(clock);
  const link = await openLink(context, port, options);
  const ask = async (io: LinkIo, question: string) => {
    await io.write(`${question}\n`);
    return toText(await io.readUntil('\n'));
  };
  const query = (question: string, signal = never) => link.exchange((io) => ask(io, question), signal);
  const notes = () => lines.filter(({ direction }) => direction === 'note').map(({ text }) => text);
  return { clock, port, context, lines, held, link, ask, query, notes };
}

/** An answer that cannot be mistaken, as instruments have one. */
const resync: Resync = {
  ask: (io) => io.write('WHO?\n'),
  answered: async (io) => {
    let line = '';
    while (line !== 'me') line = toText(await io.readUntil('\n'));
  },
};

it('takes an answer that comes 1 ms before the time is up', async () => {
  const { clock, port, query } = await bench({ timeoutMs: 1000 });
  clock.setTimeout(() => port.say('4.2\n'), 999);
  expect(await query('X?')).toBe('4.2');
  expect(clock.now()).toBe(999);
});

it('fails when the time is up, not earlier and not later, and shows what was asked and what came', async () => {
  const { clock, port, query } = await bench({ timeoutMs: 1000 });
  clock.setTimeout(() => port.say('4.'), 500);
  await expect(query('X?')).rejects.toMatchObject({
    code: 'instrument.timeout',
    problem: "memory:scripted did not answer 'X?' within 1000 ms; what came is incomplete: '4.'",
  });
  expect(clock.now()).toBe(1000);
});

it('puts an answer together that is cut at any byte', async () => {
  const answer = 'KEITHLEY,2000\r\n';
  for (let cut = 0; cut <= answer.length; cut++) {
    const { clock, port, link } = await bench();
    clock.setTimeout(() => port.say(answer.slice(0, cut)), 1);
    clock.setTimeout(() => port.say(answer.slice(cut)), 2);
    const line = await link.exchange((io) => io.readUntil('\r\n'), never);
    expect(toText(line)).toBe('KEITHLEY,2000');
  }
});

it('takes the answer to an earlier request for no other: after a timeout', async () => {
  const { clock, port, query } = await bench({ timeoutMs: 100, resync });
  port.answer = (text) => {
    if (text === 'SLOW?\n') clock.setTimeout(() => port.say('stale\n'), 150);
    // In order, as instruments do: the slow answer first.
    else clock.setTimeout(() => port.say(text === 'WHO?\n' ? 'me\n' : 'fresh\n'), 60);
    return undefined;
  };
  await expect(query('SLOW?')).rejects.toMatchObject({ code: 'instrument.timeout' });
  expect(await query('NEXT?')).toBe('fresh');
  expect(port.sent).toEqual(['SLOW?\n', 'WHO?\n', 'NEXT?\n']);
});

it('takes the answer to an earlier request for no other: after an abort, whenever the answer comes', async () => {
  for (let lateMs = 0; lateMs <= 60; lateMs += 3) {
    const { clock, port, query } = await bench({ timeoutMs: 100, resync });
    let idleAt = 0;
    port.answer = (text) => {
      const answer = text === 'SLOW?\n' ? 'stale\n' : text === 'WHO?\n' ? 'me\n' : 'fresh\n';
      idleAt = Math.max(idleAt, clock.now()) + (text === 'SLOW?\n' ? lateMs : 1);
      for (const [i, byte] of [...answer].entries()) clock.setTimeout(() => port.say(byte), idleAt - clock.now() + i);
      idleAt += answer.length;
      return undefined;
    };
    const abort = new AbortController();
    clock.setTimeout(() => abort.abort(new Error('enough')), 30);
    const slow = await query('SLOW?', abort.signal).catch((error: Error) => error.message);
    expect(slow).toBe(lateMs + 'stale\n'.length <= 31 ? 'stale' : 'enough');
    expect(await query('NEXT?')).toBe('fresh');
  }
});

it('is out of step after an abort, even if the exchange makes light of it', async () => {
  const { clock, port, link, query } = await bench({ resync });
  const abort = new AbortController();
  clock.setTimeout(() => abort.abort(new Error('enough')), 10);
  const careless = async (io: LinkIo) => {
    await io.write('SLOW?\n');
    return io.readUntil('\n').catch(() => 'never mind');
  };
  await expect(link.exchange(careless, abort.signal)).rejects.toThrow('enough');
  port.answer = (text) => (text === 'WHO?\n' ? 'stale\nme\n' : 'fresh\n');
  expect(await query('NEXT?')).toBe('fresh');
  expect(port.sent).toEqual(['SLOW?\n', 'WHO?\n', 'NEXT?\n']);
});

it('waits for silence where it knows no way to get into step', async () => {
  const { clock, port, query } = await bench({ timeoutMs: 100 });
  clock.setTimeout(() => port.say('stale\n'), 250);
  await expect(query('SLOW?')).rejects.toMatchObject({ code: 'instrument.timeout' });
  port.answer = () => 'fresh\n';
  expect(await query('NEXT?')).toBe('fresh');
  expect(clock.now()).toBe(250 + 200);
});

it('stays out of step until getting back has worked', async () => {
  const { port, query } = await bench({ timeoutMs: 100, resync });
  await expect(query('A?')).rejects.toThrow("'A?'");
  await expect(query('B?')).rejects.toThrow("'WHO?'");
  port.answer = (text) => (text === 'WHO?\n' ? 'me\n' : 'fresh\n');
  expect(await query('C?')).toBe('fresh');
  expect(await query('D?')).toBe('fresh');
  expect(port.sent).toEqual(['A?\n', 'WHO?\n', 'WHO?\n', 'C?\n', 'D?\n']);
});

it('does not take a late answer to the question of getting into step for something else', async () => {
  const { clock, port, query } = await bench({ timeoutMs: 100, resync });
  let idleAt = 350;
  port.answer = (text) => {
    idleAt = Math.max(idleAt, clock.now()) + 20;
    clock.setTimeout(() => port.say(text === 'WHO?\n' ? 'me\n' : `${text[0]}\n`), idleAt - clock.now());
    return undefined;
  };
  await expect(query('A?')).rejects.toThrow("'A?'");
  await expect(query('B?')).rejects.toThrow("'WHO?'");
  await expect(query('C?')).rejects.toThrow("'WHO?'");
  expect(await query('D?')).toBe('D');
  expect(port.sent).toEqual(['A?\n', 'WHO?\n', 'WHO?\n', 'WHO?\n', 'D?\n']);
});

it('does not wait for ever for questions that were lost while the instrument was off', async () => {
  const { clock, port, query } = await bench({ timeoutMs: 100, resync });
  await expect(query('A?')).rejects.toThrow("'A?'");
  await expect(query('B?')).rejects.toThrow("'WHO?'");
  port.answer = (text) => (text === 'WHO?\n' ? 'me\n' : 'fresh\n');
  expect(await query('C?')).toBe('fresh');
  expect(clock.now()).toBe(300);
  expect(await query('D?')).toBe('fresh');
  expect(clock.now()).toBe(300);
});

it('rejects an aborted exchange at once, with the reason', async () => {
  const { clock, query } = await bench();
  const abort = new AbortController();
  clock.setTimeout(() => abort.abort(new Error('enough')), 10);
  await expect(query('X?', abort.signal)).rejects.toThrow('enough');
  expect(clock.now()).toBe(10);
});

it('rejects an exchange that waits for its turn, and the one under way goes on', async () => {
  const { clock, port, query } = await bench({ resync });
  clock.setTimeout(() => port.say('first\n'), 50);
  const first = query('1?');
  const abort = new AbortController();
  const second = query('2?', abort.signal);
  const third = query('3?');
  clock.setTimeout(() => abort.abort(new Error('enough')), 10);
  await expect(second).rejects.toThrow('enough');
  expect(clock.now()).toBe(10);
  port.answer = () => 'third\n';
  expect([await first, await third]).toEqual(['first', 'third']);
  expect(port.sent).toEqual(['1?\n', '3?\n']);
});

it('serves two drivers on one wire in turns, one exchange at a time', async () => {
  const { clock, port, context, link } = await bench();
  const other = await openLink(context, port);
  expect(port.opened).toBe(1);
  expect(other.wire).toBe(link.wire);
  let answering = 0;
  port.answer = (text) => {
    expect(answering++).toBe(0);
    clock.setTimeout(() => {
      answering--;
      port.say(text);
    }, 5);
    return undefined;
  };
  const order: string[] = [];
  const talk = (who: string) => async (io: LinkIo) => {
    await io.write(`${who}\n`);
    order.push(toText(await io.readUntil('\n')));
  };
  const all: Promise<void>[] = [];
  for (let i = 0; i < 5; i++) all.push(link.exchange(talk(`a${i}`), never), other.exchange(talk(`b${i}`), never));
  await Promise.all(all);
  expect(order).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2', 'a3', 'b3', 'a4', 'b4']);
});

it('drops bytes that nobody asked for, with a note, and gives them to no request', async () => {
  const { port, query, link, notes } = await bench({}, () => 'right\n');
  port.say('boo');
  expect(await query('X?')).toBe('right');
  port.answer = () => 'right\nextra\n';
  expect(await query('X?')).toBe('right');
  port.answer = () => 'right\n';
  const early = link.exchange(async (io) => {
    port.say('before it was asked\n');
    await io.write('X?\n');
    return toText(await io.readUntil('\n'));
  }, never);
  expect(await early).toBe('right');
  expect(notes()).toEqual([
    'dropped, nobody asked: boo',
    'dropped, nobody asked: extra\\x0A',
    'dropped, nobody asked: before it was asked\\x0A',
  ]);
});

it('makes no fuss about a line feed that trails its line', async () => {
  const { port, link, notes } = await bench();
  port.answer = () => '1\r\n';
  await link.exchange(async (io) => {
    await io.write('X?\r');
    await io.readUntil('\r');
  }, never);
  expect(notes()).toEqual([]);
});

it('fails what is under way, what waits and what follows at once when the wire is gone', async () => {
  const { clock, port, query } = await bench();
  clock.setTimeout(() => port.unplug(), 10);
  const gone = { code: 'instrument.gone', problem: 'memory:scripted went away: unplugged' };
  const [first, second] = [query('1?'), query('2?')];
  await Promise.all([expect(first).rejects.toMatchObject(gone), expect(second).rejects.toMatchObject(gone)]);
  await expect(query('3?')).rejects.toMatchObject(gone);
  expect(clock.now()).toBe(10);
  expect(port.sent).toEqual(['1?\n']);
});

it('opens a new wire for the driver that connects again, while another still holds the dead one', async () => {
  const { port, context, link, ask, query } = await bench();
  const other = await openLink(context, port);
  port.unplug();
  await expect(query('X?')).rejects.toMatchObject({ code: 'instrument.gone' });
  await link.close();
  const again = await openLink(context, port);
  port.answer = () => 'back\n';
  expect(await again.exchange((io) => ask(io, 'X?'), never)).toBe('back');
  await expect(other.exchange((io) => io.write('X?\n'), never)).rejects.toMatchObject({ code: 'instrument.gone' });
  await other.close();
  expect(port.isOpen).toBe(true);
  await again.close();
  expect(port.isOpen).toBe(false);
});

it('closes the wire with the last driver, and closing twice is harmless', async () => {
  const { port, context, link, held, query } = await bench();
  const other = await openLink(context, port);
  const waiting = query('X?');
  await Promise.all([link.close(), expect(waiting).rejects.toMatchObject({ code: 'instrument.gone' })]);
  await link.close();
  expect(port.isOpen).toBe(true);
  await other.close();
  await other.close();
  expect(port.isOpen).toBe(false);
  expect(held.size).toBe(0);
  await expect(query('X?')).rejects.toMatchObject({ code: 'instrument.gone' });
});

it('closes a port that takes no bytes, lest they arrive later', async () => {
  const { clock, port, query } = await bench({ writeTimeoutMs: 2000 });
  port.blocked = true;
  const abort = new AbortController();
  clock.setTimeout(() => abort.abort(new Error('enough')), 10);
  await expect(query('1?', abort.signal)).rejects.toThrow('enough');
  await expect(query('2?')).rejects.toMatchObject({
    code: 'instrument.gone',
    problem: 'memory:scripted took no bytes for 2000 ms, and was closed lest they arrive later',
  });
  expect(clock.now()).toBe(2000);
  expect(port.isOpen).toBe(false);
});

it('takes a write that fails for the end of the wire', async () => {
  const { port, query } = await bench();
  port.broken = true;
  await expect(query('1?')).rejects.toMatchObject({
    code: 'instrument.gone',
    problem: 'memory:scripted failed while sending: EIO',
  });
  expect(port.isOpen).toBe(false);
  port.broken = false;
  await expect(query('2?')).rejects.toMatchObject({ code: 'instrument.gone' });
  expect(port.sent).toEqual([]);
});

it('sends a stop at once, in the middle of an exchange and out of step', async () => {
  const { clock, port, link, query } = await bench({ timeoutMs: 100 });
  const slow = query('SLOW?').catch((error: DaqtorError) => error.code);
  clock.setTimeout(() => void link.send('STOP\n', never), 10);
  clock.setTimeout(() => expect(port.sent).toEqual(['SLOW?\n', 'STOP\n']), 11);
  expect(await slow).toBe('instrument.timeout');
  await link.send('STOP\n', never);
  expect(port.sent).toEqual(['SLOW?\n', 'STOP\n', 'STOP\n']);
});

it('bounds what one answer may hold, and recovers', async () => {
  const { port, query, link } = await bench({ maxBytes: 10, resync });
  port.answer = (text) => (text === 'WHO?\n' ? 'me\n' : '12345678901');
  await expect(query('X?')).rejects.toMatchObject({ code: 'instrument.protocol' });
  await expect(link.exchange((io) => io.readExactly(11), never)).rejects.toMatchObject({ code: 'instrument.protocol' });
  port.answer = (text) => (text === 'WHO?\n' ? 'me\n' : 'ok\n');
  expect(await query('X?')).toBe('ok');
});

it('lets nobody use the wire after the exchange, nor read twice at once', async () => {
  const { port, link } = await bench();
  let kept: LinkIo | undefined;
  await link.exchange(async (io) => {
    kept = io;
    const first = io.readExactly(1);
    await expect(io.readExactly(1)).rejects.toMatchObject({ code: 'instrument.protocol' });
    port.say('x');
    await first;
  }, never);
  await expect(kept?.write('late\n')).rejects.toMatchObject({ code: 'instrument.protocol' });
  await expect(kept?.readExactly(1)).rejects.toMatchObject({ code: 'instrument.protocol' });
  expect(port.sent).toEqual([]);
});

it('traces all that goes over the wire, readably and byte for byte', async () => {
  const { query, lines } = await bench({}, () => 'a\x01é\n');
  await query('X?');
  expect(lines).toEqual([
    { atMs: 0, address: 'memory:scripted', direction: 'sent', text: 'X?\\x0A', bytes: Uint8Array.of(88, 63, 10) },
    {
      atMs: 0,
      address: 'memory:scripted',
      direction: 'received',
      text: 'a\\x01\\xE9\\x0A',
      bytes: Uint8Array.of(97, 1, 233, 10),
    },
  ]);
});

it('gives up opening after the time for it, and leaves nothing open', async () => {
  const clock = new VirtualClock();
  const { context, held } = testContext(clock);
  const port = {
    address: 'memory:silent',
    open: (_: unknown, signal: AbortSignal) =>
      new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  };
  await expect(openLink(context, port, { connectTimeoutMs: 3000 })).rejects.toMatchObject({
    code: 'instrument.connect',
    problem: 'memory:silent could not be opened within 3000 ms',
  });
  expect(clock.now()).toBe(3000);
  expect(held.size).toBe(0);
});

it('is not disturbed when another driver gives up opening the same port', async () => {
  const clock = new VirtualClock();
  const abort = new AbortController();
  const { context } = testContext(clock);
  const port = scriptedPort();
  const openNow = port.open;
  port.open = async (events, signal) => {
    await clock.sleep(50, signal);
    return openNow(events, signal);
  };
  const impatient = openLink({ ...context, signal: abort.signal }, port);
  const patient = openLink(context, port);
  clock.setTimeout(() => abort.abort(new Error('enough')), 10);
  await expect(impatient).rejects.toThrow('enough');
  expect((await patient).address).toBe('memory:scripted');
  expect(clock.now()).toBe(60);
});

it('says what went wrong when a port fails to open', async () => {
  const { context } = testContext(new VirtualClock());
  const port = { address: 'memory:broken', open: () => Promise.reject(new Error('no such thing')) };
  const error: unknown = await openLink(context, port).catch((caught: unknown) => caught);
  expect(DaqtorError.is(error) && error.toJSON()).toMatchObject({
    code: 'instrument.connect',
    problem: 'memory:broken could not be opened: no such thing',
  });
});

it('refuses one serial port with two settings', async () => {
  const { context } = testContext(new VirtualClock());
  // Never opened: the place is taken by the first, whose attempt fails.
  const first = openLink(context, 'serial:/nonexistent?baud=9600');
  await expect(openLink(context, 'serial:/nonexistent?baud=19200')).rejects.toMatchObject({ code: 'lab.settings' });
  await expect(first).rejects.toMatchObject({ code: 'instrument.connect' });
});
