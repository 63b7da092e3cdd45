import { VirtualClock } from '@daqtor/core';
import { beforeEach, expect, it } from 'vitest';
import { type Dialogue, dialogueWith } from '../testing/dialogue.ts';
import { type SimulatedKeithley2400, simulatedKeithley2400 } from './keithley2400.ts';

let clock: VirtualClock;
let unit: SimulatedKeithley2400;
let host: Dialogue;
let ohms: number;
const numbers = async (query: string) => (await host.ask(query)).split(',').map(Number);

beforeEach(() => {
  clock = new VirtualClock();
  ohms = 1000;
  unit = simulatedKeithley2400({ clock, ohms: () => ohms });
  host = dialogueWith(unit, '\n');
});

it('comes up with its output off, and does not measure then', async () => {
  expect(await host.ask(':OUTP?')).toBe('0');
  host.send(':READ?\n');
  expect(await host.ask(':SYST:ERR?')).toBe('803,"Not permitted with OUTPUT off"');
});

it("keeps to Ohm's law up to its compliance, and flags that", async () => {
  host.send(':SENS:CURR:PROT 2E-3;:SOUR:VOLT:LEV 1.5;:OUTP ON\n');
  const [volts, amperes, resistance, , status] = await numbers(':READ?');
  expect(volts).toBeCloseTo(1.5, 3);
  expect(amperes).toBeCloseTo(1.5e-3, 6);
  expect(resistance).toBe(9.91e37);
  expect((status ?? 0) & 8).toBe(0);
  expect(await host.ask(':SENS:CURR:PROT:TRIP?')).toBe('0');
  ohms = 100;
  const [limited, most, , , flagged] = await numbers(':READ?');
  expect(limited).toBeCloseTo(0.2, 3);
  expect(most).toBeCloseTo(2e-3, 6);
  expect((flagged ?? 0) & 8).toBe(8);
  expect(await host.ask(':SENS:CURR:PROT:TRIP?;:SENS:VOLT:PROT:TRIP?')).toBe('1;0');
});

it('sources current, limited in volts', async () => {
  host.send(':SOUR:FUNC CURR;:SENS:VOLT:PROT 5;:SOUR:CURR:LEV 0.01;:OUTP ON;:FORM:ELEM STAT,VOLT\n');
  const [volts, status] = await numbers(':READ?');
  expect(volts).toBeCloseTo(5, 3);
  expect((status ?? 0) & 0x8008).toBe(0x8008);
});

it('turns its output off when another function is chosen', async () => {
  host.send(':OUTP ON;:SOUR:FUNC CURR\n');
  expect(unit.terminals.volts).toBe(0);
  expect(await host.ask(':OUTP?')).toBe('0');
});

it.each([
  [':SOUR:VOLT:LEV 211', '-222,"Parameter data out of range"'],
  [':SENS:CURR:PROT 1;:SOUR:VOLT:LEV 100', '826,"Attempt to exceed power limit"'],
  [':SOUR:FUNC RES', '-224,"Illegal parameter value"'],
  [':SOUR:VOLT:LEV', '-109,"Missing parameter"'],
])('refuses %s with %s', async (command, error) => {
  host.send(`${command}\n`);
  expect(await host.ask(':SYST:ERR?')).toBe(error);
});

it('takes the integration time of both quantities for a reading', async () => {
  host.send(':OUTP ON;:SENS:VOLT:NPLC 5\n');
  const start = clock.now();
  await host.ask(':READ?');
  expect(clock.now() - start).toBeCloseTo(2 * 5 * 20, 6);
});
