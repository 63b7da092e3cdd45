/** An instrument that speaks its protocol byte by byte and does not know what wire it hangs on. */
export interface SimulatedInstrument {
  /** For people, e.g. `Newport ESP301, 2 axes`. */
  readonly title: string;
  /**
   * A host plugs in. The instrument keeps its state from one host to the next.
   *
   * @param transmit - takes bytes to the host; the instrument may call it while it receives, so a wire must not answer
   *   from within
   */
  connect(transmit: (bytes: Uint8Array) => void): SimulatedSession;
  /** What an instrument of IEEE 488.2 has for wires that carry whole messages, such as USBTMC. */
  readonly messages?: MessageStatus;
}

export interface MessageStatus {
  /** Without bit 4, message available: the wire knows that. */
  readonly statusByte: number;
  /** The bits of the status byte for which it requests service. */
  readonly serviceEnable: number;
  /** A message came before the answer was fetched (-410), or an answer was wanted where nothing was asked (-420). */
  report(queryError: -410 | -420): void;
  /** Calls `watcher` after each change of the status byte, or of what is enabled. */
  watch(watcher: () => void): void;
}

/** One host's end of the talk. */
export interface SimulatedSession {
  /** Bytes from the host, cut anywhere. */
  receive(bytes: Uint8Array): void;
  /** The host is gone: nothing is transmitted to it any more. What the instrument is doing goes on. Idempotent. */
  disconnect(): void;
}
