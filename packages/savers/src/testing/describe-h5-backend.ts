import type { NumericArray } from '@daqtor/core';
import { describe, expect, it } from 'vitest';
import type { H5Backend } from '../h5/h5-backend.ts';
import type { CreateArray, ElementType, H5Operation } from '../h5/h5-operation.ts';

/** A backend on trial: a file that holds nothing but `/RawData/Logger`. */
export interface BackendOnTrial {
  readonly backend: H5Backend;
  /** The file as somebody finds it who opens it after `backend` was closed. */
  reopen(): Promise<H5Backend>;
}

const array = (name: string, facts: Partial<CreateArray> = {}): CreateArray => ({
  op: 'array',
  path: `/RawData/${name}`,
  dtype: 'float64',
  shape: [6],
  chunks: [4],
  attributes: {},
  ...facts,
});
const write = (name: string, at: number, ...values: number[]): H5Operation => ({
  op: 'write',
  path: `/RawData/${name}`,
  offset: [at],
  count: [values.length],
  data: Float64Array.from(values),
});
const group = (path: string): H5Operation => ({ op: 'group', path, attributes: {} });
const valuesOf = async (file: H5Backend, path: string): Promise<readonly (number | bigint)[]> => {
  const { values } = await file.ask({ ask: 'array', path });
  if (values.kind !== 'numbers') throw new Error(`${path} holds no numbers`);
  return [...values.data];
};
const NUMBERS = [
  ['int8', Int8Array.of(-128, 127)],
  ['uint8', Uint8Array.of(0, 255)],
  ['int16', Int16Array.of(-32_768, 32_767)],
  ['uint16', Uint16Array.of(0, 65_535)],
  ['int32', Int32Array.of(-(2 ** 31), 2 ** 31 - 1)],
  ['uint32', Uint32Array.of(0, 2 ** 32 - 1)],
  ['int64', BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n)],
  ['uint64', BigUint64Array.of(0n, 2n ** 64n - 1n)],
  ['float32', Float32Array.of(0.1, Number.NaN)],
  ['float64', Float64Array.of(0.1, -0)],
] as const satisfies readonly (readonly [ElementType, NumericArray])[];

/**
 * The behaviour that every `H5Backend` owes the savers. Call it from the backend's own test file.
 *
 * @param open - a fresh file for each test, within the test's time limit
 */
export function describeH5Backend(name: string, open: () => Promise<BackendOnTrial>): void {
  const trial = (behaviour: string, body: (file: H5Backend, on: BackendOnTrial) => Promise<void>) =>
    it(behaviour, async () => {
      const on = await open();
      try {
        await body(on.backend, on);
      } finally {
        await on.backend.close();
      }
    });
  const reopened = async ({ backend, reopen }: BackendOnTrial, body: (file: H5Backend) => Promise<void>) => {
    await backend.close();
    const again = await reopen();
    try {
      await body(again);
    } finally {
      await again.close();
    }
  };

  describe(`H5Backend contract: ${name}`, () => {
    trial('begins with an empty log, and says what its file is called', async (file) => {
      expect(await file.ask({ ask: 'children', path: '/' })).toEqual(['RawData']);
      expect(await file.ask({ ask: 'children', path: '/RawData' })).toEqual(['Logger']);
      expect(await file.ask({ ask: 'shape', path: '/RawData/Logger' })).toEqual([0]);
      expect(file.path).not.toBe('');
    });

    trial('keeps what it wrote for who opens the file later', async (file, on) => {
      await file.transact([array('x'), write('x', 1, 5, 6)]);
      await reopened(on, async (again) => {
        expect(await valuesOf(again, '/RawData/x')).toEqual([NaN, 5, 6, NaN, NaN, NaN]);
        await again.transact([write('x', 0, 4)]);
        expect(await valuesOf(again, '/RawData/x')).toEqual([4, 5, 6, NaN, NaN, NaN]);
      });
    });

    trial('leaves the file as it was when one of many operations fails, and goes on', async (file, on) => {
      await file.transact([group('/RawData/g'), array('x'), write('x', 0, 1, 2, 3)]);
      const failing = file.transact([
        write('x', 0, 9, 9, 9),
        array('y', { shape: [50_000], chunks: [1000] }),
        { op: 'attribute', path: '/RawData', name: 'note', value: 'half' },
        group('/RawData/g'),
      ]);
      await expect(failing).rejects.toMatchObject({ code: 'save.failed', problem: expect.stringContaining(file.path) });
      expect(await file.ask({ ask: 'children', path: '/RawData' })).toEqual(['Logger', 'g', 'x']);
      expect(await file.ask({ ask: 'attributes', path: '/RawData' })).not.toHaveProperty('note');
      await file.transact([write('x', 3, 4)]);
      await reopened(on, async (again) => {
        expect(await valuesOf(again, '/RawData/x')).toEqual([1, 2, 3, 4, NaN, NaN]);
      });
    });

    trial('fails together what was handed over before a failure was known', async (file) => {
      await file.transact([array('x')]);
      const first = file.transact([group('/RawData/x')]);
      const second = file.transact([write('x', 0, 1)]);
      await expect(first).rejects.toMatchObject({ code: 'save.failed' });
      await expect(second).rejects.toMatchObject({ code: 'save.failed' });
      expect((await valuesOf(file, '/RawData/x'))[0]).toBeNaN();
    });

    trial('applies what overlaps in order', async (file) => {
      await Promise.all([
        file.transact([array('x')]),
        ...[1, 2, 3].map((value) => file.transact([write('x', 0, value), write('x', value, value)])),
      ]);
      expect(await valuesOf(file, '/RawData/x')).toEqual([3, 1, 2, 3, NaN, NaN]);
    });

    trial('copies arrays before it returns, also views', async (file) => {
      const whole = Float64Array.of(1, 2, 3, 4);
      const done = file.transact([
        array('x'),
        { op: 'write', path: '/RawData/x', offset: [0], count: [2], data: whole.subarray(1, 3) },
      ]);
      whole.fill(0);
      await done;
      expect((await valuesOf(file, '/RawData/x')).slice(0, 2)).toEqual([2, 3]);
    });

    it.each(NUMBERS)('stores %s exactly, plain, in pieces and compressed', async (dtype, data) => {
      const { backend: file } = await open();
      const facts = { dtype, shape: [2], data };
      await file.transact([
        { op: 'array', path: '/RawData/plain', attributes: {}, ...facts },
        array('pieces', { ...facts, chunks: [1] }),
        array('small', { ...facts, chunks: [2], gzip: 9 }),
      ]);
      for (const name of ['plain', 'pieces', 'small']) {
        const stored = await file.ask({ ask: 'array', path: `/RawData/${name}` });
        expect(stored, name).toMatchObject({ dtype, shape: [2], values: { data } });
      }
      await file.close();
    });

    trial('reads NaN or 0 where nothing was written, or what was asked for', async (file) => {
      const two = { shape: [2], chunks: [1] };
      await file.transact([
        array('f4', { ...two, dtype: 'float32' }),
        array('u2', { ...two, dtype: 'uint16' }),
        array('i8', { ...two, dtype: 'int64', fill: -1 }),
        array('f8', { ...two, fill: 2.5 }),
        { op: 'array', path: '/RawData/whole', dtype: 'float64', shape: [2], attributes: {} },
      ]);
      expect(await valuesOf(file, '/RawData/f4')).toEqual([NaN, NaN]);
      expect(await valuesOf(file, '/RawData/u2')).toEqual([0, 0]);
      expect(await valuesOf(file, '/RawData/i8')).toEqual([-1n, -1n]);
      expect(await valuesOf(file, '/RawData/f8')).toEqual([2.5, 2.5]);
      expect(await valuesOf(file, '/RawData/whole')).toEqual([NaN, NaN]);
    });

    trial('adds rows behind those that are there', async (file, on) => {
      const rows = (...values: number[]): H5Operation => ({
        op: 'append',
        path: '/RawData/x',
        count: [values.length / 2, 2],
        data: Float64Array.from(values),
      });
      await file.transact([array('x', { shape: [0, 2], chunks: [3, 2], enlargeable: true }), rows(1, 2)]);
      await file.transact([rows(3, 4, 5, 6), rows(7, 8)]);
      expect(await file.ask({ ask: 'shape', path: '/RawData/x' })).toEqual([4, 2]);
      await reopened(on, async (again) => {
        await again.transact([rows(9, 10)]);
        expect(await valuesOf(again, '/RawData/x')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      });
    });

    trial(
      'makes arrays larger, in which everything keeps its place, also those of an earlier time',
      async (file, on) => {
        const enlarge = (name: string, ...shape: number[]): H5Operation => ({
          op: 'enlarge',
          path: `/RawData/${name}`,
          shape,
        });
        const at = (name: string, place: number[], value: number): H5Operation => ({
          op: 'write',
          path: `/RawData/${name}`,
          offset: place,
          count: [1, 1],
          data: Float64Array.of(value),
        });
        const grid = { shape: [2, 3], chunks: [2, 2], attributes: { label: 'x' } };
        const axis = Float64Array.of(1, 2);
        await file.transact([array('plain', grid), array('small', { ...grid, gzip: 4 }), at('plain', [1, 2], 5)]);
        await file.transact([
          { op: 'array', path: '/RawData/axis', dtype: 'float64', shape: [2], attributes: {}, data: axis },
          at('small', [1, 2], 5),
          ...['plain', 'small'].map((name) => enlarge(name, 3, 4)),
          enlarge('axis', 3),
          at('plain', [1, 3], 6),
          at('small', [1, 3], 6),
          write('axis', 2, 3),
        ]);
        const N = Number.NaN;
        const rows = [N, N, N, N, N, N, 5, 6, N, N, N, N];
        for (const name of ['plain', 'small']) expect(await valuesOf(file, `/RawData/${name}`), name).toEqual(rows);
        await reopened(on, async (again) => {
          await again.transact([
            enlarge('plain', 3, 5),
            enlarge('small', 3, 5),
            enlarge('axis', 5),
            write('axis', 3, 4, 5),
          ]);
          await again.transact([at('plain', [2, 4], 7), at('small', [2, 4], 7)]);
          const wider = [N, N, N, N, N, N, N, 5, 6, N, N, N, N, N, 7];
          for (const name of ['plain', 'small']) {
            const { shape, attributes } = await again.ask({ ask: 'array', path: `/RawData/${name}` });
            expect([shape, attributes]).toEqual([[3, 5], { label: 'x' }]);
            expect(await valuesOf(again, `/RawData/${name}`), name).toEqual(wider);
          }
          expect(await valuesOf(again, '/RawData/axis')).toEqual([1, 2, 3, 4, 5]);
        });
      },
    );

    trial('makes no array smaller, nor one that grows by itself, and leaves the file as it was then', async (file) => {
      await file.transact([
        array('x'),
        array('rows', { shape: [0, 2], chunks: [3, 2], enlargeable: true }),
        write('x', 0, 1),
      ]);
      for (const [path, shape] of [
        ['/RawData/x', [5]],
        ['/RawData/x', [6, 2]],
        ['/RawData/rows', [4, 2]],
        ['/RawData', [9]],
        ['/RawData/none', [9]],
      ] as const) {
        const failing = file.transact([
          { op: 'enlarge', path: '/RawData/x', shape: [9] },
          write('x', 7, 8),
          { op: 'enlarge', path, shape },
        ]);
        await expect(failing, path).rejects.toMatchObject({
          code: 'save.failed',
          problem: expect.stringContaining(path),
        });
        expect((await valuesOf(file, '/RawData/x')).length).toBe(6);
      }
      await file.transact([write('x', 1, 2)]);
      expect((await valuesOf(file, '/RawData/x')).slice(0, 2)).toEqual([1, 2]);
    });

    trial('adds rows of bytes of any length', async (file) => {
      const rows = (...data: Uint8Array[]): H5Operation => ({
        op: 'append-bytes',
        path: '/RawData/Logger',
        rows: data,
      });
      await file.transact([rows(Uint8Array.of(1, 2, 3), Uint8Array.of())]);
      await file.transact([rows(new Uint8Array(70_000).fill(7))]);
      const { values, shape } = await file.ask({ ask: 'array', path: '/RawData/Logger' });
      expect(shape).toEqual([3]);
      expect(values.kind === 'rows' && values.data.map(({ length }) => length)).toEqual([3, 0, 70_000]);
    });

    trial(
      'makes arrays of rows of bytes, which hold what is added, also after an array of numbers',
      async (file, on) => {
        const path = '/RawData/notes';
        await file.transact([
          { op: 'byte-rows', path, attributes: { CLASS: 'VLARRAY' } },
          array('x', { dtype: 'float32', shape: [2], chunks: [2] }),
          { op: 'append-bytes', path, rows: [Uint8Array.of(1, 2)] },
        ]);
        await reopened(on, async (again) => {
          await again.transact([{ op: 'append-bytes', path, rows: [Uint8Array.of(3)] }]);
          const notes = await again.ask({ ask: 'array', path });
          expect(notes.attributes).toEqual({ CLASS: 'VLARRAY' });
          expect(notes.values).toEqual({ kind: 'rows', data: [Uint8Array.of(1, 2), Uint8Array.of(3)] });
          expect((await again.ask({ ask: 'array', path: '/RawData/x' })).dtype).toBe('float32');
        });
      },
    );

    trial(
      'writes attributes over those that are there: texts of any script and length, and whole numbers',
      async (file) => {
        const note = (value: string | number): H5Operation => ({ op: 'attribute', path: '/', name: 'note', value });
        await file.transact([note('first')]);
        await file.transact([note('é 😀'), { op: 'attribute', path: '/', name: 'long', value: 'x'.repeat(70_000) }]);
        expect(await file.ask({ ask: 'attributes', path: '/' })).toMatchObject({
          note: 'é 😀',
          long: 'x'.repeat(70_000),
        });
        await file.transact([note(-3)]);
        expect(await file.ask({ ask: 'attributes', path: '/' })).toMatchObject({ note: -3 });
      },
    );

    trial('tells the tree of what is in it', async (file) => {
      await file.transact([
        { op: 'group', path: '/RawData/g', attributes: { TITLE: 'G' } },
        { ...array('x'), path: '/RawData/g/x' },
      ]);
      expect(await file.ask({ ask: 'tree', path: '/RawData' })).toMatchObject({
        name: 'RawData',
        kind: 'group',
        children: [
          { name: 'Logger', kind: 'array' },
          {
            path: '/RawData/g',
            attributes: { TITLE: 'G' },
            children: [{ path: '/RawData/g/x', kind: 'array', shape: [6], dtype: 'float64', children: [] }],
          },
        ],
      });
    });

    trial('answers a question only after what was written before it', async (file) => {
      const done = file.transact([array('x'), write('x', 0, 8)]);
      expect((await valuesOf(file, '/RawData/x'))[0]).toBe(8);
      await done;
    });

    trial('says that there is no such node, and goes on', async (file) => {
      for (const ask of ['children', 'shape', 'attributes', 'array', 'tree'] as const) {
        await expect(file.ask({ ask, path: '/RawData/none' }), ask).rejects.toMatchObject({
          problem: expect.stringContaining('/RawData/none'),
        });
      }
      await file.transact([group('/RawData/g')]);
    });

    trial('settles what waits, and never rejects in it', async (file) => {
      const failing = file.transact([group('/RawData')]);
      await file.settle();
      await expect(failing).rejects.toMatchObject({ code: 'save.failed' });
      await file.settle();
    });

    trial('writes what waits when it is closed, may be closed twice, and says so afterwards', async (file, on) => {
      const last = file.transact([group('/RawData/last')]);
      await Promise.all([file.close(), file.close()]);
      await last;
      await expect(file.transact([])).rejects.toThrow('is closed');
      await expect(file.ask({ ask: 'children', path: '/' })).rejects.toThrow('is closed');
      await reopened(on, async (again) => {
        expect(await again.ask({ ask: 'children', path: '/RawData' })).toEqual(['Logger', 'last']);
      });
    });
  });
}
