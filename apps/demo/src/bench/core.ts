import { DaqMove, DaqViewer, Hub, realClock } from '@daqtor/core';
import { mockActuator, mockDetector } from '@daqtor/sim';

/**
 * Measures what the modules and streams cost when instruments take no time: `npm run bench:core`. Rates are the median of
 * five runs. Prints which aims were met, and ends with 1 if one was missed.
 */
const nobody = { share: () => Promise.reject(new Error('nothing is shared here')) };
const RUNS = 5;

/** Things per second, the median of some runs. */
async function rate(count: number, run: () => Promise<unknown>): Promise<number> {
  await run();
  const rates: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const beganMs = realClock.now();
    await run();
    rates.push((1000 * count) / (realClock.now() - beganMs));
  }
  return rates.sort((a, b) => a - b)[RUNS >> 1] as number;
}

async function repeat(count: number, step: (i: number) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < count; i++) await step(i);
}

const readable = (value: number) =>
  value >= 1e6 ? `${(value / 1e6).toFixed(2)} M` : value >= 1e4 ? `${(value / 1e3).toFixed(0)} k` : value.toFixed(0);

function row(what: string, value: string, aim = ''): void {
  console.log(`${what.padEnd(58)}${value.padStart(12)}  ${aim}`.trimEnd());
}

/** Says whether a rate reached its aim; a missed one shows in the exit code. */
function judged(what: string, perSecond: number, atLeast: number): void {
  const isMet = perSecond >= atLeast;
  if (!isMet) process.exitCode = 1;
  row(what, `${readable(perSecond)}/s`, `aim ${readable(atLeast)}/s: ${isMet ? 'met' : 'MISSED'}`);
}

async function makeMove(name: string): Promise<DaqMove> {
  const x = new DaqMove(name, mockActuator({}), realClock);
  await x.connect(nobody);
  return x;
}

async function makeViewer(name: string, settings: Parameters<typeof mockDetector>[0] = {}): Promise<DaqViewer> {
  const meter = new DaqViewer(name, mockDetector({ noise: 0, ...settings }), realClock);
  await meter.connect(nobody);
  return meter;
}

async function benchModules(): Promise<void> {
  const count = 10_000;
  const x = await makeMove('x');
  const meter = await makeViewer('meter');
  const moves = await rate(count, () => repeat(count, (i) => x.move(i % 2)));
  row('moves', `${readable(moves)}/s`);
  row('grabs', `${readable(await rate(count, () => repeat(count, () => meter.grab())))}/s`);
  let told = 0;
  const listening = x.actor.on('*', () => told++);
  // A move tells two facts, after two events to its machine.
  const events = 2 * (await rate(count, () => repeat(count, (i) => x.move(i % 2))));
  listening.unsubscribe();
  if (told !== 2 * count * (RUNS + 1)) throw new Error(`${told} facts were told`);
  row('facts told to a listener, moves included', `${readable(events)}/s`);
  const live = meter.live();
  await realClock.sleep(500);
  await meter.stop();
  row('frames of a live grab in a loop', `${readable((await live.done).frames * 2)}/s`);

  const ten = await Promise.all(Array.from({ length: 10 }, (_, i) => makeMove(`x${i}`)));
  const share = count / 10;
  const together = await rate(count, () => Promise.all(ten.map((one) => repeat(share, (i) => one.move(i % 2)))));
  const cost = moves / together;
  if (cost > 1.5) process.exitCode = 1;
  row(
    'a move of one among ten modules, against one alone',
    `${cost.toFixed(2)} ×`,
    `aim 1.5 × at most: ${cost <= 1.5 ? 'met' : 'MISSED'}`,
  );
}

function heapBytes(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

async function benchMemory(): Promise<void> {
  const count = 1000;
  const of = async (make: (name: string) => Promise<unknown>) => {
    const kept: unknown[] = [];
    const before = heapBytes();
    for (let i = 0; i < count; i++) kept.push(await make(`m${i}`));
    return (heapBytes() - before) / kept.length / 1024;
  };
  row('memory of a connected DAQ_Move', `${(await of(makeMove)).toFixed(1)} KiB`);
  row('memory of a connected DAQ_Viewer', `${(await of(makeViewer)).toFixed(1)} KiB`);
}

/** From a hub to a lossless sink that takes batches, with a live tap that looks 25 times a second. */
async function stream<T>(count: number, maxItems: number, value: (i: number) => T): Promise<number> {
  return await rate(count, async () => {
    const hub = new Hub<T>();
    const sink = hub.attach({ maxItems });
    let looks = 0;
    hub.latest$(40, realClock).subscribe(() => looks++);
    const taken = (async () => {
      let total = 0;
      for (let batch = await sink.takeBatch(); batch; batch = await sink.takeBatch()) total += batch.length;
      return total;
    })();
    for (let i = 0; i < count; i++) {
      const room = hub.publish(value(i));
      if (room) await room;
    }
    hub.close();
    if ((await taken) !== count || looks === 0) throw new Error('the stream lost something');
  });
}

async function benchStreams(): Promise<void> {
  judged('scalars through a hub to a lossless sink, with a live tap', await stream(1_000_000, 4096, (i) => i), 1e6);
  const frame = new Uint16Array(4 * 2 ** 20);
  judged('8 MiB frames by reference, the same way', await stream(100_000, 8, () => frame), 1e4);
}

console.log('Instruments without delay; the median of five runs\n');
await benchModules();
await benchMemory();
await benchStreams();
