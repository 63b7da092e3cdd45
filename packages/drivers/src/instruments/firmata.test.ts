import { realClock, VirtualClock } from '@daqtor/core';
import { describeActuatorDriver, describeDetectorDriver } from '@daqtor/core/testing';
import { memoryPort, servePty, serveTcp, simulatedFirmata } from '@daqtor/sim';
import { describe, expect, it } from 'vitest';
import { expectedProtocol } from '../testing/expected-protocol.ts';
import { testContext } from '../testing/scripted-port.ts';
import { firmataInputs } from './firmata-inputs.ts';
import { firmataOutput } from './firmata-output.ts';

const never = new AbortController().signal;
const PWM = { pin: 9, as: 'pwm' } as const;

function board(bootMs = 0) {
  const clock = new VirtualClock();
  const simulated = simulatedFirmata({ clock, bootMs, input: (channel) => channel });
  const port = memoryPort('arduino', simulated, clock, { latencyMs: 2, fragmentBytes: 1 });
  return { clock, simulated, port, ...testContext(clock) };
}

describeActuatorDriver('firmataOutput in memory, byte by byte', async () => {
  const { clock, port, context } = board();
  const spec = firmataOutput({ port, ...PWM, rampPerS: 1 });
  return {
    driver: await spec.connect(context),
    adjusted: { ...spec.settings, rampPerS: 0.5, outputAtClose: 'on' },
    clock,
    targets: [0.2, 0.8],
    epsilon: 0.002,
  };
});

describeActuatorDriver('firmataOutput on a pseudo-terminal', async () => {
  const served = await servePty(simulatedFirmata({ clock: realClock }));
  const spec = firmataOutput({ port: served.address, ...PWM, rampPerS: 5 });
  const driver = await spec.connect(testContext(realClock).context);
  return { driver, clock: realClock, targets: [0.2, 0.8], epsilon: 0.002, dispose: () => served.close() };
});

describeDetectorDriver('firmataInputs by TCP', async () => {
  const served = await serveTcp(simulatedFirmata({ clock: realClock }));
  const spec = firmataInputs({ port: served.address, channels: [0, 3] });
  return { driver: await spec.connect(testContext(realClock).context), dispose: () => served.close() };
});

describeDetectorDriver('firmataInputs in memory, byte by byte', async () => {
  const { port, context } = board();
  return { driver: await firmataInputs({ port }).connect(context) };
});

const bytes = (...codes: number[]) => String.fromCharCode(...codes);
const WHO = [
  bytes(0xf0, 0x79, 0xf7),
  bytes(0xf0, 0x79, 2, 5, 0x46, 0, 0x2e, 0, 0x69, 0, 0x6e, 0, 0x6f, 0, 0xf7),
] as const;
const stateOf = (pin: number, ...answer: number[]) =>
  [bytes(0xf0, 0x6d, pin, 0xf7), bytes(0xf0, 0x6e, pin, ...answer, 0xf7)] as const;

describe('Firmata', () => {
  it('reads a channel as the protocol describes it, whatever is reported beside', async () => {
    await expectedProtocol(
      (port) => firmataInputs({ port, channels: [2], referenceV: 3.3 }),
      [WHO, [bytes(0xc2, 1), bytes(0x91, 0x7f, 1, 0xe0, 1, 1, 0xe2, 0x7f, 0x07)], [bytes(0xc2, 0)]],
      async (driver) => {
        expect(driver.identity).toBe('F 2.5');
        const [data] = await driver.grab(never);
        expect(data).toMatchObject({ units: 'V', labels: ['A2'] });
        expect(data?.data[0]?.[0]).toBeCloseTo(3.3);
      },
    );
  });

  it('sets pins beyond 15 by the longer message, and turns its output off at the end', async () => {
    await expectedProtocol(
      (port) => firmataOutput({ port, pin: 44, as: 'pwm' }),
      [
        WHO,
        stateOf(44, 0, 0),
        [bytes(0xf4, 44, 3)],
        stateOf(44, 3, 0),
        [bytes(0xf0, 0x6f, 44, 0x7f, 1, 0xf7)],
        stateOf(44, 3, 0x7f, 1),
        [bytes(0xf0, 0x6f, 44, 0, 0, 0xf7)],
      ],
      async (driver) => {
        await driver.startMove(1, never);
        expect(await driver.readPosition(never)).toBe(1);
      },
    );
  });

  it('leaves an output as it is that is one already, and switches it', async () => {
    await expectedProtocol(
      (port) => firmataOutput({ port, pin: 13, as: 'digital', outputAtClose: 'on' }),
      [WHO, stateOf(13, 1, 1), stateOf(13, 1, 1), [bytes(0xf5, 13, 0)], stateOf(13, 1, 0)],
      async (driver) => {
        await driver.startMove(0, never);
        expect(await driver.isMoving(never)).toBe(false);
        expect(await driver.readPosition(never)).toBe(0);
        await expect(driver.startMove(0.5, never)).rejects.toMatchObject({ code: 'move.limit' });
      },
    );
  });

  it('waits for a board that is reset by connecting', async () => {
    const { port, context } = board(1700);
    const driver = await firmataInputs({ port, channels: [3] }).connect(context);
    expect((await driver.grab(never))[0]?.data[0]?.[0]).toBeCloseTo(3, 2);
  });

  it('tells which pin cannot be used so', async () => {
    const { port, context } = board();
    await expect(firmataOutput({ port, pin: 4, as: 'pwm' }).connect(context)).rejects.toThrow(
      'pin 4 cannot be used as pwm',
    );
    await expect(firmataOutput({ port, pin: 99, as: 'pwm' }).connect(context)).rejects.toThrow(
      'the board has no pin 99',
    );
  });

  it('reads inputs and sets outputs of one board', async () => {
    const { port, simulated, context } = board();
    const inputs = await firmataInputs({ port, channels: [1, 4] }).connect(context);
    const output = await firmataOutput({ port, ...PWM }).connect(context);
    const [grabbed] = await Promise.all([inputs.grab(never), output.startMove(0.5, never)]);
    expect(grabbed[0]?.data.map((one) => Math.round(Number(one[0])))).toEqual([1, 4]);
    expect(simulated.pin(9)).toEqual({ mode: 3, value: 128 });
    await output.close();
    await inputs.grab(never);
    expect(simulated.pin(9)?.value).toBe(0);
  });
});
