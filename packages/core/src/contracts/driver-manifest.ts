import { z } from 'zod';
import { CAPABILITIES } from './capabilities.ts';
import type { DriverPlugin } from './driver-plugin.ts';

/** Version of the contract between drivers and modules. It grows when old drivers would not work any more. */
export const DRIVER_CONTRACT = 1;

/** What is known of a driver without running it. */
export const driverManifest = z.object({
  kind: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'lower case letters, digits and hyphens'),
  role: z.enum(['actuator', 'detector']),
  title: z.string().min(1),
  /** By what it can be reached; none: it needs no wire. */
  wires: z.array(z.enum(['serial', 'tcp', 'usb', 'gpib'])).default([]),
  /** What it can beside what every driver can, as far as that matters for choosing one; see `CAPABILITIES`. */
  can: z.array(z.enum(CAPABILITIES).exclude(['estimate'])).default([]),
  /** How its serial port is set at the factory, as in an address: `baud=19200&flow=rtscts`. */
  serial: z.string().optional(),
  /** USB devices that may be this instrument, `vendor:product` in hexadecimal: `2341:0043`. */
  usbIds: z.array(z.string().regex(/^[0-9a-f]{4}:[0-9a-f]{4}$/, 'like 2341:0043')).default([]),
  /** Name of its simulator, as `daqtor sim` knows it. */
  simulator: z.string().optional(),
});
export type DriverManifest = z.output<typeof driverManifest>;

/** The field `daqtor` in the `package.json` of a package of drivers. */
export const pluginManifest = z.object({
  contract: z.int(),
  drivers: z.array(driverManifest).min(1),
});
export type PluginManifest = z.output<typeof pluginManifest>;

/** A driver and what is known of it. */
export interface KnownDriver {
  readonly manifest: DriverManifest;
  readonly plugin: DriverPlugin;
  /** Where it comes from, e.g. `@daqtor/drivers`. */
  readonly from: string;
}

/** A driver of our own packages: its kind, role and title are those of the plugin. */
export function knownDriver(
  from: string,
  plugin: DriverPlugin,
  facts: Omit<z.input<typeof driverManifest>, 'kind' | 'role' | 'title'> = {},
): KnownDriver {
  const { kind, role, title } = plugin;
  return { from, plugin, manifest: driverManifest.parse({ kind, role, title, ...facts }) };
}
