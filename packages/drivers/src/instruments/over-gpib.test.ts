import { lab, realClock, VirtualClock } from '@daqtor/core';
import { describeActuatorDriver, describeDetectorDriver } from '@daqtor/core/testing';
import {
  memoryPort,
  servePty,
  serveTcp,
  simulatedHp34401a,
  simulatedKeithley2000,
  simulatedKeithley2400,
  simulatedPrologix,
  simulatedSr830,
  simulators,
} from '@daqtor/sim';
import { describe, expect, it } from 'vitest';
import { expectedProtocol } from '../testing/expected-protocol.ts';
import { scriptedPort, testContext } from '../testing/scripted-port.ts';
import { gpibPort } from '../transports/gpib-port.ts';
import { hp34401a } from './hp34401a.ts';
import { keithley2000 } from './keithley2000.ts';
import { keithley2400Meter } from './keithley2400-meter.ts';
import { keithley2400Source } from './keithley2400-source.ts';
import { keithley2400Sweep } from './keithley2400-sweep.ts';
import { sr830 } from './sr830.ts';
import { sr830Recorder } from './sr830-recorder.ts';

const never = new AbortController().signal;
const volts = async (meter: {
  grab(signal: AbortSignal): Promise<readonly { data: readonly ArrayLike<number | bigint>[] }[]>;
}) => Number((await meter.grab(never))[0]?.data[0]?.[0]);

/** A bus with a 2000 at 16 that sees 1 V, a 34401A at 22 that sees 2 V, and an SR830 at 8. */
function bus(latencyMs = 2) {
  const clock = new VirtualClock();
  const lockIn = simulatedSr830({ clock, interface: 'gpib' });
  lockIn.apply({ x: 0.1, y: 0 });
  const simulated = simulatedPrologix({
    clock,
    instruments: {
      8: lockIn,
      16: simulatedKeithley2000({ clock, input: () => 1 }),
      22: simulatedHp34401a({ clock, input: () => 2 }),
      24: simulatedKeithley2400({ clock }),
    },
  });
  const port = memoryPort('gpib', simulated, clock, { latencyMs, fragmentBytes: 1 });
  return { clock, simulated, port, at: (address: number) => gpibPort(port, address), ...testContext(clock) };
}

const prologix = () => {
  const simulator = simulators.find(({ name }) => name === 'prologix');
  if (!simulator) throw new Error('no simulator');
  return simulator.make({ clock: realClock });
};

describeDetectorDriver('keithley2000 on GPIB, in memory, byte by byte', async () => {
  const { at, context } = bus();
  return { driver: await keithley2000({ port: at(16), nplc: 0.1 }).connect(context) };
});

describeDetectorDriver('sr830 on GPIB, in memory, byte by byte', async () => {
  const { at, context } = bus();
  return { driver: await sr830({ port: at(8), timeConstantS: 0.01 }).connect(context) };
});

describeDetectorDriver('sr830Recorder on GPIB, in memory, byte by byte', async () => {
  const { at, context } = bus();
  return { driver: await sr830Recorder({ port: at(8), points: 16 }).connect(context) };
});

describeActuatorDriver('keithley2400Source on GPIB, in memory, byte by byte', async () => {
  const { clock, at, context } = bus();
  const spec = keithley2400Source({ port: at(24), source: 'voltage', compliance: 0.01, rampPerS: 10 });
  return { driver: await spec.connect(context), clock, targets: [-1, 2], epsilon: 0.001 };
});

describeDetectorDriver('keithley2400Sweep on GPIB, in memory, byte by byte', async () => {
  const { at, context } = bus();
  const levels = { source: 'voltage', compliance: 0.01, start: 0, stop: 1, points: 4 } as const;
  return { driver: await keithley2400Sweep({ port: at(24), ...levels, nplc: 0.1 }).connect(context) };
});

describeDetectorDriver('keithley2400Meter on GPIB, in memory, byte by byte', async () => {
  const { at, context } = bus();
  await keithley2400Source({ port: at(24), source: 'voltage', compliance: 0.01 }).connect(context);
  return { driver: await keithley2400Meter({ port: at(24) }).connect(context) };
});

describeDetectorDriver('hp34401a on GPIB, by TCP', async () => {
  const served = await serveTcp(prologix());
  const port = `${served.address.replace('tcp:', 'prologix:')}/gpib/22`;
  const driver = await hp34401a({ port, nplc: 0.2 }).connect(testContext(realClock).context);
  return { driver, dispose: () => served.close() };
});

describeDetectorDriver('keithley2000 on GPIB, behind an adapter on a pseudo-terminal', async () => {
  const served = await servePty(prologix());
  const port = `${served.address.replace('serial:', 'prologix:')}/gpib/16`;
  const driver = await keithley2000({ port, nplc: 0.1 }).connect(testContext(realClock).context);
  return { driver, dispose: () => served.close() };
});

describe('an instrument behind a GPIB adapter', () => {
  it('is addressed, and read when it is asked, byte for byte as the manual of the adapter wants', async () => {
    const setUp = '++savecfg 0\n++mode 1\n++auto 0\n++eoi 1\n++eos 3\n++eot_enable 0\n++read_tmo_ms 500\n';
    const read = '++addr 9 96\n++read eoi\n';
    await expectedProtocol(
      (port) => hp34401a({ port: gpibPort(port, 9, 96), nplc: 1 }),
      [
        [`\n${setUp}++ver\n`, 'Prologix GPIB-USB Controller version 6.107\r\n'],
        ['++addr 9 96\n\x03\x1b\n:SYST:REM\x1b\n*CLS\x1b\n*IDN?\x1b\n\n'],
        [read, 'HEWLETT-PACKARD,34401A,0,10-5-2\n'],
        ['++addr 9 96\n:CONF:VOLT:DC\x1b\n\n'],
        ['++addr 9 96\n:SENS:VOLT:DC:NPLC 1\x1b\n\n'],
        ['++addr 9 96\n:SYST:ERR?\x1b\n\n'],
        [read, '+0,"No error"\n'],
        ['++addr 9 96\n:READ?\x1b\n\n'],
        [read, '+1.5E+00\n'],
      ],
      async (meter) => expect(await volts(meter)).toBe(1.5),
    );
  });

  it('shares the one connection of the adapter with the others, and none is asked to talk in vain', async () => {
    const { clock, simulated, at } = bus();
    const bench = await lab(
      {
        dmm: keithley2000({ port: at(16), nplc: 0.1 }),
        hp: hp34401a({ port: at(22), nplc: 0.2 }),
        lia: sr830({ port: at(8), timeConstantS: 0.001 }),
      },
      { clock },
    );
    expect(simulated.hosts).toBe(1);
    for (let round = 0; round < 3; round++) {
      const grabs = await Promise.all([bench.dmm.grab(), bench.hp.grab(), bench.lia.grab()]);
      const values = grabs.map(({ data }) => Number(data[0]?.data[0]?.[0]));
      for (const [i, expected] of [1, 2, 0.1].entries()) expect(values[i]).toBeCloseTo(expected, 2);
    }
    expect(simulated.silences).toBe(0);
    await bench.close();
    expect(simulated.hosts).toBe(0);
  });

  it('may take longer than the adapter waits: it is asked to talk again', async () => {
    const { clock, simulated, at, context } = bus();
    const meter = await hp34401a({ port: at(22), nplc: 100 }).connect(context);
    const beganMs = clock.now();
    expect(await volts(meter)).toBeCloseTo(2, 2);
    expect(clock.now() - beganMs).toBeGreaterThan(3000);
    expect(simulated.silences).toBeGreaterThan(2);
  });

  it('may be given up in the middle, and neither it nor its neighbour takes the answer for another', async () => {
    const { clock, at, context } = bus();
    const slow = await hp34401a({ port: at(22), nplc: 10 }).connect(context);
    const other = await keithley2000({ port: at(16), nplc: 0.1 }).connect(context);
    const abort = new AbortController();
    const reason = new Error('enough');
    clock.setTimeout(() => abort.abort(reason), 100);
    await expect(slow.grab(abort.signal)).rejects.toBe(reason);
    expect(await volts(other)).toBeCloseTo(1, 2);
    expect(await volts(slow)).toBeCloseTo(2, 2);
  });

  it('is named when it is silent, and the others go on', async () => {
    const { at, context } = bus();
    const other = await keithley2000({ port: at(16), nplc: 0.1 }).connect(context);
    await expect(hp34401a({ port: at(5) }).connect(context)).rejects.toMatchObject({
      code: 'instrument.timeout',
      problem: expect.stringMatching(/^memory:gpib\/gpib\/5 did not answer '.*\*IDN\?' within/),
    });
    expect(await volts(other)).toBeCloseTo(1, 2);
  });

  it('is not looked for behind something that is no adapter', async () => {
    const { context } = testContext(new VirtualClock());
    await expect(hp34401a({ port: gpibPort(scriptedPort(), 5) }).connect(context)).rejects.toMatchObject({
      code: 'instrument.connect',
      problem: 'no GPIB adapter answers at memory:scripted',
    });
  });

  it('is found again after the adapter was unplugged, which is set up anew', async () => {
    const { port, at, context } = bus();
    const first = await keithley2000({ port: at(16), nplc: 0.1 }).connect(context);
    port.unplug();
    await expect(first.grab(never)).rejects.toMatchObject({ code: 'instrument.gone' });
    await first.close();
    port.replug();
    expect(await volts(await keithley2000({ port: at(16), nplc: 0.1 }).connect(context))).toBeCloseTo(1, 2);
  });
});
