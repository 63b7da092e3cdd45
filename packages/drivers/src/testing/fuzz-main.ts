// Gives each parser inputs that nobody thought of: random bytes, and valid ones with pieces changed. A parser may throw an
// error of its protocol and nothing else, must end soon, and must not allocate by a length that it was told.
// `npm run fuzz -- 100000 [SEED]`; ends with `N passed, M failed`.
import { DaqtorError, realClock, type UsbInterface } from '@daqtor/core';
import { numbersGiven } from '@daqtor/core/testing';
import fc from 'fast-check';
import { parseEsp301Error } from '../instruments/esp301-errors.ts';
import { aptRefusal, parseAptInfo, parseAptStatus } from '../protocols/apt-message.ts';
import { aptResync } from '../protocols/apt-talk.ts';
import { asciiNumber } from '../protocols/ascii-number.ts';
import { firmataResync } from '../protocols/firmata-talk.ts';
import { readBlock } from '../protocols/ieee488-block.ts';
import { parseModbusAnswer, readRequest } from '../protocols/modbus-frame.ts';
import { parseSlot, parseSpectrum, wavelengthsOf } from '../protocols/ocean-talk.ts';
import { parseIdentity, parseScpiError, scpiNumber } from '../protocols/scpi-values.ts';
import { UsbtmcDevice } from '../protocols/usbtmc-device.ts';
import { messagesOf, parseAnswerHeader } from '../protocols/usbtmc-messages.ts';
import { parseZaberReply } from '../protocols/zaber-talk.ts';
import { ByteQueue } from '../transports/byte-queue.ts';
import { toBytes, toText } from '../transports/bytes.ts';
import type { LinkIo } from '../transports/link-io.ts';
import { resolvePort } from '../transports/resolve-port.ts';
import { parseUsbAddress } from '../transports/usb-address.ts';

const [runs, seed] = numbersGiven('npm run fuzz -- [runs] [seed]', 100_000, Math.floor(realClock.epochMs() % 2 ** 31));
/** Longest time for one input; far more than any needs, since the machine may do something else. */
const HANGS_MS = 2000;
const MAX_BLOCK = 2 ** 24;
const MAX_GROWTH = 2 ** 27;

/** What is almost right gets further into a parser than what is all wrong. */
const VALID = [
  '+1.25000000E+00',
  '9.91E37',
  'KEITHLEY INSTRUMENTS INC.,MODEL 2000,1120513,A20  /A02',
  '-113,"Undefined header"',
  '@01 1 05 OK BUSY WR 123 456:3F',
  '203, 2345, MOTOR NOT ENABLED',
  `\x81\0D\0\x81PS\x04*\0Not now${'\0'.repeat(57)}`,
  `\x06\0T\0\x81P${'A'.repeat(84)}`,
  '\x03\x04\0\x01\0\x02',
  '#9000001200abc\n',
  '#3004abcd\n',
  '#999999999\n',
  '#0abc\n',
  'serial:/dev/ttyUSB0?baud=57600&parity=odd',
  'tcp://[::1]:5025',
  'prologix://gpib.lab:1234/gpib/22',
  'prologix:/dev/ttyUSB0/gpib/9/96?baud=9600',
  'usb://1AB1:04CE/DS1%2FZ',
  // Answers by USBTMC: whole, in two transfers, one that announces 4 GiB.
  '\x02\x01\xfe\0\x02\0\0\0\x01\0\0\x001\n\0\0',
  '\x02\x01\xfe\0\x01\0\0\0\0\0\0\x001\x02\x02\xfd\0\x01\0\0\0\x01\0\0\0\n',
  '\x02\x01\xfe\0\xff\xff\xff\xff\x01\0\0\0abc',
  '\x05\x013.392400e+2\0\0\0',
];

const bytes = fc.uint8Array({ maxLength: 80 }).map(toText);
const inputs = fc.oneof(
  bytes,
  fc.constantFrom(...VALID),
  fc
    .tuple(
      fc.constantFrom(...VALID),
      fc.nat(60),
      fc.nat(4),
      fc.oneof(bytes, fc.constantFrom('9', '#', ',', '"', '\n', '')),
    )
    .map(([text, at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut)),
);

/** What came is all that ever comes: whoever waits for more runs into a timeout. */
function ioOf(text: string): LinkIo {
  const queue = new ByteQueue(MAX_BLOCK);
  queue.push(toBytes(text));
  const or = (found: Uint8Array | undefined) => {
    if (found) return found;
    throw new DaqtorError('instrument.timeout', { problem: 'nothing more comes' });
  };
  return {
    write: async () => {},
    readUntil: async (terminator) => or(queue.takeUntil(toBytes(terminator))),
    readExactly: async (count) => or(queue.take(count)),
    readSome: async () => or(queue.size > 0 ? queue.drain() : undefined),
  };
}

/** A USB device that says this, in packets of 16 bytes, and then nothing. */
function usbOf(text: string): UsbInterface {
  let left = toBytes(text);
  return {
    number: 0,
    endpoints: [0x01, 0x82].map((address) => ({ address, kind: 'bulk', packetBytes: 16 })),
    send: async () => 'sent',
    receive: async (_endpoint, maxBytes) => {
      if (left.length === 0) throw new DaqtorError('instrument.timeout', { problem: 'nothing more comes' });
      const part = left.subarray(0, maxBytes);
      left = left.subarray(part.length);
      return part;
    },
    control: async () => 'stalled',
    clearHalt: async () => {},
    close: async () => {},
  };
}

/** Fetches until the answer is over; what comes may not be more than what was there. */
async function fetchAll(text: string): Promise<void> {
  const device = new UsbtmcDevice(usbOf(text), 'usb');
  let received = 0;
  const count = (bytes: Uint8Array) => {
    received += bytes.length;
  };
  for (let how = 'more'; how === 'more'; ) how = await device.fetch(count, new AbortController().signal);
  if (received > text.length) throw new Error(`${received} bytes of ${text.length}`);
}

const PARSERS: Readonly<Record<string, (text: string) => unknown>> = {
  asciiNumber: (text) => asciiNumber(text, '?'),
  scpiNumber: (text) => scpiNumber(text, '?'),
  parseIdentity,
  parseScpiError,
  parseZaberReply: (text) => parseZaberReply(text, 1, 5),
  parseEsp301Error,
  resolvePort: (text) => resolvePort(text),
  aptInfo: (text) => parseAptInfo(toBytes(text.padEnd(84, '\0').slice(0, 84))),
  aptStatus: (text) => parseAptStatus(toBytes(text.padEnd(14, '\0').slice(0, 14))),
  aptRefusal: (text) => aptRefusal(toBytes(text), 0x50),
  aptResync: (text) => aptResync(0x50).answered(ioOf(text)),
  parseModbusAnswer: (text) => parseModbusAnswer(readRequest('holding', 0, 2), toBytes(text), 'reading'),
  firmataResync: (text) => firmataResync.answered(ioOf(text)),
  readBlock: (text) => readBlock(ioOf(text)),
  parseUsbAddress,
  usbtmcHeader: (text) => parseAnswerHeader(toBytes(text)),
  usbtmcMessages: (text) => {
    if (messagesOf(toBytes(text)).map(toText).join('') !== text) throw new Error('messages lose or add bytes');
  },
  usbtmcAnswer: fetchAll,
  oceanSlot: (text) => parseSlot(toBytes(text), 1),
  oceanSpectrum: (text) => parseSpectrum(toBytes(text.repeat(60).slice(0, 4097))),
  oceanWavelengths: (text) => wavelengthsOf(text.split(',').slice(0, 4)),
};
const ALLOWED = new Set(['instrument.fault', 'instrument.protocol', 'instrument.timeout', 'lab.settings']);

let [passed, failed] = [0, 0];
for (const [name, parse] of Object.entries(PARSERS)) {
  const before = process.memoryUsage().arrayBuffers;
  let longestMs = 0;
  const property = fc.asyncProperty(inputs, async (text) => {
    const startMs = realClock.now();
    try {
      await parse(text);
    } catch (error) {
      if (!DaqtorError.is(error) || !ALLOWED.has(error.code)) throw error;
    }
    longestMs = Math.max(longestMs, realClock.now() - startMs);
    if (longestMs > HANGS_MS) throw new Error(`it took ${longestMs.toFixed(0)} ms`);
    const growth = process.memoryUsage().arrayBuffers - before;
    if (growth > MAX_GROWTH) throw new Error(`it allocated ${growth} bytes`);
  });
  const result = await fc.check(property, { numRuns: runs, seed });
  if (result.failed) failed++;
  else passed++;
  const how = result.failed ? `FAILED ${fc.defaultReportMessage(result)}` : 'ok';
  console.log(
    `${name.padEnd(18)} ${result.numRuns} inputs, longest ${longestMs.toFixed(1)} ms, seed ${result.seed}: ${how}`,
  );
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
