import { VirtualClock } from '@daqtor/core';
import { beforeEach, expect, it } from 'vitest';
import { type Dialogue, dialogueWith } from '../testing/dialogue.ts';
import { type SimulatedLockIn, simulatedSr830 } from './sr830.ts';
import { simulatedSr860 } from './sr860.ts';

let clock: VirtualClock;
let lockIn: SimulatedLockIn;
let host: Dialogue;
/** The SR830 ends answers with CR alone. */
const ask = (command: string) => {
  host.take();
  host.send(`${command}\r`);
  return host.take().replace(/\r$/, '');
};

beforeEach(() => {
  clock = new VirtualClock();
  lockIn = simulatedSr830({ clock, noise: 0 });
  host = dialogueWith(lockIn, '\r');
});

it('is silent until it is told to answer by RS-232', () => {
  expect(ask('*IDN?')).toBe('');
  expect(ask('OUTX 0;*IDN?')).toBe('Stanford_Research_Systems,SR830,s/n38411,ver1.07');
});

it.each([
  ['SENS 27', 16],
  ['OFLT 20', 16],
  ['SNAP?1', 32],
  ['NONSENSE', 32],
  ['SENS x', 32],
  ['TRCA?1,0,1', 16],
])('tells in *ESR? only that it refuses %s', (command, bits) => {
  ask('OUTX 0;*CLS');
  expect(ask(command)).toBe('');
  expect(ask('*ESR?')).toBe(String(bits));
  expect(ask('*ESR?')).toBe('0');
});

it('sums up in its status byte what is enabled, register by register or bit by bit', () => {
  ask('OUTX 0;*CLS;*ESE 32;*SRE 32');
  // No scan, and no command in progress.
  expect(ask('*STB?')).toBe('3');
  ask('NONSENSE');
  expect(ask('*STB?')).toBe('99');
  expect(ask('*STB? 5')).toBe('1');
  expect(ask('*STB? 4')).toBe('0');
  ask('*ESE 5,0;*SRE 7,1');
  expect(ask('*ESE?')).toBe('0');
  expect(ask('*SRE?')).toBe('160');
  expect(ask('*SRE? 7')).toBe('1');
  expect(ask('*STB?')).toBe('3');
});

it('clears of its events only the bit that was asked for', () => {
  ask('OUTX 0;*CLS');
  ask('NONSENSE');
  ask('SENS 27');
  expect(ask('*ESR? 5')).toBe('1');
  expect(ask('*ESR?')).toBe('16');
});

it('tells in its status byte of a scan, and of an overload that is enabled', async () => {
  ask('OUTX 0;*CLS;LIAE 4;SENS 23;OFLT 4;REST;STRT');
  expect(ask('*STB?')).toBe('2');
  ask('PAUS');
  expect(ask('*STB?')).toBe('2');
  ask('REST');
  lockIn.apply({ x: 0.2, y: 0 });
  await clock.sleep(1000);
  expect(ask('LIAE?')).toBe('4');
  expect(ask('*STB?')).toBe('11');
  lockIn.apply({ x: 0, y: 0 });
  await clock.sleep(1000);
  expect(ask('LIAS?')).toBe('4');
  expect(ask('*STB?')).toBe('3');
});

it('settles by its time constant and its stages', async () => {
  ask('OUTX 0;OFLT 10;OFSL 0');
  lockIn.apply({ x: 1, y: 0 });
  await clock.sleep(1000);
  expect(Number(ask('OUTP?1'))).toBeCloseTo(1 - Math.exp(-1), 5);
  ask('OFSL 1');
  expect(Number(ask('OUTP?1'))).toBeCloseTo(1 - 2 * Math.exp(-1), 5);
  ask('OFSL 2');
  expect(Number(ask('OUTP?1'))).toBeCloseTo(1 - 2.5 * Math.exp(-1), 5);
  await clock.sleep(30_000);
  expect(ask('SNAP?1,2,9')).toBe('1,0,1000');
});

it('latches an overload of its output until that is read', async () => {
  ask('OUTX 0;SENS 23;OFLT 4');
  lockIn.apply({ x: 0.2, y: 0 });
  await clock.sleep(1000);
  expect(Number(ask('OUTP?1'))).toBeCloseTo(0.109, 6);
  lockIn.apply({ x: 0.05, y: 0 });
  await clock.sleep(1000);
  expect(ask('LIAS?')).toBe('4');
  expect(ask('LIAS?')).toBe('0');
});

it('stores at its rate until it is told to pause', async () => {
  ask('OUTX 0;SRAT 8;REST;STRT');
  lockIn.apply({ x: 1, y: 0 });
  await clock.sleep(999);
  ask('PAUS');
  await clock.sleep(1000);
  expect(ask('SPTS?')).toBe('16');
  expect(ask('TRCA?2,0,2')).toMatch(/^0\.0{6}e\+0,0\.0{6}e\+0,$/);
  expect(ask('TRCA?1,14,2').split(',')).toHaveLength(3);
  expect(ask('TRCA?1,15,2')).toBe('');
});

it('answers as an SR860 with another order of sensitivities, and tells overloads as they are', async () => {
  lockIn = simulatedSr860({ clock, noise: 0 });
  host = dialogueWith(lockIn, '\n');
  host.send('OFLT 4;SCAL 6;IRNG 3\n');
  lockIn.apply({ x: 0.02, y: 0.005 });
  await clock.sleep(1000);
  expect(await host.ask('CUROVLDSTAT?')).toBe('1');
  expect((await host.ask('SNAP? X,Y')).split(',').map(Number)).toEqual([0.02, 0.005]);
  lockIn.apply({ x: 0.03, y: 0 });
  await clock.sleep(1000);
  expect(await host.ask('CUROVLDSTAT?')).toBe('17');
});
