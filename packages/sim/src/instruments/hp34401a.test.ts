import { VirtualClock } from '@daqtor/core';
import { beforeEach, expect, it } from 'vitest';
import { type Dialogue, dialogueWith } from '../testing/dialogue.ts';
import { simulatedHp34401a } from './hp34401a.ts';

let clock: VirtualClock;
let host: Dialogue;
const inputs = { V: 1.5, A: 0.02, ohm: 4700 };

beforeEach(() => {
  clock = new VirtualClock();
  host = dialogueWith(simulatedHp34401a({ clock, input: (quantity) => inputs[quantity] }), '\n');
});
const remote = () => host.send(':SYST:REM\n');

it('does not measure before it is in remote operation', async () => {
  host.send(':CONF:VOLT:DC\n');
  expect(await host.ask(':SYST:ERR?')).toBe('550,"Command not allowed in local"');
  expect(await host.ask(':SYST:ERR?')).toBe('+0,"No error"');
  expect(await host.ask('*ESR?')).toBe(String(0x80 | 0x08));
});

it.each([
  ['VOLT:DC', 1.5, 3],
  ['VOLT:AC', 1.5, 3],
  ['CURR:DC', 0.02, 5],
  ['RES', 4700, 0],
  ['FRES', 4700, 0],
])('measures %s', async (name, value, decimals) => {
  remote();
  const answer = await host.ask(`:MEAS:${name}?`);
  expect(answer).toMatch(/^[+-]\d\.\d{8}E[+-]\d\d$/);
  expect(Number(answer)).toBeCloseTo(value, decimals);
});

it('chooses its range by itself, and overflows in one that is too small', async () => {
  remote();
  await host.ask(':MEAS:VOLT:DC?');
  expect(await host.ask(':CONF?')).toBe('"VOLT +1.000000E+01,+1.000000E-05"');
  host.send(':CONF:VOLT:DC 0.1\n');
  expect(await host.ask(':READ?')).toBe('+9.90000000E+37');
});

it('integrates twice, signal and zero, and rounds the time up to one that it has', async () => {
  remote();
  host.send(':CONF:VOLT:DC;:VOLT:NPLC 0.5\n');
  expect(await host.ask(':VOLT:NPLC?')).toBe('+1.00000000E+00');
  const start = clock.now();
  await host.ask(':READ?');
  expect(clock.now() - start).toBeCloseTo(40, 6);
});

it('forgets a reading under way when ^C comes, and what was half received', async () => {
  remote();
  host.send(':CONF:VOLT:DC;:VOLT:NPLC 100\n:READ?\n');
  await clock.sleep(1000);
  host.send(':GARB\x03');
  expect(await host.ask('*IDN?')).toBe('HEWLETT-PACKARD,34401A,0,10-5-2');
  await clock.sleep(10_000);
  expect(host.take()).toBe('');
  expect(await host.ask(':SYST:ERR?')).toBe('+0,"No error"');
});

it('has nothing to fetch before it has measured', async () => {
  remote();
  host.send(':FETC?\n');
  expect(await host.ask(':SYST:ERR?')).toBe('-230,"Data corrupt or stale"');
  host.send(':SAMP:COUN 3;:INIT\n');
  expect((await host.ask(':FETC?')).split(',')).toHaveLength(3);
});

it('is in remote operation by itself on GPIB, where the commands of RS-232 are errors', async () => {
  const onGpib = dialogueWith(simulatedHp34401a({ clock, input: () => 1.25, interface: 'gpib' }), '\n');
  expect(Number(await onGpib.ask('MEAS:VOLT:DC?'))).toBeCloseTo(1.25, 3);
  onGpib.send('SYST:REM\n');
  expect(await onGpib.ask('SYST:ERR?')).toBe('514,"Command allowed only with RS-232"');
});

it('has no bit for its error queue in the status byte', async () => {
  host.send('*CLS;*SRE 255\n');
  host.send('NONSENSE\n');
  expect(await host.ask('*STB?')).toBe('0');
  expect(await host.ask('*ESE 32;*STB?')).toBe('96');
});
