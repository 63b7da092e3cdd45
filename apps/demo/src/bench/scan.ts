import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DaqScan, grid, lab, linspace, realClock, type ScanRecorder } from '@daqtor/core';

import { dataset } from '@daqtor/savers';
import { mockActuator, mockDetector } from '@daqtor/sim';

/** Measures what a scan point costs when the instruments take no time: `npm run bench:scan -- [points]`. */
const side = Math.round(Math.sqrt(Number(process.argv[2] ?? 10_000)));
const bench = await lab({ x: mockActuator({}), y: mockActuator({}), meter: mockDetector({}) });

function scan(save?: ScanRecorder): DaqScan {
  return bench.scan({
    over: grid(linspace(bench.y, 0, 1, side), linspace(bench.x, 0, 1, side)).snake(),
    read: [bench.meter],
    ...(save && { save }),
  });
}

interface Times {
  /** From point to point, less the wait for the file, in microseconds. */
  readonly engine: number[];
  /** From measured to durable, in microseconds. */
  readonly saving: number[];
}

async function measure(run: DaqScan): Promise<Times> {
  const times: Times = { engine: [], saving: [] };
  let measuredAt = 0;
  let lastAt = Number.NaN;
  run.points$.subscribe(() => {
    measuredAt = realClock.now();
  });
  run.actor.on('pointSaved', () => {
    const now = realClock.now();
    times.saving.push(1000 * (now - measuredAt));
    if (!Number.isNaN(lastAt)) times.engine.push(1000 * (measuredAt - lastAt));
    lastAt = now;
  });
  await run.done;
  return times;
}

const quantile = (values: readonly number[], q: number) =>
  [...values].sort((a, b) => a - b)[Math.floor(q * (values.length - 1))] ?? Number.NaN;
const row = (name: string, values: readonly number[]) =>
  console.log(
    `${name.padEnd(34)}${quantile(values, 0.5).toFixed(0).padStart(8)}${quantile(values, 0.99).toFixed(0).padStart(8)}`,
  );

const folder = await mkdtemp(join(tmpdir(), 'daqtor-bench-'));
try {
  await measure(scan());
  const alone = await measure(scan());
  const saved = await measure(scan(dataset(folder)));
  const total = ({ engine, saving }: Times) => engine.map((time, i) => time + (saving[i + 1] ?? 0));
  console.log(`${side * side} points, two actuators and one 0D detector without delay; microseconds per point`);
  console.log(`${''.padEnd(34)}${'median'.padStart(8)}${'p99'.padStart(8)}`);
  row('without a saver', total(alone));
  row('with a commit at each point', total(saved));
  row('  of it the engine', saved.engine);
  row('  of it saving', saved.saving);
} finally {
  await bench.close();
  await rm(folder, { recursive: true });
}
