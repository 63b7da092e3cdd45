import {
  type ActuatorSpec,
  type DaqMove,
  type DaqViewer,
  type DetectorSpec,
  lab,
  VirtualClock,
  type WirePort,
} from '@daqtor/core';
import { esp301, keithley2000 } from '@daqtor/drivers';
import { memoryPort, simulatedEsp301, simulatedKeithley2000 } from '@daqtor/sim';
import { type Cell, endingOf, judge, type Verdict } from './cell.ts';
import { faultyPort, WIRE_FAULTS, type WireFault } from './wire-faults.ts';

const LATENCY_MS = 2;

type Verdicts = Readonly<Record<WireFault, Verdict>>;

const LOST: Verdicts = {
  'answers nothing': 'faulted',
  'answers twice': 'works',
  'answers NaN': 'faulted',
  'answers garbage': 'faulted',
  'noise before answers': 'faulted',
  unplugged: 'faulted',
  'takes no bytes': 'faulted',
  'refuses bytes': 'faulted',
  '100 times slower': 'works',
};

/** Drivers with a command that takes some exchanges, with every fault of a wire. */
export function wireMatrix(): Cell[] {
  const move = { subject: 'esp301 move', spec: (port: WirePort) => esp301({ port, axis: 1 }) };
  const grab = { subject: 'keithley2000 grab', spec: (port: WirePort) => keithley2000({ port, nplc: 1 }) };
  return [move, grab].flatMap(({ subject, spec }) =>
    WIRE_FAULTS.map((fault): Cell => {
      const expected = LOST[fault];
      return { subject, fault, expected, run: () => run(spec, fault, expected) };
    }),
  );
}

async function run(
  spec: (port: WirePort) => ActuatorSpec | DetectorSpec,
  fault: WireFault,
  expected: Verdict,
): Promise<readonly string[]> {
  const clock = new VirtualClock();
  const isMove = spec({ address: '', open: () => Promise.reject() }).role === 'actuator';
  const instrument = isMove ? simulatedEsp301({ clock }) : simulatedKeithley2000({ clock, input: () => 1.5 });
  const port = faultyPort(memoryPort('it', instrument, clock, { latencyMs: LATENCY_MS }), fault, LATENCY_MS, clock);
  const bench = await lab({ it: spec(port) }, { clock });
  const it = bench.modules.it as DaqMove | DaqViewer;
  const command = async () => {
    if (it.role === 'detector') {
      const value = (await it.grab()).data[0]?.data[0]?.[0];
      if (Math.abs(Number(value) - 1.5) > 0.1) throw new Error(`it read ${value} V, where there are 1.5 V`);
    } else {
      const { position } = await it.move(1);
      if (Math.abs(position - 1) > 0.01) throw new Error(`it arrived at ${position} mm, not at 1 mm`);
    }
  };
  port.break();
  const broken = judge(expected, await endingOf(command()), it.state, 'it');
  port.mend();
  await bench.close();
  await clock.sleep(60_000);
  if (it.state !== 'offline') broken.push(`is ${it.state} after it was closed`);
  if (port.wires.count > 0) broken.push(`${port.wires.count} wires stay open`);
  if (clock.pending > 0) broken.push(`${clock.pending} timers stay set`);
  return broken;
}
