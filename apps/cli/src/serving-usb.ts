import { serveUsbip, type UsbSimulator } from '@daqtor/sim';
import type { Flags } from './command.ts';
import { Misuse } from './misuse.ts';
import { numberOption } from './number-option.ts';
import type { Terminal } from './terminal.ts';

/** What goes wrong on a wire of bytes does not on USB, which repeats what was damaged. */
const OF_OTHER_WIRES = ['tcp', 'pty', 'latency', 'jitter', 'baud', 'fragment', 'drop', 'duplicate', 'garbage', 'echo'];

/**
 * Serves a USB device by USB/IP, until Ctrl-C.
 *
 * @throws Misuse for options of other wires
 */
export async function serveUsbUntilInterrupted(
  { name, title, make }: UsbSimulator,
  flags: Flags,
  terminal: Terminal,
): Promise<void> {
  const other = OF_OTHER_WIRES.find((one) => flags[one] !== undefined);
  if (other !== undefined) throw new Misuse(`--usbip goes alone: it takes no --${other}`);
  const port = numberOption('usbip', flags.usbip, 0, 65_535) ?? 0;
  const seed = numberOption('seed', flags.seed, 0) ?? 1;
  const device = make({ clock: terminal.clock, seed });
  // Told from the beginning, so that Ctrl-C finds somebody who puts everything away.
  const interrupted = terminal.interrupted();
  const served = await serveUsbip([device], {
    port,
    ...(typeof flags.host === 'string' && { host: flags.host }),
  });
  try {
    const { vendorId, productId, serialNumber } = device.description;
    const [vendor, product] = [vendorId, productId].map((id) => id.toString(16).toUpperCase().padStart(4, '0'));
    const address = `usb://${vendor}:${product}/${encodeURIComponent(serialNumber)}`;
    const [busId] = served.busIds;
    const usbip = { host: served.host, port: served.port, busId };
    if (flags.json) terminal.out(JSON.stringify({ name, title, addresses: [address], usbip }));
    else {
      const attach = `usbip --tcp-port ${served.port} attach --remote ${served.host} --busid ${busId}`;
      terminal.out(`${title}\n  ${address}, after: sudo modprobe vhci-hcd && sudo ${attach}\nCtrl-C ends it.`);
    }
    await interrupted;
  } finally {
    await served.close();
  }
}
