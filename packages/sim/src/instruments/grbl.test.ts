import { VirtualClock } from '@daqtor/core';
import { beforeEach, expect, it } from 'vitest';
import { type Dialogue, dialogueWith } from '../testing/dialogue.ts';
import { type SimulatedGrbl, simulatedGrbl } from './grbl.ts';

let clock: VirtualClock;
let stage: SimulatedGrbl;
let host: Dialogue;
const told = (text: string) => {
  host.take();
  for (const char of text) host.session.receive(Uint8Array.of(char.charCodeAt(0)));
  return host.take();
};

beforeEach(() => {
  clock = new VirtualClock();
  stage = simulatedGrbl({ clock });
  host = dialogueWith(stage, '\n');
});

const home = async () => {
  told('$H\n');
  await clock.sleep(10_000);
  host.take();
};

it('tells its offsets, at rest only', async () => {
  const lines = told('$#\n').split('\r\n');
  expect(lines[0]).toBe('[G54:0.000,0.000,0.000]');
  expect(lines.slice(-4)).toEqual(['[TLO:0.000]', '[PRB:0.000,0.000,0.000:0]', 'ok', '']);
  await home();
  told('$J=X-50F100\n');
  expect(told('$#\n')).toBe('error:8\r\n');
});

it.each([
  ['$X', 'ok'],
  ['$N', '$N0=\r\n$N1=\r\nok'],
  ['$foo', 'error:2'],
  ['$10', 'error:3'],
  ['$J=X1', 'error:22'],
  ['$J=M3', 'error:22'],
  ['$J=XF100', 'error:2'],
  ['$J=X1.2.3F100', 'error:1'],
  ['$J=X1F100P1', 'error:36'],
  ['$J=G2X1F100', 'error:35'],
])('answers %s as the firmware does', async (line, answer) => {
  await home();
  expect(told(`${line}\n`)).toBe(`${answer}\r\n`);
});

it('is locked until it was homed or unlocked', async () => {
  expect(told('?')).toBe('<Alarm|MPos:0.000,0.000,0.000|FS:0,0>\r\n');
  expect(told('$J=X-1F100\n')).toBe('error:8\r\n');
  expect(told('G0X1\n')).toBe('error:9\r\n');
  await home();
  expect(told('$J=X-1F100\n')).toBe('ok\r\n');
});

it('jogs at its feed, and answers realtime characters in the middle of a line', async () => {
  await home();
  expect(told('$J=G90G21G53X-10F600\n')).toBe('ok\r\n');
  await clock.sleep(550);
  expect(told('$J=G91?X')).toBe('<Jog|MPos:-5.000,0.000,0.000|FS:600,0>\r\n');
  expect(told('-1F600\n')).toBe('ok\r\n');
  await clock.sleep(5000);
  expect(told('?')).toBe('<Idle|MPos:-11.000,0.000,0.000|FS:0,0>\r\n');
});

it('cancels jogs, the planned ones too, braking as fast as it may', async () => {
  await home();
  told('$J=X-10F600\n$J=Y-10F600\n');
  await clock.sleep(550);
  told('\x85');
  await clock.sleep(1000);
  expect(told('?')).toBe('<Idle|MPos:-5.500,0.000,0.000|FS:0,0>\r\n');
  told('$J=X-6F600\n');
  await clock.sleep(5000);
  expect(told('?')).toBe('<Idle|MPos:-6.000,0.000,0.000|FS:0,0>\r\n');
});

it.each([
  ['$J=X1F100', '15'],
  ['$J=X-201F100', '15'],
  ['$J=X-1', '22'],
  ['$J=X-1F100M3', '16'],
  ['$J=X--1F100', '2'],
  ['$Q', '2'],
  ['G0X1', '20'],
])('refuses %s with error:%s', async (line, error) => {
  await home();
  expect(told(`${line}\n`)).toBe(`error:${error}\r\n`);
});

it('takes inches, and answers a line of nothing', async () => {
  await home();
  told('$J=G20X-1F100\n');
  await clock.sleep(60_000);
  expect(told('?')).toContain('MPos:-25.400,');
  expect(told('\n')).toBe('ok\r\n');
});

it('executes nothing else while it homes, but tells its status', async () => {
  await home();
  told('$J=X-100F6000\n');
  await clock.sleep(10_000);
  expect(told('$H\n$G\n')).toBe('');
  expect(told('?')).toMatch(/^<Home\|/);
  await clock.sleep(10_000);
  expect(host.take()).toMatch(/^ok\r\n\[GC:.*\]\r\nok\r\n$/);
});

it('loses its reference by a reset in motion, not by one at rest', async () => {
  await home();
  expect(told('\x18')).toMatch(/^\r\nGrbl 1.1h/);
  expect(told('?')).toMatch(/^<Idle/);
  told('$J=X-100F6000\n');
  await clock.sleep(100);
  expect(told('\x18')).toMatch(/^ALARM:3\r\n\r\nGrbl 1\.1h \['\$' for help\]\r\n\[MSG:/);
  expect(told('?')).toMatch(/^<Alarm/);
});
