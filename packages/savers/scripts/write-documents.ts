/**
 * Writes bluesky's documents of one scan of each kind, and of detectors of all forms, for their own library to judge.
 *
 * Usage: node --import tsx packages/savers/scripts/write-documents.ts FOLDER
 */
import { DataToExport, DataWithAxes } from '@daqtor/core';
import { scanKinds } from '@daqtor/core/testing';
import { documents } from '../src/index.ts';
import { crashed } from '../src/testing/crash-bench.ts';
import { myDet, runScan } from '../src/testing/scan-bench.ts';

const folder = process.argv[2] ?? '';
if (folder === '') throw new Error('usage: write-documents.ts FOLDER');

for (const scan of Object.values(scanKinds)) await crashed(scan, documents(folder), folder, -1);
await crashed(Object.values(scanKinds)[0] as never, documents(folder), folder, -1, {
  failing: [1, 3],
  onError: 'skip',
});
await crashed(scanKinds.line as never, documents(folder), folder, -1, {
  baseline: ['z', 'eye'],
  failing: [1, 2],
  onError: 'skip',
});
await runScan(documents(folder));
await runScan(documents(folder), { points: 0, outcome: 'stopped' });
const complex = new DataWithAxes({ name: 'X/Y.Z', data: [Float64Array.of(1, Number.NaN)], complex: true, shape: [1] });
const large = new DataWithAxes({ name: 'large', data: [new Uint16Array(70_000)] });
await runScan(documents(folder), { dataAt: (step) => new DataToExport({ ...myDet(step), data: [complex, large] }) });
