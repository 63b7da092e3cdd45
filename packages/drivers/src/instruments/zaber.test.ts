import { VirtualClock } from '@daqtor/core';
import { describeActuatorDriver } from '@daqtor/core/testing';
import { simulatedZaber } from '@daqtor/sim';
import { describe, expect, it } from 'vitest';
import { parseZaberReply, zaberMessage } from '../protocols/zaber-talk.ts';
import {
  type AxisTrial,
  axisByTcp,
  axisInMemory,
  axisOnPty,
  homed,
  inMemory,
  untilAtRest,
} from '../testing/axis-on-trial.ts';
import { type ExpectedExchange, expectedProtocol } from '../testing/expected-protocol.ts';
import { scriptedPort, testContext } from '../testing/scripted-port.ts';
import { zaber } from './zaber.ts';

const never = new AbortController().signal;
const MICROSTEP = 0.000047625;

const device = (axes = 1) => inMemory((clock) => simulatedZaber({ clock, axes }));

describeActuatorDriver(
  'zaber on a wire in memory, byte by byte',
  axisInMemory({
    simulate: (clock) => simulatedZaber({ clock }),
    spec: (port) => zaber({ port, microstep: MICROSTEP }),
    targets: [1, 5],
    epsilon: MICROSTEP,
    // As finely as the device has them: it keeps whole numbers.
    adjusted: { velocity: (20_000 / 1.6384) * MICROSTEP, acceleration: (500 / 1.6384e-4) * MICROSTEP },
  }),
);

const QUICK: AxisTrial = {
  simulate: (clock) => simulatedZaber({ clock, travel: 100_000 }),
  spec: (port) => zaber({ port, microstep: MICROSTEP }),
  targets: [1, 3],
  epsilon: MICROSTEP,
};
describeActuatorDriver('zaber on a pseudo-terminal', axisOnPty(QUICK));
describeActuatorDriver('zaber by TCP', axisByTcp(QUICK));

describe('zaber messages', () => {
  it('end with a checksum that makes the sum of their bytes 0 modulo 256', () => {
    const [, text = '', sum = ''] = /^\/(.*):(..)$/.exec(zaberMessage('1 0 23 get pos')) ?? [];
    const total = [...text].reduce((sum, char) => sum + char.charCodeAt(0), Number.parseInt(sum, 16));
    expect(total % 256).toBe(0);
    expect(zaberMessage('1 0 23 get pos')).toMatch(/^\/1 0 23 get pos:[0-9A-F]{2}$/);
  });

  it.each([
    ['@01 1 07 OK BUSY -- 0', { accepted: true, reply: { busy: true, flag: '--', data: '0' } }],
    ['@01 1 07 RJ IDLE WR BADDATA', { accepted: false, reply: { busy: false, flag: 'WR', data: 'BADDATA' } }],
    ['@01 0 7 OK IDLE -- 20 30', { accepted: true, reply: { busy: false, flag: '--', data: '20 30' } }],
  ])('reads %s', (line, reply) => expect(parseZaberReply(line, 1, 7)).toEqual(reply));

  it.each([
    '!01 1 IDLE --',
    '@02 1 07 OK BUSY -- 0',
    '@01 1 08 OK BUSY -- 0',
    '@01 1 OK BUSY -- 0',
    '@01 1 07 OK BUSY -- 0:00',
    '#01 1 07 help',
    'nonsense',
    '',
  ])('takes %j for no reply to message 7 to device 1', (line) => expect(parseZaberReply(line, 1, 7)).toBeUndefined());
});

describe('zaber', () => {
  const sum = (text: string) => `${zaberMessage(text)}\n`;
  const CONNECTING: ExpectedExchange[] = [
    [sum('3 2 0 get deviceid'), '@03 2 00 OK IDLE -- 50081\r\n'],
    [sum('3 2 1 get version'), '@03 2 01 OK IDLE -- 7.35\r\n'],
    [sum('3 2 2 get limit.min'), '@03 2 02 OK IDLE -- 0\r\n'],
    [sum('3 2 3 get limit.max'), '@03 2 03 OK IDLE -- 1000000\r\n'],
    [sum('3 2 4 warnings clear'), '@03 2 04 OK IDLE -- 00\r\n'],
    [sum('3 2 5 get maxspeed'), '@03 2 05 OK IDLE -- 163840\r\n'],
    [sum('3 2 6 get accel'), '@03 2 06 OK IDLE -- 205\r\n'],
  ];

  it('says what the manual wants', async () => {
    await expectedProtocol(
      (port) => zaber({ port, device: 3, axis: 2, microstep: 0.0001 }),
      [
        ...CONNECTING,
        [sum('3 2 7'), '@03 2 07 OK IDLE -- 0\r\n'],
        // Late replies, other devices and alerts come in between.
        [
          sum('3 2 8 move abs 12346'),
          '@03 2 07 OK IDLE -- 0\r\n@02 1 08 OK IDLE -- 0\r\n!03 1 IDLE --\r\n@03 2 08 OK BUSY -- 0\r\n',
        ],
        [sum('3 2 9'), '@03 2 09 OK BUSY -- 0\r\n'],
        [sum('3 2 10'), '@03 2 10 OK IDLE -- 0\r\n'],
        [sum('3 2 11 get pos'), '@03 2 11 OK IDLE -- 12345\r\n'],
        [sum('3 2 stop')],
        [sum('3 2 12 stop'), '@03 2 OK IDLE -- 0\r\n@03 2 12 OK IDLE -- 0\r\n'],
      ],
      async (driver) => {
        expect(driver).toMatchObject({ identity: 'Zaber device 50081, firmware 7.35', limits: { min: 0, max: 100 } });
        await driver.startMove(1.23456, never);
        expect(await driver.isMoving(never)).toBe(true);
        expect(await driver.isMoving(never)).toBe(false);
        expect(await driver.readPosition(never)).toBeCloseTo(1.2345, 12);
        await driver.stop(never);
      },
    );
  });

  it('sends velocity and acceleration in the units of the device, when connecting and later', async () => {
    await expectedProtocol(
      (port) => zaber({ port, device: 3, axis: 2, microstep: 0.0001, velocity: 10 }),
      [
        ...CONNECTING.slice(0, 5),
        [sum('3 2 5 set maxspeed 163840'), '@03 2 05 OK IDLE -- 0\r\n'],
        [sum('3 2 6 get maxspeed'), '@03 2 06 OK IDLE -- 163840\r\n'],
        [sum('3 2 7 get accel'), '@03 2 07 OK IDLE -- 205\r\n'],
        [sum('3 2 8 set accel 1638'), '@03 2 08 OK IDLE -- 0\r\n'],
        [sum('3 2 9 get maxspeed'), '@03 2 09 OK IDLE -- 163840\r\n'],
        [sum('3 2 10 get accel'), '@03 2 10 OK IDLE -- 1638\r\n'],
        [sum('3 2 11 set maxspeed 163840000'), '@03 2 11 RJ IDLE -- BADDATA\r\n'],
      ],
      async (driver) => {
        expect(driver.moveMs?.(0, 100)).toBeCloseTo(10_000 + 80, 0);
        const change = (settings: object, ...names: string[]) =>
          driver.adjust?.apply({ microstep: 0.0001, ...settings }, new Set(names), never);
        await change({ acceleration: 1000 }, 'acceleration');
        const held = await driver.adjust?.read?.(never);
        expect(held).toEqual({ velocity: 10, acceleration: expect.closeTo(999.756, 3) });
        expect(driver.moveMs?.(0, 100)).toBeCloseTo(10_000 + 10, 0);
        await expect(change({ velocity: 10_000 }, 'velocity')).rejects.toMatchObject({
          code: 'instrument.fault',
          problem: 'setting the velocity 10000 was rejected: BADDATA',
        });
      },
    );
  });

  it('moves as fast as it is set, in the time that it estimates', async () => {
    const { clock, port, context } = device();
    const driver = await homed(
      await zaber({ port, microstep: MICROSTEP, velocity: 2, acceleration: 20 }).connect(context),
      clock,
    );
    const startMs = clock.now();
    await driver.startMove(10, never);
    await untilAtRest(driver, clock);
    expect(clock.now() - startMs).toBeGreaterThan(5090);
    expect(clock.now() - startMs).toBeLessThan(5150);
    expect(driver.moveMs?.(0, 10)).toBeCloseTo(5100, -1);
  });

  it('uses each identity again only after 98 others, and never that of getting back into step', async () => {
    const clock = new VirtualClock();
    const port = scriptedPort((text) => {
      const [, id = '', command = ''] = /^\/1 1 (\d+) ?(.*):..\n$/.exec(text) ?? [];
      return `@01 1 ${id} OK IDLE -- ${command === 'get version' ? '7.35' : '5'}\r\n`;
    });
    const driver = await zaber({ port, microstep: 1 }).connect(testContext(clock).context);
    for (let i = 0; i < 200; i++) await driver.readPosition(never);
    const ids = port.sent.map((text) => Number(/^\/1 1 (\d+)/.exec(text)?.[1]));
    expect(ids.every((id, i) => id === i % 99)).toBe(true);
  });

  it('refuses to move without a reference, and says so', async () => {
    const { port, context } = device();
    const driver = await zaber({ port, microstep: MICROSTEP }).connect(context);
    await expect(driver.startMove(1, never)).rejects.toMatchObject({
      code: 'instrument.fault',
      message: 'the move to 1 mm failed: the axis has no reference (warning WR). Search the reference first (home).',
    });
  });

  it('reports why a move is rejected', async () => {
    const { clock, port, context } = device();
    const driver = await homed(await zaber({ port, microstep: MICROSTEP }).connect(context), clock);
    await expect(driver.startMove(-1, never)).rejects.toMatchObject({
      code: 'instrument.fault',
      message: expect.stringMatching(/move to -1 mm was rejected: BADDATA. Move within the travel limits/),
    });
  });

  it('reports a stall once, and moves again afterwards', async () => {
    const { clock, simulated, port, context } = device();
    const driver = await homed(await zaber({ port, microstep: MICROSTEP }).connect(context), clock);
    await driver.startMove(20, never);
    expect(await driver.isMoving(never)).toBe(true);
    simulated.block(1);
    await expect(driver.isMoving(never)).rejects.toThrow('the motion failed: stalled, and stopped (FS)');
    expect(await driver.isMoving(never)).toBe(false);
    await driver.startMove(1, never);
    await untilAtRest(driver, clock);
    expect(await driver.readPosition(never)).toBeCloseTo(1, 3);
  });

  it('keeps the replies of two axes apart, which move at once', async () => {
    const { clock, port, context } = device(2);
    const x = await homed(await zaber({ port, axis: 1, microstep: MICROSTEP }).connect(context), clock);
    const y = await homed(await zaber({ port, axis: 2, microstep: MICROSTEP }).connect(context), clock);
    await Promise.all([x.startMove(1, never), y.startMove(2, never)]);
    await Promise.all([untilAtRest(x, clock), untilAtRest(y, clock)]);
    expect(await x.readPosition(never)).toBeCloseTo(1, 3);
    expect(await y.readPosition(never)).toBeCloseTo(2, 3);
  });
});
