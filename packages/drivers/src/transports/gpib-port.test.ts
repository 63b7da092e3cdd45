import { expect, it } from 'vitest';
import { gpibPort } from './gpib-port.ts';
import { isOnGpib, resolvePort } from './resolve-port.ts';

it.each([
  ['prologix://gpib.lab:1234/gpib/22', 'tcp://gpib.lab:1234', '22'],
  ['prologix://gpib.lab/gpib/0', 'tcp://gpib.lab:1234', '0'],
  ['prologix://[::1]:1234/gpib/9/96', 'tcp://[::1]:1234', '9 96'],
  ['prologix:/dev/ttyUSB0/gpib/30?baud=9600', 'serial:/dev/ttyUSB0?baud=9600', '30'],
  ['prologix:COM3/gpib/5', 'serial:COM3', '5'],
])('reads %s', (setting, adapter, gpib) => {
  expect(resolvePort(setting)).toMatchObject({ adapter, gpib });
  expect(isOnGpib(setting)).toBe(true);
});

it.each([
  ['prologix://gpib.lab:1234', 'it reads neither prologix://host:port/gpib/N'],
  ['prologix://gpib.lab:99999/gpib/1', 'there is no TCP port 99999'],
  ['prologix:/dev/ttyUSB0/gpib/5?speed=1', "there is no option 'speed'"],
  ['prologix:/dev/ttyUSB0/gpib/31', 'a GPIB address is 0 to 30, not 31'],
  ['prologix:/dev/ttyUSB0/gpib/3/4', 'a secondary GPIB address is 96 to 126, not 4'],
])('refuses %s', (setting, says) => {
  expect(() => resolvePort(setting)).toThrow(
    expect.objectContaining({ code: 'lab.settings', problem: expect.stringContaining(says) }),
  );
});

it('is written as it is read', () => {
  for (const address of ['prologix://gpib.lab:1234/gpib/22', 'prologix:/dev/ttyUSB0/gpib/9/96?baud=9600'])
    expect(resolvePort(address).address).toBe(address);
});

it('cannot be opened as a wire', async () => {
  const events = { received: () => {}, gone: () => {} };
  await expect(gpibPort('tcp://a:1', 2).open(events, new AbortController().signal)).rejects.toMatchObject({
    code: 'instrument.connect',
  });
  expect(isOnGpib('tcp://a:1')).toBe(false);
});
