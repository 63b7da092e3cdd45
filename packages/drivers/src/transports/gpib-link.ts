import { type Clock, DaqtorError } from '@daqtor/core';
import { ByteQueue } from './byte-queue.ts';
import { type Bytes, readable, toBytes, toText } from './bytes.ts';
import type { GpibPort } from './gpib-port.ts';
import type { LinkIo, Resync } from './link-io.ts';

/** How long the adapter waits for the next byte of an instrument. Short, since nothing else happens meanwhile. */
const ADAPTER_WAITS_MS = 500;
/** When to have it wait again. Later than its own time by far, since a wait too many makes instruments report an error. */
const ASK_AGAIN_MS = 1000;

/**
 * Keeps nothing of this for ever, is the controller of the bus, reads only when told to, asserts EOI with the last byte
 * and appends neither line ends nor marks of its own.
 */
const CONFIGURATION = `++savecfg 0\n++mode 1\n++auto 0\n++eoi 1\n++eos 3\n++eot_enable 0\n++read_tmo_ms ${ADAPTER_WAITS_MS}\n`;
const VERSION = /prologix|ar488|gpib/i;
const ESCAPED = new Set([0x0a, 0x0d, 0x1b, 0x2b]);

/** The talk with an adapter: what `Link` has of it here. */
interface AdapterLink {
  readonly address: string;
  readonly wire: object;
  exchange<T>(talk: (io: LinkIo) => Promise<T>, signal: AbortSignal): Promise<T>;
  send(data: Bytes, signal: AbortSignal): Promise<void>;
}

const configured = new WeakSet<object>();

/**
 * The talk with one instrument through an adapter that it shares with others.
 *
 * Source: Prologix GPIB-USB Controller User Manual, pages 6 to 15; GPIB-ETHERNET the same. From memory: the texts of
 * ++ver.
 *
 * @param resync - how the instrument gets back into step; a command that it is sent discards what it had to say
 *   (IEEE 488.2)
 */
export function gpibTalk(
  adapter: AdapterLink,
  { address, gpib }: GpibPort,
  clock: Clock,
  timeoutMs: number,
  maxBytes: number,
  resync?: Resync,
) {
  let inStep = true;
  const selected = `++addr ${gpib}\n`;
  const exchange = <T>(talk: (io: LinkIo) => Promise<T>, signal: AbortSignal): Promise<T> =>
    adapter.exchange(async (io) => {
      if (!configured.has(adapter.wire)) {
        await configure(io, adapter.address);
        configured.add(adapter.wire);
      }
      const bus = new GpibIo(io, { address, selected, clock, timeoutMs, maxBytes });
      if (!inStep && resync) {
        await resync.ask(bus);
        await resync.answered(bus);
      }
      inStep = false;
      const result = await talk(bus);
      inStep = true;
      return result;
    }, signal);
  const send = (data: Bytes, signal: AbortSignal) =>
    adapter.send(toText(toBytes(selected)) + forInstrument(data), signal);
  return { exchange, send };
}

/** The adapter works off what it is sent in order, so that the answer to this comes after all that it may owe. */
export const prologixResync: Resync = {
  ask: (io) => io.write('++ver\n'),
  answered: (io) => versionCame(io),
};

async function configure(io: LinkIo, address: string): Promise<void> {
  // The first line end closes what an earlier program may have left open.
  await io.write(`\n${CONFIGURATION}++ver\n`);
  try {
    await versionCame(io);
  } catch (cause) {
    throw new DaqtorError('instrument.connect', {
      problem: `no GPIB adapter answers at ${address}`,
      advice:
        'Check that it understands the commands of Prologix (++ver), and that no other program is connected to it',
      cause,
    });
  }
}

async function versionCame(io: LinkIo): Promise<void> {
  for (;;) {
    // Of an instrument that sends binary data, any byte may be a line end; time ends it, if nothing else does.
    const line = toText(await io.readUntil('\n', 2 * ASK_AGAIN_MS));
    if (VERSION.test(line)) return;
  }
}

/** What the adapter hands to the instrument as it is: bytes that mean something to the adapter are escaped. */
function forInstrument(data: Bytes): string {
  let text = '';
  for (const byte of toBytes(data)) text += (ESCAPED.has(byte) ? '\x1b' : '') + String.fromCharCode(byte);
  return `${text}\n`;
}

interface GpibIoOptions {
  readonly address: string;
  readonly selected: string;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** One exchange with an instrument: it is addressed to talk once something is read, and again while it is silent. */
class GpibIo implements LinkIo {
  readonly #io: LinkIo;
  readonly #options: GpibIoOptions;
  readonly #received: ByteQueue;
  #isTalking = false;
  #asked: Bytes = '';

  constructor(io: LinkIo, options: GpibIoOptions) {
    this.#io = io;
    this.#options = options;
    this.#received = new ByteQueue(options.maxBytes);
  }

  async write(data: Bytes): Promise<void> {
    this.#isTalking = false;
    this.#asked = data;
    await this.#io.write(this.#options.selected + forInstrument(data));
  }

  readUntil(terminator: Bytes, timeoutMs?: number): Promise<Uint8Array> {
    const end = toBytes(terminator);
    return this.#read(() => this.#received.takeUntil(end), timeoutMs);
  }

  readExactly(count: number, timeoutMs?: number): Promise<Uint8Array> {
    return this.#read(() => this.#received.take(count), timeoutMs);
  }

  readSome(timeoutMs?: number): Promise<Uint8Array> {
    return this.#read(() => (this.#received.size > 0 ? this.#received.drain() : undefined), timeoutMs);
  }

  async #read(take: () => Uint8Array | undefined, timeoutMs = this.#options.timeoutMs): Promise<Uint8Array> {
    const { address, clock, selected, maxBytes } = this.#options;
    const endMs = clock.now() + timeoutMs;
    for (let there = take(); ; there = take()) {
      if (there) return there;
      if (!this.#isTalking) {
        this.#isTalking = true;
        // With its address, since a command out of turn may have addressed another instrument meanwhile.
        await this.#io.write(`${selected}++read eoi\n`);
      }
      const leftMs = endMs - clock.now();
      try {
        const bytes = await this.#io.readSome(Math.max(0, Math.min(ASK_AGAIN_MS, leftMs)));
        if (!this.#received.push(bytes)) throw tooMuch(address, maxBytes);
      } catch (cause) {
        if (!DaqtorError.is(cause) || cause.code !== 'instrument.timeout') throw cause;
        if (leftMs <= ASK_AGAIN_MS) throw late(address, this.#asked, timeoutMs, cause);
        this.#isTalking = false;
      }
    }
  }
}

function late(address: string, asked: Bytes, timeoutMs: number, cause: DaqtorError): DaqtorError {
  return new DaqtorError('instrument.timeout', {
    problem: `${address} did not answer '${readable(toBytes(asked), 40).replace(/(\\x0[AD])+$/, '')}' within ${timeoutMs} ms`,
    advice: 'Check that the instrument is on, its GPIB address, and the bus cable',
    cause,
  });
}

function tooMuch(address: string, maxBytes: number): DaqtorError {
  return new DaqtorError('instrument.protocol', {
    problem: `${address} sent more than ${maxBytes} bytes in one answer`,
    advice: 'Check that the right instrument is connected, or ask for less data at once',
  });
}
