import { DaqtorError, type UsbPort } from '@daqtor/core';
import { udevAdvice } from './udev-advice.ts';
import { type UsbAddress, usbAddress } from './usb-address.ts';
import { claimInterface } from './usb-claim.ts';
import { SystemUsbInterface } from './usb-interface.ts';
import { loadUsb, type UsbDevice, watchUnplug } from './usb-system.ts';

/**
 * A USB device of this machine. Each `openUsb` looks for it anew: after a replug it is another one to the system.
 *
 * On Linux, a driver of the kernel that holds the interface (`usbtmc`) is detached, and attached again at the end.
 */
export function usbPort(wanted: UsbAddress): UsbPort {
  const address = usbAddress(wanted);
  return {
    address,
    async openUsb(kind, events, signal) {
      signal.throwIfAborted();
      const device = await find(wanted, address);
      signal.throwIfAborted();
      let opened: SystemUsbInterface | undefined;
      // Before it is opened: it takes the system a moment to watch.
      const unwatch = await watchUnplug(device, (cause) => opened?.lose(cause));
      try {
        await device.open().catch((cause: unknown) => {
          throw openError(address, wanted, cause);
        });
        const claimed = await claimInterface(device, address, kind);
        signal.throwIfAborted();
        opened = new SystemUsbInterface(device, address, claimed, events, unwatch);
        return opened;
      } catch (error) {
        unwatch();
        await device.close().catch(() => undefined);
        throw error;
      }
    },
  };
}

async function find({ vendorId, productId, serialNumber }: UsbAddress, address: string): Promise<UsbDevice> {
  const usb = await loadUsb(address);
  let devices: readonly UsbDevice[];
  try {
    devices = await usb.getDevices();
  } catch (cause) {
    throw new DaqtorError('instrument.connect', {
      problem: `${address} could not be looked for: ${(cause as Error).message}`,
      advice: 'This machine shows no USB: in a container or a virtual machine, let USB devices through to it',
      cause,
    });
  }
  const alike = devices.filter((one) => one.vendorId === vendorId && one.productId === productId);
  const matching = serialNumber === undefined ? alike : alike.filter((one) => serialOf(one) === serialNumber);
  const [device, another] = matching;
  if (device && !another) return device;
  const there = alike
    .map((one) => usbAddress({ vendorId, productId, serialNumber: serialOf(one) }))
    .sort()
    .join(', ');
  throw new DaqtorError(
    'instrument.connect',
    device
      ? {
          problem: `${address} is ${matching.length} devices: ${there}`,
          advice: 'Add the serial number of one of them',
        }
      : {
          problem: `${address} is not plugged in`,
          advice: there === '' ? 'Plug it in and switch it on; daqtor ports shows what is there' : `There is ${there}`,
        },
  );
}

/** Undefined where it has none, or it cannot be read without the right to open it. */
function serialOf(device: UsbDevice): string | undefined {
  try {
    return device.serialNumber ?? undefined;
  } catch {
    return undefined;
  }
}

function openError(address: string, { vendorId }: UsbAddress, cause: unknown): DaqtorError {
  const { message } = cause as Error;
  return new DaqtorError('instrument.connect', {
    problem: `${address} could not be opened: ${message}`,
    advice: /permission|access|errno 13|errno 1\b/i.test(message)
      ? `You may not use it: ${udevAdvice(vendorId.toString(16).padStart(4, '0'))}`
      : /not found|no such|errno 2\b|disconnected/i.test(message)
        ? 'It was unplugged just now: plug it in again'
        : 'Check that it is plugged in; on Windows it needs the driver WinUSB (Zadig installs it)',
    cause,
  });
}
