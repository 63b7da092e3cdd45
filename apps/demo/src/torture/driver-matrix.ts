import { type ConnectContext, DaqMove, DaqViewer, VirtualClock } from '@daqtor/core';
import { type Cell, endingOf, judge, type Verdict } from './cell.ts';
import { actuatorOnTrial, Calls, detectorOnTrial } from './drivers-on-trial.ts';
import { FAULTS, type Fault } from './faulty-call.ts';
import { type Kind, MOVE_CALLS, VIEWER_CALLS, verdict } from './verdict.ts';

const TIMEOUT_MS = 1000;

/** Every call of both kinds of drivers, with every fault. */
export function driverMatrix(): Cell[] {
  const cellsOf = (module: string, calls: Readonly<Record<string, Kind>>, run: typeof runMove) =>
    Object.entries(calls).flatMap(([call, kind]) =>
      FAULTS.map((fault): Cell => {
        const expected = verdict(kind, fault);
        return { subject: `${module} ${call}`, fault, expected, run: () => run(call, fault, expected) };
      }),
    );
  return [...cellsOf('DAQ_Move', MOVE_CALLS, runMove), ...cellsOf('DAQ_Viewer', VIEWER_CALLS, runViewer)];
}

/** A place where a driver is plugged in: it must be free in the end. */
class Port {
  isOpen = false;

  readonly share: ConnectContext['share'] = async (_, open) => {
    const value = await open();
    this.isOpen = true;
    const release = async () => {
      this.isOpen = false;
    };
    return { value, release };
  };
}

async function runMove(call: string, fault: Fault, expected: Verdict): Promise<readonly string[]> {
  const clock = new VirtualClock();
  const calls = new Calls(call, fault, clock);
  const port = new Port();
  const settings = { timeoutMs: TIMEOUT_MS, done: call === 'whenAtRest' ? ('event' as const) : ('poll' as const) };
  const x = new DaqMove('x', actuatorOnTrial(calls, clock, settings), clock);
  let value = 0;
  const commands: Readonly<Record<string, () => Promise<unknown>>> = {
    readPosition: () => x.read(),
    startHome: () => x.home(),
    moveMs: async () => x.moveMs(0, 1),
    stop: () => x.stop(),
    'apply settings': () => x.set({ velocity: ++value }),
    'read settings': () => x.set({ velocity: ++value }),
  };
  return await trial(x, clock, calls, port, call, expected, commands[call] ?? (() => x.move(1)));
}

async function runViewer(call: string, fault: Fault, expected: Verdict): Promise<readonly string[]> {
  const clock = new VirtualClock();
  const calls = new Calls(call, fault, clock);
  const port = new Port();
  const meter = new DaqViewer('meter', detectorOnTrial(calls, clock, { timeoutMs: TIMEOUT_MS }), clock);
  const goLive = async () => {
    const sink = meter.data.attach({ maxItems: 10 });
    const live = meter.live();
    await Promise.race([live.done, sink.takeBatch()]);
    if (meter.state === 'live') await meter.stop();
    await live.done;
  };
  let value = 0;
  const setLive = async () => {
    const live = meter.live();
    try {
      await meter.set({ delayMs: ++value });
    } finally {
      // Only a lost link may end the live grab.
      if (meter.state === 'live') await meter.stop();
      await live.done;
    }
  };
  const commands: Readonly<Record<string, () => Promise<unknown>>> = {
    'apply settings while live': setLive,
    'read settings while live': setLive,
    grabMs: async () => meter.expected,
    grabMean: () => meter.grab({ average: 4 }),
    live: goLive,
    'apply settings': () => meter.set({ delayMs: ++value }),
    'read settings': () => meter.set({ delayMs: ++value }),
  };
  return await trial(meter, clock, calls, port, call, expected, commands[call] ?? (() => meter.grab()));
}

/** Lets one call go wrong, looks at the module, closes it, and looks for what is left behind. */
async function trial(
  module: DaqMove | DaqViewer,
  clock: VirtualClock,
  calls: Calls,
  port: Port,
  call: string,
  expected: Verdict,
  command: () => Promise<unknown>,
): Promise<readonly string[]> {
  const broken: string[] = [];
  const connect = () => module.connect({ share: port.share });
  const close = async () => {
    const error = await module.close();
    if (error) throw error;
  };
  if (call === 'connect' || call.endsWith('while connecting')) {
    calls.armed = true;
    broken.push(...judge(expected, await endingOf(settled(connect(), clock)), module.state, module.name));
  } else {
    await connect();
    calls.armed = true;
    if (call === 'stop while closing') command().catch(() => undefined);
    else if (call !== 'close') {
      const ending = await endingOf(settled(command(), clock));
      broken.push(...judge(expected, ending, module.state, module.name));
      // After a fault it must be possible to begin anew, with the instrument well again.
      calls.armed = false;
      if (expected === 'faulted') {
        const again = await endingOf(settled(connect(), clock));
        if (!again.ok) broken.push(`does not connect again: ${again.error.message}`);
      }
      const works = await endingOf(settled(command(), clock));
      if (!works.ok) broken.push(`does not work again: ${works.error.message}`);
    }
  }
  const ending = await endingOf(settled(close(), clock));
  if (call === 'close')
    broken.push(...judge(expected, ending, expected === 'works' ? 'idle' : module.state, module.name));
  if (module.state !== 'offline') broken.push(`is ${module.state} after it was closed`);
  // Whatever still comes late comes now.
  await clock.sleep(100 * TIMEOUT_MS);
  if (port.isOpen) broken.push('the port stays open');
  if (clock.pending > 0) broken.push(`${clock.pending} timers stay set`);
  return broken;
}

/** A promise that must settle. */
function settled<T>(promise: Promise<T>, clock: VirtualClock): Promise<T> {
  const deadline = new AbortController();
  const late = clock.sleep(20 * TIMEOUT_MS, deadline.signal).then(
    () => Promise.reject(new Error('a promise never settled')),
    () => new Promise<never>(() => {}),
  );
  return Promise.race([promise, late]).finally(() => deadline.abort());
}
