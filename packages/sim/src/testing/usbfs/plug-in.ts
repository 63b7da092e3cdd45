import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { realClock } from '@daqtor/core';
import type { ServedUsb } from '../../usb/usbip-server.ts';

/** Why USB cannot be had in this process; undefined where it can. */
export const withoutUsb: string | undefined =
  process.env.DAQTOR_USBFS === undefined ? 'not run: npm run check:usb puts simulated devices on USB' : undefined;

/**
 * Plugs a served device in, within `scripts/with-usb.sh`.
 *
 * @param kernelDriver - what holds it from the beginning, as `usbtmc` does on a desktop
 */
export async function plugIn(served: ServedUsb, busId = served.busIds[0], kernelDriver = ''): Promise<void> {
  const socket = connect(process.env.DAQTOR_USBFS ?? '');
  socket.write(`${served.host} ${served.port} ${busId} ${kernelDriver}\n`);
  const [said] = (await once(createInterface({ input: socket }), 'line')) as [string];
  socket.destroy();
  if (!said.startsWith('plugged in')) throw new Error(`${busId} could not be plugged in: ${said}`);
}

/** Resolves once no device is plugged in any more. */
export async function untilAllUnplugged(): Promise<void> {
  for (let tries = 0; readdirSync('/sys/bus/usb/devices').length > 0; tries++) {
    if (tries > 500) throw new Error('devices stay plugged in');
    await realClock.sleep(5);
  }
}
