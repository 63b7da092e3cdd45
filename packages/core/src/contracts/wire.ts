/** What a wire tells its owner. */
export interface WireEvents {
  /** Bytes as they came, cut anywhere. */
  received(bytes: Uint8Array): void;
  /** The wire is dead (unplugged, closed by the other side). Called at most once, never after `close()`. */
  gone(cause: Error): void;
}

/** An open, ordered stream of bytes to one instrument: a serial port, a socket, or two queues in memory. */
export interface Wire {
  /**
   * Resolves once the bytes were handed to the system.
   *
   * Obligation: bytes given to a wire that is gone or closed are never delivered, not even after a replug; the promise
   * rejects instead.
   */
  send(bytes: Uint8Array): Promise<void>;
  /**
   * Somebody waits for bytes. For wires on which an instrument speaks only when it is asked to (USBTMC, GPIB); others
   * leave it out. Called each time that a read has to wait; it must return at once.
   */
  listen?(): void;
  /** Idempotent; never rejects. */
  close(): Promise<void>;
}

/** A place where an instrument can be reached. Opening it again after it was gone makes a new wire. */
export interface WirePort {
  /** How people write it: `serial:/dev/ttyUSB0`, `tcp://meter.lab:5025`, `memory:stage`. */
  readonly address: string;
  /**
   * @param signal - aborting rejects with `signal.reason` and leaves nothing open
   * @throws if the port is missing, busy or refused; the transport above adds what to do about it
   */
  open(events: WireEvents, signal: AbortSignal): Promise<Wire>;
}

/** One line of what went over a wire. */
export interface TraceLine {
  readonly atMs: number;
  readonly address: string;
  readonly direction: 'sent' | 'received' | 'note';
  /** For people: readable ASCII is kept, every other byte is written `\xNN`; what is long is cut. */
  readonly text: string;
  /** All bytes that were sent or received, a copy; undefined for a note. */
  readonly bytes?: Uint8Array | undefined;
}
