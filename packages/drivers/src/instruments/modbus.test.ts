import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { realClock, VirtualClock } from '@daqtor/core';
import { describeActuatorDriver, describeDetectorDriver } from '@daqtor/core/testing';
import { memoryPort, servePty, serveTcp, simulatedModbusController } from '@daqtor/sim';
import { ServerTCP } from 'modbus-serial';
import { describe, expect, it, onTestFinished } from 'vitest';
import { modbusCrc } from '../protocols/modbus-frame.ts';
import { expectedProtocol } from '../testing/expected-protocol.ts';
import { scriptedPort, testContext } from '../testing/scripted-port.ts';
import { modbusRegisters } from './modbus-registers.ts';
import { modbusSetpoint } from './modbus-setpoint.ts';

const never = new AbortController().signal;
const OVEN = {
  setpoint: { address: 0, factor: 0.1, units: 'degC' },
  actual: { table: 'input', address: 1, type: 'float32' },
  tolerance: 0.2,
  holdS: 0.05,
} as const;
const ALL = [
  { name: 'temperature', table: 'input', address: 0, factor: 0.1, units: 'degC' },
  { name: 'precise', table: 'input', address: 1, type: 'float32', units: 'degC' },
  { name: 'setpoint', address: 1, type: 'float32', units: 'degC' },
  { name: 'heater', table: 'coil', address: 0 },
  { name: 'reached', table: 'discrete', address: 0 },
] as const;

function oven(framing: 'rtu' | 'tcp') {
  const clock = new VirtualClock();
  const port = memoryPort('oven', simulatedModbusController({ clock, framing, timeConstantS: 1 }), clock, {
    latencyMs: 2,
    fragmentBytes: 1,
  });
  return { clock, port, framing, ...testContext(clock) };
}

describeActuatorDriver('modbusSetpoint by RTU in memory, byte by byte', async () => {
  const { clock, port, context } = oven('rtu');
  const spec = modbusSetpoint({ port, ...OVEN });
  const adjusted = { ...spec.settings, tolerance: 0.2, holdS: 1 };
  return { driver: await spec.connect(context), clock, targets: [80, 82], epsilon: 0.2, adjusted };
});

describeActuatorDriver('modbusSetpoint by RTU on a pseudo-terminal', async () => {
  const served = await servePty(simulatedModbusController({ clock: realClock, timeConstantS: 0.05 }));
  const driver = await modbusSetpoint({ port: served.address, ...OVEN }).connect(testContext(realClock).context);
  return { driver, clock: realClock, targets: [80, 90], epsilon: 0.2, dispose: () => served.close() };
});

describeDetectorDriver('modbusRegisters by TCP', async () => {
  const served = await serveTcp(simulatedModbusController({ clock: realClock, framing: 'tcp' }));
  const driver = await modbusRegisters({ port: served.address, registers: [...ALL] }).connect(
    testContext(realClock).context,
  );
  return { driver, dispose: () => served.close() };
});

describeDetectorDriver('modbusRegisters by TCP in memory, byte by byte', async () => {
  const { port, context, framing } = oven('tcp');
  return { driver: await modbusRegisters({ port, framing, registers: [...ALL] }).connect(context) };
});

const bytes = (hex: string) =>
  hex
    .split(' ')
    .map((byte) => String.fromCharCode(Number.parseInt(byte, 16)))
    .join('');
/** With the checksum of RTU. */
const rtu = (hex: string) => {
  const text = bytes(hex);
  return text + String.fromCharCode(...modbusCrc(Uint8Array.from(text, (char) => char.charCodeAt(0))));
};
const values = async (driver: {
  grab(signal: AbortSignal): Promise<readonly { data: readonly ArrayLike<number | bigint>[] }[]>;
}) => (await driver.grab(never)).map(({ data }) => Number(data[0]?.[0]));

describe('Modbus', () => {
  it('has the checksum of the specification', () => {
    expect(modbusCrc(Uint8Array.of(0x02, 0x07))).toEqual([0x41, 0x12]);
  });

  it('reads as the examples of the specification have it, and what lies side by side at once', async () => {
    const registers = [
      { name: 'c', address: 0x6d, type: 'uint16' },
      { name: 'a', address: 0x6b, type: 'uint16' },
      { name: 'b', address: 0x6c, type: 'int16', factor: -1 },
      { name: 'coil', table: 'coil', address: 0x13 },
    ] as const;
    const grab = [
      [rtu('11 01 00 13 00 01'), rtu('11 01 01 01')],
      [rtu('11 03 00 6B 00 03'), rtu('11 03 06 02 2B FF FF 00 64')],
    ] as const;
    await expectedProtocol(
      (port) => modbusRegisters({ port, unit: 0x11, registers: [...registers] }),
      [...grab, ...grab],
      async (driver) => {
        expect(await values(driver)).toEqual([100, 555, 1, 1]);
      },
    );
  });

  it('writes one register by function 6 and two by function 16, in the order of words that is wanted', async () => {
    const read = (answer: string) => [rtu('01 03 00 02 00 02'), rtu(answer)] as const;
    await expectedProtocol(
      (port) => modbusSetpoint({ port, setpoint: { address: 2, type: 'float32', lowWordFirst: true, units: 'V' } }),
      [
        read('01 03 04 00 00 00 00'),
        [rtu('01 10 00 02 00 02 04 00 00 3F C0'), rtu('01 10 00 02 00 02')],
        read('01 03 04 00 00 3F C0'),
      ],
      async (driver) => {
        await driver.startMove(1.5, never);
        expect(await driver.isMoving(never)).toBe(false);
      },
    );
    await expectedProtocol(
      (port) => modbusSetpoint({ port, setpoint: { address: 1, factor: 0.1 } }),
      [
        [rtu('01 03 00 01 00 01'), rtu('01 03 02 00 00')],
        [rtu('01 06 00 01 FF FB'), rtu('01 06 00 01 FF FB')],
      ],
      async (driver) => driver.startMove(-0.5, never),
    );
  });

  it('numbers its requests on TCP and passes over an answer to an earlier one', async () => {
    const registers = [{ name: 'a', address: 0 }];
    await expectedProtocol(
      (port) => modbusRegisters({ port, framing: 'tcp', registers }),
      [
        [bytes('00 00 00 00 00 06 01 03 00 00 00 01'), bytes('00 00 00 00 00 05 01 03 02 00 07')],
        [
          bytes('00 01 00 00 00 06 01 03 00 00 00 01'),
          bytes('00 00 00 00 00 05 01 03 02 00 07 00 01 00 00 00 05 01 03 02 00 08'),
        ],
      ],
      async (driver) => expect(await values(driver)).toEqual([8]),
    );
  });

  it.each([
    [
      'refuses',
      '01 83 02',
      'instrument.fault',
      /reading holding 0 was refused: it has no such address \(exception 2\)/,
    ],
    ['answers something else', '01 04 02 00 01', 'instrument.protocol', /beginning is that of another frame/],
    ['answers more than was asked', '01 03 04 00 01 00 02', 'instrument.protocol', /answered with something else/],
  ])('tells when a device %s', async (_, answer, code, problem) => {
    const { context } = testContext(new VirtualClock());
    const port = scriptedPort(() => rtu(answer));
    const spec = modbusRegisters({ port, registers: [{ name: 'a', address: 0 }] });
    await expect(spec.connect(context)).rejects.toMatchObject({ code, problem: expect.stringMatching(problem) });
  });

  it('tells when a byte was changed on the line', async () => {
    const { context } = testContext(new VirtualClock());
    const port = scriptedPort(() => rtu('01 03 02 00 01').replace('\x01\x03\x02\x00\x01', '\x01\x03\x02\x00\x05'));
    const spec = modbusRegisters({ port, registers: [{ name: 'a', address: 0 }] });
    await expect(spec.connect(context)).rejects.toMatchObject({
      code: 'instrument.protocol',
      problem: expect.stringContaining('checksum'),
    });
  });

  it('refuses a number that does not fit before it is sent, and one that the device does not take after', async () => {
    const { port, context } = oven('rtu');
    const driver = await modbusSetpoint({ port, ...OVEN }).connect(context);
    await expect(driver.startMove(1e4, never)).rejects.toMatchObject({
      problem: '10000 degC does not fit into int16 at holding 0',
    });
    await expect(driver.startMove(500, never)).rejects.toMatchObject({
      problem: expect.stringContaining('does not take the value'),
    });
  });

  it('speaks with a server that others wrote', async () => {
    const held = new Map<number, number>([[10, 215]]);
    const server = new ServerTCP(
      {
        getHoldingRegister: (address: number) => held.get(address) ?? 0,
        setRegister: (address: number, value: number) => void held.set(address, value),
      },
      { host: '127.0.0.1', port: 0, unitID: 1 },
    );
    await once(server, 'initialized');
    onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
    const { port } = (server as unknown as { _server: { address(): AddressInfo } })._server.address();
    const { context } = testContext(realClock);
    const spec = modbusSetpoint({
      port: `tcp://127.0.0.1:${port}`,
      setpoint: { address: 10, factor: 0.1, units: 'mm' },
    });
    const driver = await spec.connect(context);
    expect(await driver.readPosition(never)).toBeCloseTo(21.5);
    await driver.startMove(3.2, never);
    expect(await driver.isMoving(never)).toBe(false);
    expect(held.get(10)).toBe(32);
    await driver.close();
  });
});
