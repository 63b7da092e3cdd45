import { DaqtorError } from '@daqtor/core';

/** Which USB device is meant. */
export interface UsbAddress {
  readonly vendorId: number;
  readonly productId: number;
  /** Left out: the only one with these ids. */
  readonly serialNumber?: string | undefined;
}

/**
 * Reads `usb://1AB1:04CE/DS1ZA170801234`: vendor and product in hexadecimal, and the serial number.
 *
 * @throws DaqtorError `lab.settings` for anything else
 */
export function parseUsbAddress(text: string): UsbAddress {
  const [, vendor, product, serial] = /^usb:\/\/([0-9a-f]{4}):([0-9a-f]{4})(?:\/([^/?#\s]*))?$/i.exec(text) ?? [];
  if (vendor === undefined || product === undefined) {
    throw new DaqtorError('lab.settings', {
      problem: `the address '${text}' cannot be understood: it does not read usb://VENDOR:PRODUCT/SERIAL`,
      advice: 'Write usb://1AB1:04CE/DS1ZA170801234, ids in hexadecimal; daqtor ports shows what is plugged in',
    });
  }
  const ids = { vendorId: Number.parseInt(vendor, 16), productId: Number.parseInt(product, 16) };
  return serial ? { ...ids, serialNumber: decoded(serial) } : ids;
}

/** The address as `parseUsbAddress` reads it. */
export function usbAddress({ vendorId, productId, serialNumber }: UsbAddress): string {
  const place = `usb://${hex(vendorId)}:${hex(productId)}`;
  return serialNumber === undefined ? place : `${place}/${encodeURIComponent(serialNumber)}`;
}

/** Four hexadecimal digits, as people write the ids of USB. */
const hex = (id: number): string => id.toString(16).toUpperCase().padStart(4, '0');

function decoded(serial: string): string {
  try {
    return decodeURIComponent(serial);
  } catch {
    // A percent sign of the serial number itself.
    return serial;
  }
}
