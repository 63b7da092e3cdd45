import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClock } from '@daqtor/core';
import { numbersGiven } from '@daqtor/core/testing';
import type { PackedOperation } from '../src/h5/h5-operation.ts';
import { H5Writer } from '../src/h5/h5-writer.ts';
import { loadH5 } from '../src/h5/load-h5.ts';

/**
 * Writes for long in one process and watches its memory: `npm run torture:memory -- [rows] [nodes]`. The writer runs on
 * this thread, where its heap can be seen. A first part warms up; from then on nothing may grow.
 */
const [rows, nodes] = numbersGiven('npm run torture:memory -- [rows] [nodes]', 1_000_000, 10_000);
/** Rows of one commit. */
const COMMIT = 100;
const WARM_UP = 0.3;
const MiB = 2 ** 20;
/** What the garbage collector may leave behind; a leak of 32 bytes a row is more. */
const RSS_SLACK = 24 * MiB;
/** The heap grows by a fifth at a time, which HDF5's cache of metadata may bring about late; a leak goes on. */
const HEAP_STEP = 0.21;

const h5 = await loadH5();
const folder = mkdtempSync(join(tmpdir(), 'daqtor-memory-'));
let passed = 0;
let failed = 0;

interface Measured {
  readonly heap: number;
  readonly rss: number;
  readonly descriptors: number;
}

function measure(): Measured {
  globalThis.gc?.();
  return {
    heap: h5.HEAPU8.length,
    rss: process.memoryUsage.rss(),
    descriptors: readdirSync('/proc/self/fd').length,
  };
}

function judge(title: string, before: Measured, after: Measured, seconds: number): void {
  const rows = [
    ['HDF5 heap, MiB', before.heap / MiB, after.heap / MiB, (HEAP_STEP * before.heap) / MiB],
    ['resident, MiB', before.rss / MiB, after.rss / MiB, RSS_SLACK / MiB],
    ['open files', before.descriptors, after.descriptors, 0],
  ] as const;
  console.log(`${title}, ${seconds.toFixed(1)} s`);
  for (const [name, from, to, slack] of rows) {
    const isFlat = to - from <= slack;
    if (isFlat) passed++;
    else failed++;
    console.log(
      `  ${isFlat ? 'ok    ' : 'FAILED'}  ${name.padEnd(16)}${from.toFixed(1).padStart(9)} ->${to.toFixed(1).padStart(9)}`,
    );
  }
}

/** Does something many times and compares the memory after the warm-up with that at the end. */
async function soak(title: string, times: number, work: (i: number) => void | Promise<void>): Promise<void> {
  const beganMs = realClock.now();
  let before = measure();
  const warm = Math.ceil(times * WARM_UP);
  for (let i = 0; i < times; i++) {
    if (i === warm) before = measure();
    await work(i);
  }
  judge(title, before, measure(), (realClock.now() - beganMs) / 1000);
}

const none: ArrayBuffer[] = [];
const group = (path: string): PackedOperation => ({ op: 'group', path, attributes: { CLASS: 'GROUP', TITLE: path } });
const array = (path: string, length: number, enlargeable = false): PackedOperation => ({
  op: 'array',
  path,
  dtype: 'float64',
  shape: [length],
  chunks: [enlargeable ? 1024 : Math.min(length, 1024)],
  enlargeable,
  attributes: { CLASS: 'CARRAY', units: 'mm', order: 1 },
});

try {
  const path = join(folder, 'memory.h5');
  const writer = new H5Writer(h5, { path, mode: 'create', fsync: false });
  await writer.transact([array('/RawData/rows', 0, true), group('/RawData/nodes')], none);
  await soak(`${rows} rows, a commit each ${COMMIT}, with a line of log`, Math.ceil(rows / COMMIT), async (i) => {
    const values = Float64Array.from({ length: COMMIT }, (_, k) => i * COMMIT + k);
    const writes = Array.from(values, (_, k): PackedOperation => {
      const data = [{ block: 0, at: 8 * k, bytes: 8 }];
      return { op: 'append', path: '/RawData/rows', count: [1], data };
    });
    const line: PackedOperation = {
      op: 'append-bytes',
      path: '/RawData/Logger',
      rows: [{ block: 0, at: 0, bytes: 60 }],
    };
    const note: PackedOperation = { op: 'attribute', path: '/RawData', name: 'note', value: `'${i}'` };
    await writer.transact([...writes, line, note], [values.buffer]);
  });
  await soak(`${nodes} nodes made, in groups of 100, and listed`, nodes, async (i) => {
    const parent = `/RawData/nodes/n${Math.floor(i / 100)}`;
    await writer.transact([...(i % 100 === 0 ? [group(parent)] : []), array(`${parent}/a${i % 100}`, 4)], none);
    writer.ask({ ask: 'children', path: parent });
    writer.ask({ ask: 'shape', path: `${parent}/a${i % 100}` });
  });
  await soak('1000 transactions that fail and are rolled back', 1000, async () => {
    try {
      await writer.transact([array('/RawData/new', 4), group('/RawData/rows')], none);
    } catch {
      return; // As it must.
    }
    throw new Error('a group went where an array is');
  });
  writer.close();
  await soak('1000 openings and closings', 1000, () => {
    new H5Writer(h5, { path, mode: 'append', fsync: false }).close();
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
