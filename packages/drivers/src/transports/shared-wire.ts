import { type Clock, DaqtorError, type TraceLine, type Wire, type WireEvents } from '@daqtor/core';
import { ByteQueue } from './byte-queue.ts';
import { type Bytes, readable, toBytes } from './bytes.ts';
import { type Abortable, Life } from './life.ts';
import type { LinkIo, Resync } from './link-io.ts';
import { raceAborts } from './race-aborts.ts';

export interface SharedWireOptions {
  readonly address: string;
  readonly clock: Clock;
  /** Longest time for an answer, if a read does not say otherwise. */
  readonly timeoutMs: number;
  /** Longest time that bytes may wait to be taken by the system. */
  readonly writeTimeoutMs: number;
  /** Most bytes that may wait to be read. */
  readonly maxBytes: number;
}

/** One exchange under way. */
interface Session {
  over: boolean;
  /** Nothing that comes before the first request is an answer to it. */
  asked: boolean;
  /** The last thing that was asked, for errors. */
  request: Uint8Array;
  fault?: DaqtorError;
  reader?: { readonly look: () => void; readonly fail: (error: unknown) => void };
}

/** An open wire and the discipline on it: one exchange at a time, first come, first served. */
export class SharedWire {
  readonly address: string;
  readonly #options: SharedWireOptions;
  readonly #received: ByteQueue;
  /** Ends with the reason once the wire is gone or closed. */
  readonly #life = new Life();
  readonly #traces: ((line: TraceLine) => void)[] = [];
  #wire: Wire | undefined;
  #lastTurn: Promise<unknown> = Promise.resolve();
  #session: Session | undefined;
  /** False from the first byte of a request until its answer was read in full: an answer may be on its way. */
  #inStep = true;
  /** Questions of `Resync` that were sent and not answered. */
  #questionsOpen = 0;

  constructor(options: SharedWireOptions) {
    this.#options = options;
    this.address = options.address;
    this.#received = new ByteQueue(options.maxBytes);
  }

  /** What the wire tells; to be given to `WirePort.open`. */
  readonly events: WireEvents = {
    received: (bytes) => this.#receive(bytes),
    gone: (cause) => this.#die(`went away: ${cause.message}`, cause),
  };

  get isGone(): boolean {
    return this.#life.aborted;
  }

  attach(wire: Wire): void {
    this.#wire = wire;
    // It may have gone away before it was handed over.
    if (this.isGone) void wire.close();
  }

  addTrace(trace: (line: TraceLine) => void): () => void {
    this.#traces.push(trace);
    return () => {
      const at = this.#traces.indexOf(trace);
      if (at >= 0) this.#traces.splice(at, 1);
    };
  }

  /** Runs one exchange when its turn has come; see `Link.exchange`. */
  async exchange<T>(talk: (io: LinkIo) => Promise<T>, resync: Resync, signals: readonly Abortable[]): Promise<T> {
    const turn = this.#takeTurn();
    const session: Session = { over: false, asked: false, request: new Uint8Array() };
    try {
      return await raceAborts([this.#life, ...signals], async () => {
        await turn.ready;
        if (session.over) throw ended();
        this.#session = session;
        const io = this.#io(session);
        if (!this.#inStep) {
          await this.#getInStep(resync, io);
          session.asked = false;
        }
        const result = await talk(io);
        if (!session.over) this.#inStep = true;
        return result;
      });
    } finally {
      session.over = true;
      session.reader?.fail(ended());
      if (this.#session === session) {
        this.#session = undefined;
        this.#dropLeftovers();
      }
      turn.end();
    }
  }

  /** Writes at once, out of turn; see `Link.send`. */
  async send(data: Bytes, signals: readonly Abortable[]): Promise<void> {
    const bytes = toBytes(data);
    await raceAborts([this.#life, ...signals], () => this.#write(bytes));
  }

  /** Idempotent; never rejects. What waits fails with `instrument.gone`. */
  async close(): Promise<void> {
    this.#life.end(gone(`${this.address} was closed`, 'Connect the instrument again'));
    await this.#wire?.close();
  }

  /** Waits for as many answers as there were questions, lest one that comes late is taken for something else. */
  async #getInStep(resync: Resync, io: LinkIo): Promise<void> {
    this.#note('getting back into step');
    this.#questionsOpen++;
    await resync.ask(io);
    for (let answers = 0; this.#questionsOpen > 0; answers++) {
      try {
        await resync.answered(io);
        this.#questionsOpen--;
      } catch (error) {
        if (answers === 0 || !DaqtorError.is(error) || error.code !== 'instrument.timeout') throw error;
        // It answers again, and what did not come by now was lost while it did not.
        this.#questionsOpen = 0;
      }
    }
  }

  /** `ready` once all earlier turns have ended, whether or not this one still wants to. */
  #takeTurn(): { readonly ready: Promise<unknown>; end(): void } {
    const ready = this.#lastTurn;
    let end = () => {};
    const mine = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#lastTurn = ready.then(() => mine);
    return { ready, end: () => end() };
  }

  #io(session: Session): LinkIo {
    const { timeoutMs } = this.#options;
    return {
      write: async (data) => {
        const bytes = toBytes(data);
        if (session.over) throw ended();
        if (!session.asked) this.#dropLeftovers();
        session.asked = true;
        session.request = bytes;
        this.#inStep = false;
        await this.#write(bytes);
      },
      readUntil: (terminator, withinMs = timeoutMs) => {
        const bytes = toBytes(terminator);
        return this.#read(session, () => this.#received.takeUntil(bytes), withinMs);
      },
      readExactly: (count, withinMs = timeoutMs) =>
        count > this.#options.maxBytes
          ? Promise.reject(this.#tooMuch(count))
          : this.#read(session, () => this.#received.take(count), withinMs),
      readSome: (withinMs = timeoutMs) =>
        this.#read(session, () => (this.#received.size > 0 ? this.#received.drain() : undefined), withinMs),
    };
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const { clock, writeTimeoutMs } = this.#options;
    if (!this.#wire) throw this.#life.reason;
    this.#trace('sent', bytes);
    // Not tied to the exchange: a write that hangs after an abort has to be noticed too.
    const timer = clock.setTimeout(
      () => this.#die(`took no bytes for ${writeTimeoutMs} ms, and was closed lest they arrive later`),
      writeTimeoutMs,
    );
    try {
      await this.#wire.send(bytes);
    } catch (cause) {
      // How much arrived is not known, so nothing that follows could be trusted.
      this.#die(`failed while sending: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
      throw this.#life.reason;
    } finally {
      clock.clearTimeout(timer);
    }
  }

  #read(session: Session, take: () => Uint8Array | undefined, timeoutMs: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const unfit = session.over ? ended() : session.reader ? ended('two reads at once') : session.fault;
      if (unfit) return reject(unfit);
      const there = take();
      if (there) return resolve(there);
      const { clock } = this.#options;
      const settle = () => {
        clock.clearTimeout(timer);
        delete session.reader;
      };
      const fail = (error: unknown) => {
        settle();
        reject(error);
      };
      const timer = clock.setTimeout(() => fail(this.#late(session.request, timeoutMs)), timeoutMs);
      session.reader = {
        look: () => {
          const bytes = take();
          if (!bytes) return this.#wire?.listen?.();
          settle();
          resolve(bytes);
        },
        fail,
      };
      this.#wire?.listen?.();
    });
  }

  #receive(bytes: Uint8Array): void {
    if (this.isGone) return;
    this.#trace('received', bytes);
    const session = this.#session;
    if (!session) this.#noteDropped(bytes);
    else if (this.#received.push(bytes)) session.reader?.look();
    else {
      this.#noteDropped(this.#received.drain());
      session.fault = this.#tooMuch();
      session.reader?.fail(session.fault);
    }
  }

  #dropLeftovers(): void {
    if (this.#received.size > 0) this.#noteDropped(this.#received.drain());
  }

  #noteDropped(bytes: Uint8Array): void {
    // The LF of a CR LF often comes after the line was taken at its CR.
    if (bytes.some((byte) => byte !== 0x0a && byte !== 0x0d)) this.#note(`dropped, nobody asked: ${readable(bytes)}`);
  }

  #die(how: string, cause?: unknown): void {
    if (this.isGone) return;
    this.#note(how);
    this.#life.end(gone(`${this.address} ${how}`, 'Check cable and power, then connect again', cause));
    void this.#wire?.close();
  }

  #late(request: Uint8Array, timeoutMs: number): DaqtorError {
    const came = this.#received.peek();
    const asked = readable(request, 40).replace(/(\\x0[AD])+$/, '');
    return new DaqtorError('instrument.timeout', {
      problem: `${this.address} did not answer '${asked}' within ${timeoutMs} ms${
        came.length > 0 ? `; what came is incomplete: '${readable(came, 64)}'` : ''
      }`,
      advice: 'Check that the instrument is on and set to remote operation, the cable, and the settings of the port',
    });
  }

  #tooMuch(announced?: number): DaqtorError {
    return new DaqtorError('instrument.protocol', {
      problem:
        announced === undefined
          ? `${this.address} sent more than ${this.#options.maxBytes} bytes in one answer`
          : `${this.address} announced ${announced} bytes, ${this.#options.maxBytes} at most are taken`,
      advice: 'Check that the right instrument is connected, or ask for less data at once',
    });
  }

  #note(text: string): void {
    this.#trace('note', text);
  }

  #trace(direction: TraceLine['direction'], what: string | Uint8Array): void {
    if (this.#traces.length === 0) return;
    const said = typeof what === 'string' ? { text: what } : { text: readable(what), bytes: what.slice() };
    const line = { atMs: this.#options.clock.now(), address: this.address, direction, ...said };
    for (const trace of new Set(this.#traces)) trace(line);
  }
}

function ended(what = 'the exchange is over'): DaqtorError {
  return new DaqtorError('instrument.protocol', {
    problem: `the wire cannot be used: ${what}`,
    advice: "Await each call, inside the function given to 'exchange'",
  });
}

function gone(problem: string, advice: string, cause?: unknown): DaqtorError {
  return new DaqtorError('instrument.gone', { problem, advice, cause });
}
