/** An endpoint of an interface, as its descriptor tells. */
export interface UsbEndpoint {
  /** With the direction in its highest bit, as in the descriptor: 0x81 is endpoint 1 IN. */
  readonly address: number;
  readonly kind: 'bulk' | 'interrupt';
  readonly packetBytes: number;
}

/** A request on the control endpoint (USB 2.0, 9.3). */
export interface UsbRequest {
  readonly type: 'standard' | 'class' | 'vendor';
  readonly recipient: 'device' | 'interface' | 'endpoint';
  readonly request: number;
  readonly value: number;
  readonly index: number;
}

/** How a transfer that moved no data ended: the device refused it, or it took too long. */
export type UsbRefusal = 'stalled' | 'late';

/**
 * A claimed interface of a USB device.
 *
 * Obligations: transfers on one endpoint run one after the other, in their order; nothing is sent once the device is gone
 * or the interface closed. Every transfer rejects with `instrument.gone` then.
 */
export interface UsbInterface {
  /** Its number in the descriptor, which class requests to it have as their index. */
  readonly number: number;
  readonly endpoints: readonly UsbEndpoint[];
  /** Sends one transfer. A `late` one may have arrived in part. */
  send(endpoint: number, bytes: Uint8Array, timeoutMs: number): Promise<'sent' | UsbRefusal>;
  /**
   * Receives one transfer, which a short packet ends.
   *
   * One packet can be waited for as long as one likes: nothing is lost by giving up. Of more, what had come by the time
   * limit is lost; so wait for the first packet, then take the rest.
   *
   * @param maxBytes - whole packets
   * @param signal - aborting gives up soon, as `late`
   */
  receive(
    endpoint: number,
    maxBytes: number,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array | UsbRefusal>;
  /** Asks on the control endpoint. */
  control(request: UsbRequest, maxBytes: number, timeoutMs: number): Promise<Uint8Array | UsbRefusal>;
  /** Ends a stall of an endpoint. */
  clearHalt(endpoint: number): Promise<void>;
  /** Lets the device go. Idempotent; never rejects. */
  close(): Promise<void>;
}

/** What a USB interface tells its owner. */
export interface UsbEvents {
  /** The device was unplugged. Called at most once, never after `close()`. */
  gone(cause: Error): void;
}

/** A USB device that may be plugged in. Opening it again after it was gone finds the device that is there then. */
export interface UsbPort {
  /** How people write it: `usb://1AB1:04CE/DS1ZA170801234`. */
  readonly address: string;
  /**
   * Claims the first interface of a class.
   *
   * @param wanted - class and subclass of the interface as its descriptor has them
   * @param signal - aborting rejects with `signal.reason` and leaves nothing open
   * @throws DaqtorError `instrument.connect` if there is no such device or interface, or the system refuses it
   */
  openUsb(
    wanted: { readonly class: number; readonly subclass?: number },
    events: UsbEvents,
    signal: AbortSignal,
  ): Promise<UsbInterface>;
}
