import { expect, it } from 'vitest';
import { resolvePort } from './resolve-port.ts';

it.each([
  ['serial:/dev/ttyUSB0', 'serial:/dev/ttyUSB0?baud=19200'],
  ['serial:COM3?baud=57600', 'serial:COM3?baud=57600'],
  ['serial:/dev/ttyS0?bits=7&parity=even&stop=2', 'serial:/dev/ttyS0?baud=19200&bits=7&parity=even&stop=2&flow=none'],
  ['serial:COM1?flow=rtscts', 'serial:COM1?baud=19200&bits=8&parity=none&stop=1&flow=rtscts'],
  ['tcp://meter.lab:5025', 'tcp://meter.lab:5025'],
  ['tcp://[::1]:5025', 'tcp://[::1]:5025'],
])('understands %s', (setting, address) => {
  expect(resolvePort(setting, { baudRate: 19_200 }).address).toBe(address);
});

it('takes a port object as it is', () => {
  const port = { address: 'memory:stage', open: () => Promise.reject(new Error()) };
  expect(resolvePort(port)).toBe(port);
});

it.each([
  ['/dev/ttyUSB0', 'none of serial:, tcp:, usb: and prologix:'],
  ['serial:', 'the name of the port is missing'],
  ['serial:COM3?speed=9600', "there is no option 'speed'"],
  ['serial:COM3?baud=fast', 'baud=fast'],
  ['serial:COM3?parity=mark', 'parity=mark is not one of none, even, odd'],
  ['tcp://meter.lab', 'tcp://host:port'],
  ['tcp://meter.lab:0', 'there is no TCP port 0'],
  ['tcp://meter.lab:70000', 'there is no TCP port 70000'],
  ['memory:stage', 'a port in memory is an object'],
])('refuses %s and shows the forms that it knows', (setting, problem) => {
  expect(() => resolvePort(setting)).toThrow(
    expect.objectContaining({
      code: 'lab.settings',
      problem: expect.stringContaining(problem),
      advice: expect.stringContaining('serial:/dev/ttyUSB0'),
    }),
  );
});
