/**
 * The address of an instrument that PyVISA or pyserial knows by a name.
 *
 * @returns undefined for what is none, and for a GPIB bus, whose adapter the name does not tell
 */
export function addressOf(resource: string): string | undefined {
  const text = resource.trim();
  const [, host, port] = /^TCPIP\d*::([^:]+)::(\d+)::SOCKET$/i.exec(text) ?? [];
  if (host !== undefined) return `tcp://${host}:${port}`;
  const [, serial] = /^ASRL(.+)::INSTR$/i.exec(text) ?? [];
  if (serial !== undefined) return /^\d+$/.test(serial) ? `serial:COM${serial}` : `serial:${serial}`;
  return /^(COM\d+|\/dev\/\S+)$/i.test(text) ? `serial:${text}` : undefined;
}
