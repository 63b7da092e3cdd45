/** What a USB device says of itself; the descriptors are made of it. */
export interface UsbDescription {
  readonly vendorId: number;
  readonly productId: number;
  readonly maker: string;
  readonly product: string;
  readonly serialNumber: string;
  /** 0: each interface has its own. */
  readonly deviceClass?: number;
  readonly interface: { readonly class: number; readonly subclass: number; readonly protocol: number };
  readonly endpoints: readonly UsbEndpointDescription[];
}

interface UsbEndpointDescription {
  /** 0x80 set: to the host. */
  readonly address: number;
  readonly kind: 'bulk' | 'interrupt';
  readonly packetBytes: number;
}

/** Types of descriptors (USB 2.0, table 9-5). */
const DEVICE = 1;
const CONFIGURATION = 2;
const STRING = 3;
const INTERFACE = 4;
const ENDPOINT = 5;
const DEVICE_QUALIFIER = 6;

const USB_2_0 = 0x0200;
const CONTROL_PACKET_BYTES = 64;
const ENGLISH = 0x0409;

/**
 * The answer to GET_DESCRIPTOR of a device with one configuration of one interface, at high speed.
 *
 * Source: Universal Serial Bus Specification, revision 2.0, 9.6.
 *
 * @returns undefined for one that the device does not have
 */
export function usbDescriptor(device: UsbDescription, type: number, index: number): Uint8Array | undefined {
  const { deviceClass = 0 } = device;
  switch (type) {
    case DEVICE:
      return Uint8Array.of(
        ...[18, DEVICE, ...word(USB_2_0), deviceClass, 0, 0, CONTROL_PACKET_BYTES],
        ...[...word(device.vendorId), ...word(device.productId), ...word(0x0100), 1, 2, 3, 1],
      );
    case DEVICE_QUALIFIER:
      return Uint8Array.of(10, DEVICE_QUALIFIER, ...word(USB_2_0), deviceClass, 0, 0, CONTROL_PACKET_BYTES, 1, 0);
    case CONFIGURATION:
      return configuration(device);
    case STRING: {
      if (index === 0) return Uint8Array.of(4, STRING, ...word(ENGLISH));
      const text = [device.maker, device.product, device.serialNumber][index - 1];
      if (text === undefined) return undefined;
      const units = Array.from({ length: text.length }, (_, at) => word(text.charCodeAt(at))).flat();
      return Uint8Array.of(2 + units.length, STRING, ...units);
    }
    default:
      return undefined;
  }
}

function configuration({ interface: { class: kind, subclass, protocol }, endpoints }: UsbDescription): Uint8Array {
  const body = [
    ...[9, INTERFACE, 0, 0, endpoints.length, kind, subclass, protocol, 0],
    ...endpoints.flatMap(({ address, kind, packetBytes }) => {
      const [attributes, interval] = kind === 'bulk' ? [2, 0] : [3, 4];
      return [7, ENDPOINT, address, attributes, ...word(packetBytes), interval];
    }),
  ];
  const SELF_POWERED = 0xc0;
  return Uint8Array.of(9, CONFIGURATION, ...word(9 + body.length), 1, 1, 0, SELF_POWERED, 0, ...body);
}

const word = (value: number): [number, number] => [value & 0xff, value >> 8];
