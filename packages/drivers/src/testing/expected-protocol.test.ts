import type { ConnectContext, WirePort } from '@daqtor/core';
import { expect, it } from 'vitest';
import { keithley2000 } from '../instruments/keithley2000.ts';
import { openLink } from '../transports/link.ts';
import { type ExpectedExchange, expectedProtocol } from './expected-protocol.ts';

const CONNECTING: ExpectedExchange[] = [
  ['\x18\n*CLS;:ABOR\n*IDN?\n', 'KEITHLEY INSTRUMENTS INC.,MODEL 2000,1,A20\n'],
  [':CONF:VOLT:DC\n'],
  [':SENS:VOLT:DC:NPLC 1\n'],
  [':FORM:ELEM READ\n'],
  [':SYST:ERR?\n', '0,"No error"\n'],
];
const never = new AbortController().signal;
const check = (exchanges: ExpectedExchange[], grabs = 1) =>
  expectedProtocol(
    (port) => keithley2000({ port }),
    exchanges,
    async (meter) => {
      for (let i = 0; i < grabs; i++) expect((await meter.grab(never))[0]?.data[0]?.[0]).toBe(1.5);
    },
  );

it('passes where every byte is as expected', async () => {
  await check([...CONNECTING, [':READ?\n', '+1.50000000E+00\n']]);
});

it.each([
  ['another command', [...CONNECTING, [':FETC?\n', '1.5\n']], 1, "write 6 was ':READ?\\x0A', where ':FETC?\\x0A' was"],
  ['another line end', [...CONNECTING, [':READ?\r', '1.5\n']], 1, "where ':READ?\\x0D' was expected"],
  ['a command too many', CONNECTING, 1, "write 6 was ':READ?\\x0A', where nothing more was expected"],
  ['a command that was not sent', [...CONNECTING, [':READ?\n', '1.5\n']], 0, "the driver did not send ':READ?\\x0A'"],
] as [string, ExpectedExchange[], number, string][])(
  'fails at %s, and says which',
  async (_, exchanges, grabs, said) => {
    await expect(check(exchanges, grabs)).rejects.toThrow(said);
  },
);

it('fails with the error of the driver where the bytes were as expected', async () => {
  await expect(check([...CONNECTING, [':READ?\n', 'nonsense\n']])).rejects.toThrow(
    "':READ?' was answered with 'nonsense'",
  );
});

it('fails, too, where the driver makes nothing of a write that differs', async () => {
  const careless = (port: WirePort) => ({
    async connect(context: ConnectContext) {
      const link = await openLink(context, port);
      await link.send('hello', never).catch(() => undefined);
      return link;
    },
  });
  await expect(expectedProtocol(careless, [['hullo']])).rejects.toThrow(
    "write 1 was 'hello', where 'hullo' was expected",
  );
});

it('fails where the driver leaves its port open once it was closed', async () => {
  const forgetful = (port: WirePort) => ({
    async connect(context: ConnectContext) {
      const link = await openLink(context, port);
      await link.send('hello', never);
      return { close: async () => undefined };
    },
  });
  await expect(expectedProtocol(forgetful, [['hello']])).rejects.toThrow(
    'its port is open after close(). Let its close() close the link, and let it wait for that.',
  );
});
