import { DaqtorError, type PortSetting, type WirePort } from '@daqtor/core';

/** A place on a GPIB bus, behind an adapter that understands the commands of Prologix. */
export interface GpibPort extends WirePort {
  /** Where the adapter is: an address, or a port object. */
  readonly adapter: PortSetting;
  /** Primary address, and the secondary one after a blank, as the adapter takes them. */
  readonly gpib: string;
}

/**
 * An instrument on a GPIB bus behind an adapter of Prologix, or one that is compatible (AR488). Instruments on one adapter
 * share its connection.
 *
 * @param adapter - `tcp://gpib.lab:1234`, `serial:/dev/ttyUSB0`, or a port object
 * @param primary - 0 to 30
 * @param secondary - 96 to 126, for instruments that have one
 */
export function gpibPort(adapter: PortSetting, primary: number, secondary?: number): GpibPort {
  const where = typeof adapter === 'string' ? adapter : adapter.address;
  const address = `${where.replace(/^tcp:/, 'prologix:').replace(/^serial:/, 'prologix:')}`;
  if (!isInteger(primary, 0, 30)) throw refuse(address, `a GPIB address is 0 to 30, not ${primary}`);
  if (secondary !== undefined && !isInteger(secondary, 96, 126))
    throw refuse(address, `a secondary GPIB address is 96 to 126, not ${secondary}`);
  const [place = '', options] = address.split('?');
  return {
    address: `${place}/gpib/${[primary, ...(secondary === undefined ? [] : [secondary])].join('/')}${options ? `?${options}` : ''}`,
    adapter,
    gpib: [primary, ...(secondary === undefined ? [] : [secondary])].join(' '),
    open: async () => {
      throw new DaqtorError('instrument.connect', {
        problem: `${address} is a bus, not a wire`,
        advice: 'Open it by openLink, as the drivers do',
      });
    },
  };
}

export const isGpibPort = (port: WirePort): port is GpibPort => 'gpib' in port && 'adapter' in port;

/**
 * Reads `prologix://host[:1234]/gpib/22`, or `prologix:/dev/ttyUSB0/gpib/22?baud=9600`.
 *
 * @returns undefined for anything else
 * @throws DaqtorError `lab.settings` for an address that GPIB does not have
 */
export function parseGpibAddress(setting: string): GpibPort | undefined {
  const [, place, primary, secondary, options = ''] =
    /^prologix:(.+?)\/gpib\/(\d{1,3})(?:\/(\d{1,3}))?(\?.*)?$/.exec(setting) ?? [];
  if (place === undefined) return undefined;
  const host = /^\/\/(.*)$/.exec(place)?.[1];
  const adapter =
    host === undefined ? `serial:${place}${options}` : `tcp://${/:\d+$/.test(host) ? host : `${host}:1234`}`;
  return gpibPort(adapter, Number(primary), secondary === undefined ? undefined : Number(secondary));
}

const isInteger = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

function refuse(address: string, problem: string): DaqtorError {
  return new DaqtorError('lab.settings', {
    problem: `the instrument behind ${address} cannot be reached: ${problem}`,
    advice: 'Look its address up in the menu of the instrument, or at its switches',
  });
}
