import { DaqtorError, type DataWithAxes, elementTypeOf, type NumericArray, sizeOf } from '@daqtor/core';
import type { H5Operation } from '../h5/h5-operation.ts';
import type { DataType } from '../layout/kinds.ts';
import { arrayName, plotAxisNumber } from '../layout/node-names.ts';
import { type ArrayFacts, groupNode } from '../layout/nodes.ts';
import type { ArraySaver, ArrayStorage } from './array-saver.ts';
import { axisNodes } from './axis-nodes.ts';
import { plotNodes } from './plot-nodes.ts';
import { singleArrays } from './single-arrays.ts';
import { type StoredForm, storedForm } from './stored-form.ts';

export interface ChannelOptions<At> {
  /** Path of the channel's group, e.g. `/RawData/Detector000/Data0D/CH00`. */
  readonly path: string;
  readonly storage: ArrayStorage<At>;
  /** Title of the module, which errors name; the origin of data that do not tell theirs. */
  readonly module: string;
}

/** A copy of a scan's axis. */
export interface PlotAxisCopy {
  readonly path: string;
  /** Number of the axis among those of the scan. */
  readonly axis: number;
}

/** Saves one data object: an array per label, its axes, error bars and background. The first value defines the arrays. */
export class ChannelSaver<At> {
  readonly #options: ChannelOptions<At>;
  #first: DataWithAxes | undefined;
  #arrays: readonly ArraySaver<At>[] = [];
  #errors: readonly ArraySaver<At>[] = [];
  #hasBackground = false;
  #plotAxes: readonly PlotAxisCopy[] = [];

  constructor(options: ChannelOptions<At>) {
    this.#options = options;
  }

  /** Paths of the arrays that grow. */
  get growing(): readonly string[] {
    const { path, storage } = this.#options;
    if (storage.type !== 'data_enlargeable') return [];
    return [
      ...this.#arrays.map((_, i) => `${path}/${arrayName(storage.type, i)}`),
      ...this.#errors.map((_, i) => `${path}/${arrayName('error', i)}`),
    ];
  }

  /** Copies of the scan's axes that its plot needs: where each is, and which axis it copies. */
  get plotAxes(): readonly PlotAxisCopy[] {
    return this.#plotAxes;
  }

  /**
   * @param background - the first that comes is saved: the channel has a place for one
   * @throws DaqtorError `data.shape` if a later value differs from the first in more than its numbers
   */
  write(data: DataWithAxes, at: At, background?: DataWithAxes): H5Operation[] {
    if (!this.#first) return this.#define(data, at, background);
    this.#check(data, this.#first);
    const operations = this.#arrays.map((array, i) => array.next(at, data.data[i] as NumericArray));
    for (const [i, array] of this.#errors.entries()) operations.push(array.next(at, data.errors?.[i] as NumericArray));
    if (background && !this.#hasBackground) operations.push(...this.background(background));
    return operations;
  }

  #define(first: DataWithAxes, at: At, background: DataWithAxes | undefined): H5Operation[] {
    const { path, storage } = this.#options;
    if (sizeOf(first.shape) === 0) throw this.#misfit(`data '${first.name}' without a value`);
    refuseTooMany(this.#options.module, first.data.length, `arrays in data '${first.name}'`);
    this.#first = first;
    const form = storedForm(first);
    const plot = plotNodes(path, first, form, storage);
    this.#plotAxes = plot.arrays.map(({ path: copy }) => ({ path: copy, axis: plotAxisNumber(copy) }));
    const operations: H5Operation[] = [groupNode(path, first.name, plot.attributes)];
    const make = (type: DataType, arrays: readonly NumericArray[], more: Partial<ArrayFacts>) =>
      arrays.map((data, i) => {
        const array = storage.saver(`${path}/${arrayName(type, i)}`, elementTypeOf(data, first.complex), form.signal);
        operations.push(array.create({ ...this.#facts(first, form, i), type, ...more }, data));
        if (!storage.isSingle) operations.push(array.next(at, data));
        return array;
      });
    this.#arrays = make(storage.type, first.data, {});
    this.#errors = make('error', first.errors ?? [], { title: `${first.name}_errors`, source: 'calculated' });
    operations.push(...axisNodes(path, first.axes, form, storage.navRank), ...plot.arrays);
    if (background) operations.push(...this.background(background));
    return operations;
  }

  /**
   * What makes the arrays of a background.
   *
   * Saved with a length of 1 in each dimension of the scan or of time: PyMoDAQ leaves these out, and its reader then fails
   * over the channel's axes when it is asked for the background alone. Its error bars get a type that PyMoDAQ has no
   * use for: of type `error` its loader would count them among those of the data, find too many, and drop all.
   */
  background(background: DataWithAxes): H5Operation[] {
    if (this.#first) this.#check(background, this.#first, 'background');
    this.#hasBackground = true;
    const { path, storage } = this.#options;
    const form = storedForm(background);
    const shape = [...Array.from({ length: storage.navRank }, () => 1), ...form.signal];
    const distribution = storage.navRank > 0 ? 'uniform' : background.distribution;
    const make = (name: (i: number) => string, arrays: readonly NumericArray[], more: Partial<ArrayFacts>) =>
      arrays.map((data, i) =>
        singleArrays()
          .saver(`${path}/${name(i)}`, elementTypeOf(data, background.complex), shape)
          .create({ ...this.#facts(background, form, i), type: 'bkg', distribution, ...more }, data),
      );
    return [
      ...make((i) => arrayName('bkg', i), background.data, {}),
      ...make((i) => arrayName('bkg', i).replace('Bkg', 'BkgErrorBar'), background.errors ?? [], {
        title: `${background.name}_errors`,
        source: 'calculated',
        type: 'live_scan',
      }),
    ];
  }

  #facts(data: DataWithAxes, form: StoredForm, i: number): ArrayFacts {
    const { storage, module } = this.#options;
    const { name, units, origin, timestamp, source, labels } = data;
    const navRank = storage.navRank;
    return {
      title: name,
      label: labels[i] as string,
      units,
      origin: origin || module,
      timestamp,
      source,
      dim: form.dim,
      distribution: storage.distribution ?? data.distribution,
      type: storage.type,
      navIndexes: [
        ...Array.from({ length: navRank }, (_, dimension) => dimension),
        ...ownNavigation(data, form).map((dimension) => dimension + navRank),
      ],
    };
  }

  /** What comes must be what came first: the arrays in the file cannot change any more. */
  #check(data: DataWithAxes, first: DataWithAxes, what = 'data'): void {
    const is = (fact: string, now: unknown, before: unknown) => {
      if (now !== before) throw this.#misfit(`${what} '${data.name}' with ${fact} ${now} after ${before}`);
    };
    if (data.shape.length !== first.shape.length || data.shape.some((length, i) => length !== first.shape[i])) {
      is('shape', `[${data.shape.join(', ')}]`, `[${first.shape.join(', ')}]`);
    }
    is('units', data.units, first.units);
    is('complex', data.complex, first.complex);
    is('number of arrays', data.data.length, first.data.length);
    if (what === 'background') return;
    is('number of error bars', data.errors?.length ?? 0, this.#errors.length);
    for (const [i, array] of data.data.entries())
      is('dtype', elementTypeOf(array, data.complex), this.#arrays[i]?.dtype);
    for (const [i, array] of data.errors?.entries() ?? [])
      is('dtype of error bars', elementTypeOf(array, data.complex), this.#errors[i]?.dtype);
  }

  #misfit(what: string): DaqtorError {
    return misfit(this.#options.module, what);
  }
}

/** The error for values that do not fit into the arrays that earlier ones have defined. */
export function misfit(module: string, what: string): DaqtorError {
  return new DaqtorError('data.shape', {
    instrument: module,
    problem: `the module gave ${what}, which cannot go into the arrays of its file`,
    advice: 'A recording takes the same data each time: leave the settings of the module alone while it runs',
  });
}

/** Names of nodes have two digits, and PyMoDAQ's reader goes by their order: it would take `Data100` for what follows `Data10`. */
const MOST = 100;

/** @throws DaqtorError `data.shape` for more nodes of one kind than their names can keep in order */
export function refuseTooMany(module: string, count: number, what: string): void {
  if (count <= MOST) return;
  throw new DaqtorError('data.shape', {
    instrument: module,
    problem: `the module gave ${count} ${what}, and a group of its file holds ${MOST}`,
    advice: 'Give them as one array with a dimension more, or as several data objects',
  });
}

function ownNavigation({ navIndexes }: DataWithAxes, { indexes }: StoredForm): number[] {
  return navIndexes.map((dimension) => indexes[dimension] as number);
}
