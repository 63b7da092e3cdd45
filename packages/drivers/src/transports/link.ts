import { type ConnectContext, DaqtorError, type PortSetting, type WirePort } from '@daqtor/core';
import type { Bytes } from './bytes.ts';
import { gpibTalk, prologixResync } from './gpib-link.ts';
import { type GpibPort, isGpibPort } from './gpib-port.ts';
import { Life } from './life.ts';
import type { LinkIo, Resync } from './link-io.ts';
import { raceAborts } from './race-aborts.ts';
import { resolvePort } from './resolve-port.ts';
import type { SerialOptions } from './serial-port.ts';
import { SharedWire } from './shared-wire.ts';

/** One driver's hold on a wire, which it may share with other drivers. */
export interface Link {
  readonly address: string;
  /** The same object for all drivers on this wire: a key for what a protocol has to remember per wire. */
  readonly wire: object;
  /**
   * Exclusive use of the wire for one exchange, first come, first served.
   *
   * An answer belongs to the exchange that asked. If one fails or is aborted after it has written, its answer may still
   * be on its way: then `resync` runs before the next exchange. Bytes that nobody asked for are dropped, with a note in
   * the trace.
   *
   * @param talk - awaits each call of `io`; what it returns is the result
   * @param signal - aborting rejects at once with `signal.reason`
   * @throws DaqtorError `instrument.gone` at once when the wire is gone, or was before
   */
  exchange<T>(talk: (io: LinkIo) => Promise<T>, signal: AbortSignal): Promise<T>;
  /**
   * Writes one whole command that has no answer, at once: ahead of what waits, in the middle of an exchange, to an
   * instrument that has stopped answering. It is there for stopping things.
   */
  send(data: Bytes, signal: AbortSignal): Promise<void>;
  /** Lets go; the last driver to do so closes the wire. Idempotent; never rejects. */
  close(): Promise<void>;
}

const MAX_BYTES = 2 ** 26;

export interface LinkOptions {
  /** Longest time for an answer; default 1000. */
  readonly timeoutMs?: number;
  /** Longest time for opening the port; default 5000. */
  readonly connectTimeoutMs?: number;
  /** Longest time that bytes may wait to be taken by the system; default 2000. */
  readonly writeTimeoutMs?: number;
  /** Most bytes of one answer; default 64 MiB. */
  readonly maxBytes?: number;
  /** What the instrument's serial port is set to unless the address says otherwise. */
  readonly serial?: SerialOptions;
  /**
   * How to get back into step after a failed exchange. Default: wait until nothing came for 200 ms, which is a guess
   * where a question would be certain.
   */
  readonly resync?: Resync;
}

/**
 * Opens the wire to an instrument, or joins the drivers that have it open.
 *
 * @throws DaqtorError `lab.settings` for an address that cannot be understood
 * @throws DaqtorError `instrument.connect` if the port cannot be opened; the reason of `context.signal` if aborted
 */
export async function openLink(context: ConnectContext, port: PortSetting, options: LinkOptions = {}): Promise<Link> {
  const target = resolvePort(port, options.serial);
  return isGpibPort(target) ? openGpib(context, target, options) : openStream(context, port, target, options);
}

/** What a serial adapter of Prologix' kind is set to; the one with USB of its own takes any rate. */
const ADAPTER = { baudRate: 115_200 } as const;

async function openGpib(context: ConnectContext, port: GpibPort, options: LinkOptions): Promise<Link> {
  const { timeoutMs = 1000, maxBytes = MAX_BYTES, resync } = options;
  const adapter = await openLink(context, port.adapter, { ...options, serial: ADAPTER, resync: prologixResync });
  const talk = gpibTalk(adapter, port, context.clock, timeoutMs, maxBytes, resync);
  return { address: port.address, wire: adapter.wire, ...talk, close: () => adapter.close() };
}

async function openStream(
  context: ConnectContext,
  port: PortSetting,
  target: WirePort,
  options: LinkOptions,
): Promise<Link> {
  const key = typeof port === 'string' ? `link to ${placeOf(target.address)}` : port;
  const { value: line, release } = await context.share(key, async () => new Line(target.address));
  let wire: SharedWire;
  try {
    wire = await line.open(target.address, context.signal, () => openWire(context, target, options));
  } catch (error) {
    await release();
    throw error;
  }
  const removeTrace = context.trace ? wire.addTrace(context.trace) : () => {};
  const closed = new Life();
  const resync = options.resync ?? { ask: async () => {}, answered: (io) => untilQuiet(io, target.address) };
  return {
    address: target.address,
    wire,
    exchange: (talk, signal) => wire.exchange(talk, resync, [closed, signal]),
    send: (data, signal) => wire.send(data, [closed, signal]),
    close: async () => {
      if (closed.aborted) return;
      closed.end(
        new DaqtorError('instrument.gone', {
          problem: `the connection to ${target.address} was closed`,
          advice: 'Connect the instrument again',
        }),
      );
      removeTrace();
      await release();
    },
  };
}

/**
 * The place of a wire that drivers share. When the wire is gone, the first driver that connects again opens a new one,
 * while others may still hold the dead one.
 */
class Line {
  readonly #address: string;
  #wire: SharedWire | undefined;
  #opening: Promise<SharedWire> | undefined;

  constructor(address: string) {
    this.#address = address;
  }

  async open(address: string, signal: AbortSignal, open: () => Promise<SharedWire>): Promise<SharedWire> {
    if (address !== this.#address) {
      throw new DaqtorError('lab.settings', {
        problem: `one port is wanted with two settings: ${this.#address} and ${address}`,
        advice: 'Give the same address to all instruments on this port',
      });
    }
    while (this.#opening) {
      const opening = this.#opening;
      // Another driver's attempt; if it fails, that driver reports it and this one makes its own.
      await raceAborts([signal], () => opening.catch(() => undefined));
    }
    if (this.#wire && !this.#wire.isGone) return this.#wire;
    this.#opening = open();
    try {
      this.#wire = await this.#opening;
      return this.#wire;
    } finally {
      this.#opening = undefined;
    }
  }

  async close(): Promise<void> {
    await this.#wire?.close();
  }
}

async function openWire(context: ConnectContext, port: WirePort, options: LinkOptions): Promise<SharedWire> {
  const { timeoutMs = 1000, connectTimeoutMs = 5000, writeTimeoutMs = 2000, maxBytes = MAX_BYTES } = options;
  const { address } = port;
  const { clock, signal } = context;
  const shared = new SharedWire({ address, clock, timeoutMs, writeTimeoutMs, maxBytes });
  signal.throwIfAborted();
  const attempt = new AbortController();
  const abort = () => attempt.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  const timer = clock.setTimeout(() => {
    const problem = `${address} could not be opened within ${connectTimeoutMs} ms`;
    attempt.abort(
      new DaqtorError('instrument.connect', { problem, advice: 'Check that it is on and can be reached from here' }),
    );
  }, connectTimeoutMs);
  try {
    shared.attach(await port.open(shared.events, attempt.signal));
    return shared;
  } catch (cause) {
    if (attempt.signal.aborted) throw attempt.signal.reason;
    if (DaqtorError.is(cause)) throw cause;
    throw new DaqtorError('instrument.connect', {
      problem: `${address} could not be opened: ${cause instanceof Error ? cause.message : String(cause)}`,
      advice: 'Check the address and that nothing else uses the port',
      cause,
    });
  } finally {
    clock.clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

/** Reads and drops until nothing came for 200 ms. */
async function untilQuiet(io: LinkIo, address: string): Promise<void> {
  for (let dropped = 0; dropped < 65_536; dropped++) {
    try {
      await io.readExactly(1, 200);
    } catch (error) {
      if (DaqtorError.is(error) && error.code === 'instrument.timeout') return;
      throw error;
    }
  }
  throw new DaqtorError('instrument.protocol', {
    problem: `${address} does not stop sending`,
    advice: 'Check that the right instrument is connected, and that it is not set to send by itself',
  });
}

/** An address without its options: what two drivers share. */
const placeOf = (address: string): string => address.replace(/\?.*$/, '');
