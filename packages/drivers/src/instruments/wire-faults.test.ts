import { type Clock, type ConnectContext, DaqtorError, VirtualClock, type WirePort } from '@daqtor/core';
import {
  faultyPort,
  memoryPort,
  type SimulatedInstrument,
  type SimulatedLockIn,
  simulatedEsp301,
  simulatedFirmata,
  simulatedGrbl,
  simulatedHp34401a,
  simulatedKeithley2000,
  simulatedKeithley2400,
  simulatedLakeShore335,
  simulatedModbusController,
  simulatedPrologix,
  simulatedRigolDs1000z,
  simulatedSmc100,
  simulatedSr830,
  simulatedSr860,
  simulatedThorlabsApt,
  simulatedZaber,
  type WireFaults,
} from '@daqtor/sim';
import { describe, expect, it } from 'vitest';
import { testContext } from '../testing/scripted-port.ts';
import { gpibPort } from '../transports/gpib-port.ts';
import { esp301 } from './esp301.ts';
import { firmataInputs } from './firmata-inputs.ts';
import { firmataOutput } from './firmata-output.ts';
import { grbl } from './grbl.ts';
import { hp34401a } from './hp34401a.ts';
import { keithley2000 } from './keithley2000.ts';
import { keithley2400Meter } from './keithley2400-meter.ts';
import { keithley2400Source } from './keithley2400-source.ts';
import { keithley2400Sweep } from './keithley2400-sweep.ts';
import { lakeShore33xInputs } from './lake-shore-33x-inputs.ts';
import { lakeShore33xLoop } from './lake-shore-33x-loop.ts';
import { modbusRegisters } from './modbus-registers.ts';
import { modbusSetpoint } from './modbus-setpoint.ts';
import { rigolDs1000z } from './rigol-ds1000z.ts';
import { smc100 } from './smc100.ts';
import { sr830 } from './sr830.ts';
import { sr830Recorder } from './sr830-recorder.ts';
import { sr860 } from './sr860.ts';
import { sr860Recorder } from './sr860-recorder.ts';
import { thorlabsApt } from './thorlabs-apt.ts';
import { zaber } from './zaber.ts';

const never = new AbortController().signal;
/** Lock-ins that do not wait, at a signal that has settled when they are read. */
const soon = { settleTimeConstants: 0 };
const withSignal = (lockIn: SimulatedLockIn) => {
  lockIn.apply({ x: 0.1, y: 0.1 });
  return lockIn;
};
const voltage = { source: 'voltage', compliance: 0.1 } as const;

interface Driver {
  grab?(signal: AbortSignal): Promise<readonly { readonly data: readonly ArrayLike<number | bigint>[] }[]>;
  readPosition?(signal: AbortSignal): Promise<number>;
  close(): Promise<void>;
}
type Connect = (port: WirePort, context: ConnectContext) => Promise<Driver>;

const CATALOGUE: [string, (clock: Clock) => SimulatedInstrument, Connect][] = [
  ['esp301', (clock) => simulatedEsp301({ clock }), (port, context) => esp301({ port, axis: 1 }).connect(context)],
  [
    'keithley2000',
    (clock) => simulatedKeithley2000({ clock, input: () => 1 }),
    (port, context) => keithley2000({ port }).connect(context),
  ],
  [
    'hp34401a',
    (clock) => simulatedHp34401a({ clock, input: () => 1 }),
    (port, context) => hp34401a({ port, nplc: 0.2 }).connect(context),
  ],
  [
    'keithley2400-source',
    (clock) => simulatedKeithley2400({ clock }),
    (port, context) => keithley2400Source({ port, ...voltage }).connect(context),
  ],
  [
    'sr830',
    (clock) => withSignal(simulatedSr830({ clock })),
    (port, context) => sr830({ port, ...soon }).connect(context),
  ],
  [
    'sr860',
    (clock) => withSignal(simulatedSr860({ clock })),
    (port, context) => sr860({ port, ...soon }).connect(context),
  ],
  [
    'lake-shore-33x-inputs',
    (clock) => simulatedLakeShore335({ clock }),
    (port, context) => lakeShore33xInputs({ port }).connect(context),
  ],
  ['smc100', (clock) => simulatedSmc100({ clock }), (port, context) => smc100({ port }).connect(context)],
  [
    'keithley2000 on GPIB',
    (clock) => simulatedPrologix({ clock, instruments: { 16: simulatedKeithley2000({ clock, input: () => 1 }) } }),
    (port, context) => keithley2000({ port: gpibPort(port, 16) }).connect(context),
  ],
  ...(['rtu', 'tcp'] as const).map((framing): (typeof CATALOGUE)[number] => [
    framing === 'rtu' ? 'modbus-registers' : 'modbus-registers by TCP',
    (clock) => simulatedModbusController({ clock, framing }),
    (port, context) =>
      modbusRegisters({ port, framing, registers: [{ name: 'setpoint', address: 1, type: 'float32' }] }).connect(
        context,
      ),
  ]),
  [
    'firmata-inputs',
    (clock) => simulatedFirmata({ clock }),
    (port, context) => firmataInputs({ port }).connect(context),
  ],
  [
    'firmata-output',
    (clock) => simulatedFirmata({ clock }),
    (port, context) => firmataOutput({ port, pin: 9, as: 'pwm' }).connect(context),
  ],
  [
    'keithley2400-meter',
    (clock) => simulatedKeithley2400({ clock }),
    async (port, context) => {
      await keithley2400Source({ port, ...voltage }).connect(context);
      return keithley2400Meter({ port }).connect(context);
    },
  ],
  [
    'lake-shore-33x-loop',
    (clock) => simulatedLakeShore335({ clock }),
    (port, context) => lakeShore33xLoop({ port }).connect(context),
  ],
  [
    'modbus-setpoint',
    (clock) => simulatedModbusController({ clock }),
    (port, context) => modbusSetpoint({ port, setpoint: { address: 0, factor: 0.1, units: 'degC' } }).connect(context),
  ],
  [
    'sr830-recorder',
    (clock) => withSignal(simulatedSr830({ clock })),
    (port, context) => sr830Recorder({ port, points: 4 }).connect(context),
  ],
  [
    'sr860-recorder',
    (clock) => withSignal(simulatedSr860({ clock })),
    (port, context) => sr860Recorder({ port, points: 4, rateHz: 50 }).connect(context),
  ],
  [
    'keithley2400-sweep',
    (clock) => simulatedKeithley2400({ clock }),
    (port, context) => keithley2400Sweep({ port, ...voltage, start: 0, stop: 1, points: 3 }).connect(context),
  ],
  [
    'thorlabs-apt',
    (clock) => simulatedThorlabsApt({ clock }),
    (port, context) => thorlabsApt({ port, stage: 'PRM1-Z8' }).connect(context),
  ],
  [
    'zaber',
    (clock) => simulatedZaber({ clock }),
    (port, context) => zaber({ port, microstep: 0.001 }).connect(context),
  ],
  ['grbl', (clock) => simulatedGrbl({ clock }), (port, context) => grbl({ port, axis: 'X' }).connect(context)],
  [
    'rigol-ds1000z',
    (clock) => simulatedRigolDs1000z({ clock, signal: () => 1 }),
    (port, context) => rigolDs1000z({ port }).connect(context),
  ],
];

/** What a driver reads, as numbers. */
async function read(driver: Driver): Promise<number[]> {
  if (driver.readPosition) return [await driver.readPosition(never)];
  const data = (await driver.grab?.(never)) ?? [];
  return data.flatMap(({ data }) => data.flatMap((array) => Array.from(array, Number)));
}

const distance = (a: readonly number[], b: readonly number[]): number =>
  a.length === b.length ? Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? 0)))) : Number.POSITIVE_INFINITY;

describe.each(CATALOGUE)('%s on a bad wire', (_, simulate, connect) => {
  const bench = async () => {
    const clock = new VirtualClock();
    const port = faultyPort(memoryPort('instrument', simulate(clock), clock), clock);
    const driver = await connect(port, testContext(clock).context);
    await clock.sleep(5000);
    return { clock, port, driver, truth: await read(driver) };
  };

  it('reads the same from a slow line that cuts answers at every byte', async () => {
    const { port, driver, truth } = await bench();
    port.faults = { latencyMs: 3, jitterMs: 12, fragmentBytes: 1, baudRate: 57_600, timerMs: 16 };
    // Noise and the last digit of the simulated instruments.
    expect(distance(await read(driver), truth)).toBeLessThan(0.1);
    await driver.close();
  });

  it.each([
    ['that loses bytes', { drop: 0.02 }],
    ['that doubles pieces', { duplicate: 0.3, fragmentBytes: 8 }],
    ['with garbage on it', { garbage: 0.2, fragmentBytes: 16 }],
    ['that is silent', { drop: 1 }],
  ] as [string, WireFaults][])(
    'reports what it cannot read from a line %s, and recovers by itself',
    async (_, faults) => {
      const { clock, port, driver, truth } = await bench();
      port.faults = faults;
      for (let i = 0; i < 8; i++) {
        const error = await read(driver).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (error !== undefined)
          expect(DaqtorError.is(error) && error.code).toMatch(/^instrument\.(timeout|protocol|fault)$/);
      }
      port.faults = {};
      await clock.sleep(10_000);
      // What was owed may still make one call fail, none may give it as its own answer.
      await read(driver).catch(() => undefined);
      expect(distance(await read(driver), truth)).toBeLessThan(0.1);
      await driver.close();
    },
  );

  it('fails at once when the cable is pulled, and closes all the same', async () => {
    const { clock, port, driver } = await bench();
    const start = clock.now();
    const reading = read(driver);
    port.unplug();
    await expect(reading).rejects.toMatchObject({ code: 'instrument.gone' });
    expect(clock.now() - start).toBeLessThan(50);
    await driver.close();
  });
});
