import { describe, expect, it } from 'vitest';
import { breaches } from './check-architecture.mjs';

const check = (path, text) => breaches(new Map([[path, text]]));
const CORE = 'packages/core/src/data/axis.ts';
const DRIVER = 'packages/drivers/src/instruments/esp301.ts';
const MACHINES_TIME = /^packages\/drivers\/src\/instruments\/esp301\.ts:1 .* reads the machine's time: take a Clock$/;

describe('layers', () => {
  it.each([
    ['core imports a driver', CORE, "import '@daqtor/drivers';"],
    ['core imports a driver, as a type', CORE, "type Esp = import('@daqtor/drivers').Esp301;"],
    ['core imports a driver, later', CORE, "export const load = () => import('@daqtor/drivers');"],
    ['core re-exports a driver', CORE, "export { esp301 } from '@daqtor/drivers';"],
    ['core imports a built-in', CORE, "import { readFile } from 'node:fs/promises';"],
    ['core imports a built-in without its prefix', CORE, "import { EventEmitter } from 'events';"],
    ['a driver imports a saver', DRIVER, "import { dataset } from '@daqtor/savers';"],
    ['a driver imports a simulator', DRIVER, "import { servePty } from '@daqtor/sim';"],
    ["a simulator's test imports a driver", 'packages/sim/src/a.test.ts', "import { esp301 } from '@daqtor/drivers';"],
    ['a driver reaches into core', DRIVER, "import { Axis } from '../../../core/src/data/axis.ts';"],
    ['a driver imports a test kit', DRIVER, "import { describeActuatorDriver } from '@daqtor/core/testing';"],
    ['core imports its own test kit', CORE, "import { lab } from '../testing/lab.ts';"],
    ['a driver imports vitest', DRIVER, "import { expect } from 'vitest';"],
    ['xstate is imported outside machines', CORE, "import { setup } from 'xstate';"],
    ['h5wasm is imported outside h5', 'packages/savers/src/browse/tree.ts', "import { File } from 'h5wasm/node';"],
    ['serialport is imported outside transports', DRIVER, "import { SerialPort } from 'serialport';"],
  ])('reports when %s', (_title, path, text) => {
    expect(check(path, text)).toHaveLength(1);
  });

  it.each([
    [
      "a driver's test uses core's test kit",
      'packages/drivers/src/a.test.ts',
      "import { suite } from '@daqtor/core/testing';",
    ],
    ['a driver imports core', DRIVER, "import { defineActuator } from '@daqtor/core';"],
    ['an app imports everything', 'apps/demo/src/main.ts', "import '@daqtor/core';\nimport '@daqtor/sim';"],
    ['a driver opens a file', DRIVER, "import { open } from 'node:fs/promises';"],
    ["a driver's test uses simulators", 'packages/drivers/src/a.test.ts', "import { servePty } from '@daqtor/sim';"],
    ['a benchmark uses a test kit', 'apps/demo/src/bench/scan.ts', "import { lab } from '@daqtor/core/testing';"],
    ["core's test kit uses vitest", 'packages/core/src/testing/suite.ts', "import { expect } from 'vitest';"],
    ["core's test reads a file", 'packages/core/src/a.test.ts', "import { readFile } from 'node:fs/promises';"],
    ['a machine imports xstate', 'packages/core/src/move-machine.ts', "import { setup } from 'xstate';"],
    [
      "a machine's test imports xstate",
      'packages/core/src/move-machine.test.ts',
      "import { createActor } from 'xstate';",
    ],
    ['the word stands in a text', CORE, 'export const advice = "import x from \'@daqtor/drivers\'";'],
  ])('accepts that %s', (_title, path, text) => {
    expect(check(path, text)).toEqual([]);
  });
});

describe('time', () => {
  it.each([
    'export const at = Date.now();',
    'export const at = new Date();',
    'export const at = new Date;',
    'export const at = Date();',
    'setTimeout(() => {}, 1);',
    'setInterval(() => {}, 1);',
    'setImmediate(() => {});',
    'globalThis.setTimeout(() => {}, 1);',
    'export const later = setTimeout;',
    'export const { setTimeout } = globalThis;',
    'export const at = performance.now();',
    'export const at = performance.timeOrigin;',
    'export const at = process.hrtime.bigint();',
    'export const signal = AbortSignal.timeout(10);',
    "import timers from 'node:timers';",
    "import hooks from 'node:perf_hooks';",
    "import { sleep } from 'timers/promises';",
  ])('reports %s', (text) => {
    expect(check(DRIVER, text)).toEqual([expect.stringMatching(MACHINES_TIME)]);
  });

  it.each([
    'clock.setTimeout(() => {}, 1);',
    'export interface Clock { setTimeout(callback: () => void, ms: number): void }',
    'export const clock = { setTimeout: 1 };',
    'export class Clock { setTimeout() {} }',
    'export const at = new Date(clock.epochMs());',
    'export const zero = Date.UTC(2026, 0, 1);',
    '// never call setTimeout() or Date.now() here',
  ])('accepts %s', (text) => {
    expect(check(DRIVER, text)).toEqual([]);
  });

  it('is read in the clock itself and in benchmarks', () => {
    expect(check('packages/core/src/time/real-clock.ts', 'performance.now();')).toEqual([]);
    expect(check('apps/demo/src/bench/scan.ts', 'performance.now();')).toEqual([]);
    expect(check('packages/core/src/time/real-clock.test.ts', 'performance.now();')).toHaveLength(1);
  });
});

describe('modules', () => {
  it.each([
    'export default 1;',
    'const one = 1;\nexport { one as default };',
    "export { default } from './one.ts';",
    'export const values: any = [];',
    'export const values = [] as any[];',
    'export const values = 1 as',
  ])('reports %s', (text) => {
    expect(check(CORE, text)).not.toEqual([]);
  });

  it.each([
    'export const one = 1;',
    "export * from './one.ts';",
    "import './one.ts';",
    'const one = 1;\nexport { one };',
  ])('reports that an index holds %s', (text) => {
    expect(check('packages/core/src/index.ts', text)).toContainEqual(expect.stringContaining('only re-exports'));
  });

  it('accepts an index that re-exports by name', () => {
    expect(
      check('packages/core/src/index.ts', "export { type A, b } from './b.ts';\nexport type { C } from './c.ts';"),
    ).toEqual([]);
    expect(check('packages/core/src/testing/index.ts', 'export {};')).toEqual([]);
  });

  it('reports the first line past the longest allowed', () => {
    expect(check(CORE, '//\n'.repeat(400))).toEqual([]);
    expect(check(CORE, '//\n'.repeat(401))).toHaveLength(1);
  });

  it('reports a circle of imports where it closes, and says which way it goes', () => {
    const files = new Map([
      ['packages/core/src/a.ts', "import './b.ts';"],
      ['packages/core/src/b.ts', "import './deep/c.ts';"],
      ['packages/core/src/deep/c.ts', "\nimport type { A } from '../a.ts';"],
      ['packages/core/src/d.ts', "import './a.ts';\nimport './b.ts';"],
    ]);
    expect(breaches(files)).toEqual(['packages/core/src/deep/c.ts:2 circular import: a.ts -> b.ts -> c.ts -> a.ts']);
  });

  it('gives the line of each breach', () => {
    expect(check(CORE, '\n\nexport const a: any = Date.now();')).toEqual([
      'packages/core/src/data/axis.ts:3 no any',
      "packages/core/src/data/axis.ts:3 Date.now reads the machine's time: take a Clock",
    ]);
  });
});
