import { readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { DaqtorError, type UsbEndpoint } from '@daqtor/core';
import type { UsbDevice } from './usb-system.ts';

/** An interface that this program has for itself. */
export interface ClaimedInterface {
  readonly number: number;
  readonly endpoints: readonly UsbEndpoint[];
  /** A driver of the kernel had to leave it, and is to come back. */
  readonly wasDetached: boolean;
}

/**
 * Claims the first interface of a class on an open device.
 *
 * @throws DaqtorError `instrument.connect` if there is none, or another program has it
 */
export async function claimInterface(
  device: UsbDevice,
  address: string,
  wanted: { readonly class: number; readonly subclass?: number },
): Promise<ClaimedInterface> {
  const { configurationValue, interfaces } = device.configuration;
  const found = interfaces.find(
    ({ alternate: { interfaceClass, interfaceSubclass } }) =>
      interfaceClass === wanted.class && (wanted.subclass ?? interfaceSubclass) === interfaceSubclass,
  );
  if (!found) {
    const [kind, subclass] = [wanted.class, wanted.subclass].map((code) => code?.toString(16).padStart(2, '0'));
    throw new DaqtorError('instrument.connect', {
      problem: `${address} has no interface of class ${kind}${subclass === undefined ? '' : `, subclass ${subclass}`}`,
      advice: 'Check that it is the right instrument, and the mode of USB that it is set to',
    });
  }
  const number = found.interfaceNumber;
  const wasDetached = await claim(device, address, number, configurationValue);
  const endpoints = found.alternate.endpoints.flatMap(({ endpointNumber, direction, type, packetSize }) =>
    type === 'isochronous'
      ? []
      : [{ address: endpointNumber | (direction === 'in' ? 0x80 : 0), kind: type, packetBytes: packetSize }],
  );
  return { number, endpoints, wasDetached };
}

/** @returns whether a driver of the kernel was detached for it */
async function claim(device: UsbDevice, address: string, number: number, configuration: number): Promise<boolean> {
  try {
    await device.claimInterface(number);
    return false;
  } catch (cause) {
    if (!/busy|errno 16/i.test((cause as Error).message)) throw refused(address, cause);
    const holder = await driverOf(device, configuration, number);
    // To detach `usbfs` would take the interface away from a program that is using it.
    if (holder === undefined || holder === 'usbfs') throw busy(address, cause);
  }
  try {
    await device.detachKernelDriver(number);
    await device.claimInterface(number);
    return true;
  } catch (cause) {
    throw refused(address, cause);
  }
}

/** The driver that Linux has bound to an interface. */
async function driverOf(device: UsbDevice, configuration: number, number: number): Promise<string | undefined> {
  const folder = `${Number(device.bus)}-${device.ports.join('.')}:${configuration}.${number}`;
  return readlink(`/sys/bus/usb/devices/${folder}/driver`).then(basename, () => undefined);
}

function busy(address: string, cause: unknown): DaqtorError {
  return new DaqtorError('instrument.connect', {
    problem: `${address} is in use by another program`,
    advice: 'Close what uses it: another Daqtor, VISA, the software of its maker',
    cause,
  });
}

function refused(address: string, cause: unknown): DaqtorError {
  return new DaqtorError('instrument.connect', {
    problem: `${address} could not be claimed: ${(cause as Error).message}`,
    advice: 'Unplug it and plug it in again, and check that nothing else uses it',
    cause,
  });
}
