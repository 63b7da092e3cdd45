import { DaqtorError, VirtualClock } from '@daqtor/core';
import { expect, it } from 'vitest';
import { scriptedPort, testContext } from '../testing/scripted-port.ts';
import { openLink } from '../transports/link.ts';
import { type BlockOptions, readBlock } from './ieee488-block.ts';
import { recognise } from './line-talk.ts';
import { recogniseBy, scpi } from './scpi.ts';
import { parseIdentity, parseScpiError, scpiNumber } from './scpi-values.ts';

const never = new AbortController().signal;

async function bench(answer: (text: string) => string | undefined, maxBytes = 100_000) {
  const clock = new VirtualClock();
  const port = scriptedPort(answer);
  const link = await openLink(testContext(clock).context, port, { timeoutMs: 100, maxBytes });
  return { clock, port, link, device: scpi(link) };
}

const block = async (answer: string, options: BlockOptions = {}) => {
  const { device } = await bench(() => answer);
  return [...(await device.queryBlock(':DATA?', never, options))];
};

it('asks for lines and numbers', async () => {
  const { device, port } = await bench((text) => (text === '*IDN?\n' ? 'A,B,1,2\r\n' : ' +1.25E-3\n'));
  expect(await device.query('*IDN?', never)).toBe('A,B,1,2');
  expect(await device.queryNumber(':READ?', never)).toBe(0.00125);
  await device.write(':ABOR', never);
  expect(port.sent).toEqual(['*IDN?\n', ':READ?\n', ':ABOR\n']);
});

it.each([
  ['1', 1],
  ['-0.5', -0.5],
  ['+1.23456789E-05', 1.23456789e-5],
  ['.5', 0.5],
  ['5.', 5],
  ['9.9E37', Number.POSITIVE_INFINITY],
  ['-9.9E37', Number.NEGATIVE_INFINITY],
  ['9.91E37', Number.NaN],
])('reads the number %s', (text, value) => expect(scpiNumber(text, 'X?')).toBe(value));

it.each(['', ' ', '1,2', '1.5V', 'NaN', 'Infinity', '0x1F', '1e', '--1', '1e999', '1 2', '.'])(
  'takes %j for no number',
  (text) => {
    expect(() => scpiNumber(text, 'X?')).toThrow(expect.objectContaining({ code: 'instrument.protocol' }));
  },
);

it('reads who answers, and takes no reading for it', () => {
  expect(parseIdentity('KEITHLEY INSTRUMENTS INC.,MODEL 2000,1308393,A20  /A02')).toEqual({
    maker: 'KEITHLEY INSTRUMENTS INC.',
    model: 'MODEL 2000',
    serial: '1308393',
    firmware: 'A20  /A02',
  });
  expect(parseIdentity('ACME,X1')).toMatchObject({ model: 'X1', serial: '', firmware: '' });
  expect(parseIdentity('+1.23456789E+00VDC,0INTCHAN')).toBeUndefined();
  expect(parseIdentity('DCL')).toBeUndefined();
});

it('reads error messages, quoted or not', () => {
  expect(parseScpiError('-113,"Undefined header"')).toEqual({ code: -113, text: 'Undefined header' });
  expect(parseScpiError('+0, No error')).toEqual({ code: 0, text: 'No error' });
  expect(() => parseScpiError('1.5')).toThrow(expect.objectContaining({ code: 'instrument.protocol' }));
});

it('empties the error queue and reports all that was in it', async () => {
  const errors = ['-113,"Undefined header"', '-350,"Queue overflow"'];
  const { device, port } = await bench(() => `${errors.shift() ?? '0,"No error"'}\n`);
  await expect(device.checkErrors('setting the range', never)).rejects.toMatchObject({
    code: 'instrument.fault',
    problem: 'setting the range was refused: -113, Undefined header; -350, Queue overflow',
  });
  await device.checkErrors('setting the range', never);
  expect(port.sent).toHaveLength(4);
});

it('does not ask for ever an instrument that always has an error', async () => {
  const { device, port } = await bench(() => '-350,"Queue overflow"\n');
  await expect(device.checkErrors('anything', never)).rejects.toMatchObject({ code: 'instrument.fault' });
  expect(port.sent).toHaveLength(32);
});

it.each([
  ['#13abc\n', [97, 98, 99]],
  ['#3003abc\r\n', [97, 98, 99]],
  ['#14\n\r\x00\xff\n', [10, 13, 0, 255]],
  ['#10\n', []],
  ['#0abc\n', [97, 98, 99]],
  ['#0a\nb\n\n\n', [97, 10, 98, 10, 10]],
  ['#0\n', []],
])('reads the block %j', async (answer, bytes) => expect(await block(answer)).toEqual(bytes));

it.each([
  ['no block', '1.5\n'],
  ['a length that is no number', '#3 12abc\n'],
  ['more than the link takes', '#9999999999abc\n'],
  ['more than is taken', `#3200${'x'.repeat(200)}\n`],
  ['more than is taken, in an endless block', `#0${'x'.repeat(200)}\n`],
  ['data that go on after their end', '#13abcdef\n'],
])('refuses %s', async (_, answer) => {
  await expect(block(answer, { maxBytes: 100 })).rejects.toMatchObject({ code: 'instrument.protocol' });
});

it('gives up on a block that ends too early, at its time', async () => {
  const { clock, device } = await bench(() => '#15abc\n');
  await expect(device.queryBlock(':DATA?', never)).rejects.toMatchObject({ code: 'instrument.timeout' });
  expect(clock.now()).toBe(100);
});

it('does not listen for ever to an instrument that sends by itself', async () => {
  const { link } = await bench(() => '+1.0\n'.repeat(500));
  const acme = recogniseBy('an Acme X1', ({ maker }) => maker === 'ACME');
  await expect(link.exchange((io) => recognise(io, acme), never)).rejects.toMatchObject({
    code: 'instrument.connect',
    problem: "'+1.0' answered, where an Acme X1 was expected",
  });
});

it('never hangs on random bytes, and fails with errors of its own only', async () => {
  let state = 7;
  const roll = (sides: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
  const alphabet = '#0123456789\n\r,"+-.eE \x00\xffA';
  const outcomes = new Set<string>();
  for (let round = 0; round < 1500; round++) {
    let text = roll(2) === 0 ? '#' : '';
    for (let length = roll(30); length > 0; length--) text += alphabet[roll(alphabet.length)];
    const { link } = await bench(() => text, 64);
    const outcome = await link
      .exchange(async (io) => {
        await io.write('X?\n');
        return readBlock(io, { maxBytes: 50 });
      }, never)
      .then(
        () => 'block',
        (error: unknown) => (DaqtorError.is(error) ? error.code : `not foreseen: ${String(error)}`),
      );
    outcomes.add(outcome);
    for (const parse of [scpiNumber, parseScpiError, parseIdentity]) {
      try {
        parse(text, 'X?');
      } catch (error) {
        expect(error).toMatchObject({ code: 'instrument.protocol' });
      }
    }
  }
  expect([...outcomes].sort()).toEqual(['block', 'instrument.protocol', 'instrument.timeout']);
});
