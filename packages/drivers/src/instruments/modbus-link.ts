import type { ConnectContext, PortSetting } from '@daqtor/core';
import { z } from 'zod';
import { ModbusTalk } from '../protocols/modbus-talk.ts';
import type { Link } from '../transports/link.ts';
import { overLink } from '../transports/over-link.ts';
import { portOrAddress, resolvePort } from '../transports/resolve-port.ts';

/** Settings that every driver of Modbus has. */
export const modbusSettings = z.object({
  port: portOrAddress,
  unit: z
    .int()
    .min(0)
    .max(255)
    .default(1)
    .describe('Address of the device on its line; of a device on TCP often 1 or 255'),
  framing: z
    .enum(['rtu', 'tcp'])
    .optional()
    .describe('How it speaks: rtu, also through a device server, or tcp; left out, tcp at TCP addresses, else rtu'),
});
export type ModbusSettings = z.output<typeof modbusSettings>;

export function overModbus<T>(
  context: ConnectContext,
  { port, unit, framing }: ModbusSettings,
  build: (talk: ModbusTalk, link: Link, identity: string) => Promise<T>,
): Promise<T> {
  const spoken = framing ?? (isTcp(port) ? 'tcp' : 'rtu');
  return overLink(context, port, { serial: { baudRate: 9600 } }, (link) =>
    build(new ModbusTalk(link, context.clock, unit, spoken), link, `Modbus ${spoken.toUpperCase()} unit ${unit}`),
  );
}

const isTcp = (port: PortSetting): boolean => resolvePort(port).address.startsWith('tcp:');
