import { VirtualClock } from '@daqtor/core';
import { expect, it } from 'vitest';
import { simulatedThorlabsApt, type ThorlabsAptOptions } from './thorlabs-apt.ts';

function controller(options: Partial<ThorlabsAptOptions> = {}) {
  const clock = new VirtualClock();
  const heard: number[][] = [];
  const simulated = simulatedThorlabsApt({
    clock,
    stage: { countsPerUnit: 1000, travel: 10, velocity: 5, acceleration: 100 },
    ...options,
  });
  const session = simulated.connect((bytes) => heard.push([...bytes]));
  const say = (hex: string) => session.receive(Uint8Array.from(hex.split(' '), (byte) => Number.parseInt(byte, 16)));
  const status = () => {
    heard.length = 0;
    say('90 04 01 00 50 01');
    const view = new DataView(Uint8Array.from(heard[0] ?? []).buffer);
    return { position: view.getInt32(8, true), bits: view.getUint32(16, true) };
  };
  return { clock, heard, say, status, session };
}

const ENABLE = '10 02 01 01 50 01';
const HOME = '43 04 01 00 50 01';
/** To 5000 counts, and to 20000. */
const MOVE = '53 04 06 00 D0 01 01 00 88 13 00 00';
const TOO_FAR = '53 04 06 00 D0 01 01 00 20 4E 00 00';

it('tells who it is in the 84 bytes that the document lists', () => {
  const { heard, say } = controller();
  say('05 00 00 00 50 01');
  expect(heard[0]).toHaveLength(90);
  expect(heard[0]?.slice(0, 6)).toEqual([0x06, 0x00, 0x54, 0x00, 0x81, 0x50]);
  expect(String.fromCharCode(...(heard[0] ?? []).slice(10, 16))).toBe('KDC101');
});

it('does not move before its channel is enabled', async () => {
  const { clock, say, status } = controller();
  say(MOVE);
  await clock.sleep(5000);
  expect(status()).toEqual({ position: 0, bits: 0x100 });
});

it('homes to its reverse switch, then moves, and tells both ends unasked', async () => {
  const { clock, heard, say, status } = controller();
  say(`${ENABLE} ${HOME}`);
  await clock.sleep(1);
  expect(status().bits & 0x230).toBe(0x200);
  await clock.sleep(5000);
  expect(heard.at(-1)).toEqual([0x44, 0x04, 1, 0, 0x01, 0x50]);
  expect(status()).toEqual({ position: 0, bits: 0x80003502 });
  for (const byte of MOVE.split(' ')) say(byte);
  await clock.sleep(100);
  expect(status().bits & 0x230).toBe(0x10);
  await clock.sleep(5000);
  expect(heard.at(-1)?.slice(0, 6)).toEqual([0x64, 0x04, 0x0e, 0x00, 0x81, 0x50]);
  expect(status()).toEqual({ position: 5000, bits: 0x80003500 });
});

it('ends at the switch when it is sent beyond', async () => {
  const { clock, heard, say, status } = controller();
  say(`${ENABLE} ${HOME}`);
  await clock.sleep(5000);
  say(TOO_FAR);
  await clock.sleep(5000);
  expect(heard.at(-1)?.slice(0, 2)).toEqual([0x66, 0x04]);
  expect(status()).toEqual({ position: 10_000, bits: 0x80003501 });
});

it('falls silent after 50 messages of status that it sent by itself and nobody acknowledged', async () => {
  const { clock, heard, say } = controller();
  say('11 00 00 00 50 01');
  await clock.sleep(10_000);
  expect(heard).toHaveLength(50);
  say('92 04 00 00 50 01');
  await clock.sleep(150);
  expect(heard.length).toBeGreaterThan(50);
});

it('counts those that were asked for too, where it wants every acknowledgement', () => {
  const { heard, say } = controller({ wantsEveryAcknowledgement: true });
  for (let i = 0; i < 60; i++) say('90 04 01 00 50 01');
  expect(heard).toHaveLength(50);
  say('92 04 00 00 50 01 90 04 01 00 50 01');
  expect(heard).toHaveLength(51);
});

it('sends its status by itself where it is told to, until the host is gone', async () => {
  const { clock, heard, say, session } = controller();
  say('11 00 00 00 50 01');
  await clock.sleep(1050);
  expect(heard).toHaveLength(10);
  session.disconnect();
  await clock.sleep(1000);
  expect(heard).toHaveLength(10);
});

it('ignores what it does not know, what is for another unit, and what is too short', () => {
  const { heard, say } = controller();
  say('FF FF 00 00 50 01 05 00 00 00 21 01 53 04 02 00 D0 01 01 00');
  expect(heard).toEqual([]);
});
