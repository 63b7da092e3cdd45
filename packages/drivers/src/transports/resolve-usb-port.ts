import { DaqtorError, type UsbPort } from '@daqtor/core';
import { z } from 'zod';
import { parseUsbAddress } from './usb-address.ts';
import { usbPort } from './usb-port.ts';

const isUsbPort = (value: unknown): value is UsbPort =>
  typeof value === 'object' && value !== null && 'address' in value && 'openUsb' in value;

/** The setting `port` of a driver for a USB device with a protocol of its own. */
export const usbPortOrAddress = z
  .union([z.string().min(1), z.custom<UsbPort>(isUsbPort, 'neither an address nor a USB port')])
  .describe('Which USB device, e.g. usb://2457:101E/USB2+H00001; the serial number may be left out')
  .superRefine((setting, context) => {
    try {
      if (typeof setting === 'string') parseUsbAddress(setting);
    } catch (error) {
      if (!DaqtorError.is(error)) throw error;
      context.addIssue({ code: 'custom', message: `${error.problem}. ${error.advice}` });
    }
  });

/** @throws DaqtorError `lab.settings` for an address that cannot be understood */
export function resolveUsbPort(setting: z.output<typeof usbPortOrAddress>): UsbPort {
  return typeof setting === 'string' ? usbPort(parseUsbAddress(setting)) : setting;
}
