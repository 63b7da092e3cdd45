import { type UsbDescription, usbDescriptor } from './usb-descriptors.ts';
import { ENDPOINT_IN, HostEndpoint, type UsbOutcome } from './usb-endpoint.ts';

/** The eight bytes of a request on the control endpoint, taken apart. */
export interface UsbSetup {
  readonly type: 'standard' | 'class' | 'vendor';
  readonly request: number;
  readonly value: number;
  readonly index: number;
  /** Most bytes of the answer. */
  readonly length: number;
}

/** What an instrument does on its endpoints. */
export interface UsbBehaviour {
  /** A transfer from the host; false: the instrument stalls the endpoint. */
  received(endpoint: number, bytes: Uint8Array): boolean;
  /** Answers a request of class or vendor; undefined: it stalls. */
  control?(setup: UsbSetup): Uint8Array | undefined;
  /** The host has ended the stall of an endpoint. */
  haltCleared?(endpoint: number): void;
  /** The host is gone. */
  detached(): void;
}

/** What the behaviour of an instrument may do. */
export interface UsbDeviceSide {
  /** Queues one transfer to the host; a zero packet ends it where its last packet is full. */
  send(endpoint: number, bytes: Uint8Array): void;
  /** Forgets what was not fetched. */
  flush(endpoint: number): void;
  stall(endpoint: number): void;
  /** Whether something waits to be fetched. */
  isPending(endpoint: number): boolean;
}

/** A USB device as a host sees it, without a bus: transfers in, outcomes out. */
export class SimulatedUsbDevice {
  readonly description: UsbDescription;
  readonly #behaviour: UsbBehaviour;
  readonly #halted = new Set<number>();
  readonly #in = new Map<number, HostEndpoint>();

  constructor(description: UsbDescription, makeBehaviour: (side: UsbDeviceSide) => UsbBehaviour) {
    this.description = description;
    for (const { address, packetBytes } of description.endpoints) {
      if (address & ENDPOINT_IN) this.#in.set(address, new HostEndpoint(packetBytes));
    }
    this.#behaviour = makeBehaviour({
      send: (endpoint, bytes) => this.#inAt(endpoint).put(bytes),
      flush: (endpoint) => this.#inAt(endpoint).flush(),
      stall: (endpoint) => {
        this.#halted.add(endpoint);
        this.#in.get(endpoint)?.stall();
      },
      isPending: (endpoint) => this.#inAt(endpoint).isPending,
    });
  }

  /** A transfer to the device. */
  out(endpoint: number, bytes: Uint8Array): UsbOutcome {
    const isThere = this.description.endpoints.some(({ address }) => address === endpoint);
    if (!isThere || this.#halted.has(endpoint) || !this.#behaviour.received(endpoint, bytes)) return { stalled: true };
    return { stalled: false, bytes: new Uint8Array() };
  }

  /**
   * A transfer from the device, answered when there is something.
   *
   * @returns takes the transfer back; false if it was answered already
   */
  in(endpoint: number, maxBytes: number, answer: (outcome: UsbOutcome) => void): () => boolean {
    const queue = this.#in.get(endpoint);
    if (!queue || this.#halted.has(endpoint)) {
      answer({ stalled: true });
      return () => false;
    }
    return queue.take(maxBytes, answer);
  }

  /** A request on the control endpoint (USB 2.0, 9.4). */
  control(setup: UsbSetup): UsbOutcome {
    const bytes =
      setup.type === 'standard' ? this.#standard(setup) : this.#behaviour.control?.(setup)?.subarray(0, setup.length);
    return bytes ? { stalled: false, bytes } : { stalled: true };
  }

  /** The host lets go: transfers that wait are forgotten, and so is what it did not fetch. */
  detach(): void {
    for (const queue of this.#in.values()) queue.reset();
    this.#halted.clear();
    this.#behaviour.detached();
  }

  #inAt(endpoint: number): HostEndpoint {
    const queue = this.#in.get(endpoint);
    if (!queue) throw new Error(`${this.description.product} has no endpoint 0x${endpoint.toString(16)} to the host`);
    return queue;
  }

  #standard({ request, value, index, length }: UsbSetup): Uint8Array | undefined {
    const ENDPOINT_HALT = 0;
    const nothing = new Uint8Array();
    switch (request) {
      case 0: // GET_STATUS
        return Uint8Array.of(this.#halted.has(index) ? 1 : 0, 0);
      case 1: // CLEAR_FEATURE
        if (value === ENDPOINT_HALT && this.#halted.delete(index)) this.#behaviour.haltCleared?.(index);
        return nothing;
      case 6: // GET_DESCRIPTOR
        return usbDescriptor(this.description, value >> 8, value & 0xff)?.subarray(0, length);
      case 8: // GET_CONFIGURATION
        return Uint8Array.of(1);
      case 9: // SET_CONFIGURATION
      case 11: // SET_INTERFACE
        return nothing;
      default:
        return undefined;
    }
  }
}
