import { DaqtorError, type PortSetting, portSetting, type WirePort } from '@daqtor/core';
import { isGpibPort, parseGpibAddress } from './gpib-port.ts';
import { type SerialOptions, serialPort } from './serial-port.ts';
import { tcpPort } from './tcp-port.ts';
import { parseUsbAddress } from './usb-address.ts';
import { usbPort } from './usb-port.ts';
import { usbtmcPort } from './usbtmc-port.ts';

const FORMS =
  'Write serial:/dev/ttyUSB0, serial:COM3?baud=57600, tcp://meter.lab:5025, usb://1AB1:04CE/SERIAL, ' +
  'prologix://gpib.lab:1234/gpib/22, prologix:/dev/ttyUSB0/gpib/22, or hand over a port object; ' +
  'a serial address takes baud, bits=5…8, parity=none|even|odd, stop=1|2 and flow=none|rtscts|xonxoff';

/**
 * The port that a setting names. A port object is returned as it is.
 *
 * @param serialDefaults - how the instrument's serial port is set at the factory; the address may say otherwise
 * @throws DaqtorError `lab.settings` for an address that cannot be understood; it shows the accepted forms
 */
export function resolvePort(setting: PortSetting, serialDefaults: SerialOptions = {}): WirePort {
  if (typeof setting !== 'string') return setting;
  const [scheme = '', rest = ''] = splitAt(setting, ':');
  if (scheme === 'serial') return resolveSerial(setting, rest, serialDefaults);
  if (scheme === 'tcp') return resolveTcp(setting, rest);
  if (scheme === 'usb') return usbtmcPort(usbPort(parseUsbAddress(setting)));
  if (scheme === 'prologix') return resolveGpib(setting);
  throw refuse(
    setting,
    scheme === 'memory' ? 'a port in memory is an object' : 'it starts with none of serial:, tcp:, usb: and prologix:',
  );
}

/** The setting `port` of a driver: an address that can be understood, so that a slip shows where it was written. */
export const portOrAddress = portSetting.superRefine((setting, context) => {
  try {
    resolvePort(setting);
  } catch (error) {
    if (!DaqtorError.is(error)) throw error;
    context.addIssue({ code: 'custom', message: `${error.problem}. ${error.advice}` });
  }
});

/** Whether the instrument is on a GPIB bus, where some speak otherwise than on a serial port. */
export const isOnGpib = (setting: PortSetting): boolean => isGpibPort(resolvePort(setting));

function resolveGpib(setting: string): WirePort {
  const port = parseGpibAddress(setting);
  if (!port) throw refuse(setting, 'it reads neither prologix://host:port/gpib/N nor prologix:PATH/gpib/N');
  // The adapter's own address may be what cannot be understood.
  resolvePort(port.adapter);
  return port;
}

function resolveTcp(setting: string, rest: string): WirePort {
  const [, ipv6, name, digits] = /^\/\/(?:\[([^\]]+)\]|([^:/?#\s]+)):(\d+)\/?$/.exec(rest) ?? [];
  const host = ipv6 ?? name;
  const port = Number(digits);
  if (!host) throw refuse(setting, 'it does not read tcp://host:port');
  if (port < 1 || port > 65_535) throw refuse(setting, `there is no TCP port ${digits}`);
  return tcpPort(host, port);
}

function resolveSerial(setting: string, rest: string, defaults: SerialOptions): WirePort {
  const [path = '', query = ''] = splitAt(rest, '?');
  if (path === '') throw refuse(setting, 'the name of the port is missing');
  const options: { -readonly [key in keyof SerialOptions]: SerialOptions[key] } = { ...defaults };
  for (const [key, value] of new URLSearchParams(query)) {
    switch (key) {
      case 'baud':
        if (!/^[1-9]\d{1,7}$/.test(value)) throw refuse(setting, `baud=${value} is not a rate in bits per second`);
        options.baudRate = Number(value);
        break;
      case 'bits':
        options.dataBits = oneOf(setting, key, value, [5, 6, 7, 8]);
        break;
      case 'parity':
        options.parity = oneOf(setting, key, value, ['none', 'even', 'odd']);
        break;
      case 'stop':
        options.stopBits = oneOf(setting, key, value, [1, 2]);
        break;
      case 'flow':
        options.flow = oneOf(setting, key, value, ['none', 'rtscts', 'xonxoff']);
        break;
      default:
        throw refuse(setting, `there is no option '${key}'`);
    }
  }
  return serialPort(path, options);
}

function oneOf<const T extends string | number>(setting: string, key: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((one) => String(one) === value);
  if (choice === undefined) throw refuse(setting, `${key}=${value} is not one of ${choices.join(', ')}`);
  return choice;
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function refuse(setting: string, problem: string): DaqtorError {
  return new DaqtorError('lab.settings', {
    problem: `the address '${setting}' cannot be understood: ${problem}`,
    advice: FORMS,
  });
}
