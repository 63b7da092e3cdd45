import type { Bytes } from './bytes.ts';

/** What one exchange may do with the wire. Valid until the exchange is over; one read at a time. */
export interface LinkIo {
  /** Resolves once the bytes were handed to the system. */
  write(data: Bytes): Promise<void>;
  /**
   * The bytes before the next terminator, which is taken from the wire as well.
   *
   * @param timeoutMs - how long to wait for the terminator; default that of the link
   * @throws DaqtorError `instrument.timeout` if it did not come in time; what came stays to be read
   * @throws DaqtorError `instrument.protocol` if more came than the link may hold
   */
  readUntil(terminator: Bytes, timeoutMs?: number): Promise<Uint8Array>;
  /** The next `count` bytes; errors as those of `readUntil`. Allocates as bytes come, not by `count`. */
  readExactly(count: number, timeoutMs?: number): Promise<Uint8Array>;
  /** What has come, at least one byte; errors as those of `readUntil`. */
  readSome(timeoutMs?: number): Promise<Uint8Array>;
}

/**
 * How to get back into step with an instrument that may still owe an answer: by a question whose answer cannot be taken
 * for any other. Instruments answer in order, so what is owed comes before it.
 */
export interface Resync {
  /** Sends the question. */
  ask(io: LinkIo): Promise<void>;
  /** Reads and drops until one answer to it has come; throws `instrument.timeout` if none comes. */
  answered(io: LinkIo): Promise<void>;
}
