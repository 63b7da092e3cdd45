import { z } from 'zod';
import type { WirePort } from './wire.ts';

const isWirePort = (value: unknown): value is WirePort =>
  typeof value === 'object' && value !== null && 'address' in value && 'open' in value;

/**
 * The setting by which a driver is told where its instrument is: an address such as `serial:/dev/ttyUSB0` or
 * `tcp://meter.lab:5025`, or a port object (a simulator in memory, a transport of your own).
 */
export const portSetting = z
  .union([z.string().min(1), z.custom<WirePort>(isWirePort, 'neither an address nor a port')])
  .describe('Where the instrument is, e.g. serial:/dev/ttyUSB0 or tcp://meter.lab:5025');
export type PortSetting = z.output<typeof portSetting>;
