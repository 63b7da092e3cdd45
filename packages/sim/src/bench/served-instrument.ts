/** An instrument that waits on a real wire of this machine. */
export interface ServedInstrument {
  /** Where a driver finds it, e.g. `serial:/dev/pts/7` or `tcp://127.0.0.1:40123`. */
  readonly address: string;
  /** Pulls the cable: whoever is connected loses the wire at once, and nobody can connect any more. */
  unplug(): Promise<void>;
  /** Puts everything away. Idempotent; never rejects. */
  close(): Promise<void>;
}

/** An instrument that goes away and comes back at the same address. */
export interface PluggedInstrument extends ServedInstrument {
  /** Plugs it in again, at the address it had. */
  replug(): Promise<void>;
}
