import { DaqtorError, type DataToExport, type DataWithAxes, dtypeOf, type ModuleRecord, sizeOf } from '@daqtor/core';
import type { H5Operation } from '../h5/h5-operation.ts';
import { asStr } from '../layout/envelope.ts';
import { axisName, channelName, dataName, dimOf, errorName } from '../layout/node-names.ts';
import { axisNode, groupNode, storedSignal } from '../layout/nodes.ts';
import { moduleSettings } from './module-settings.ts';
import type { Saver } from './saver.ts';
import { ScanArraySaver, type ScanGrid } from './scan-array-saver.ts';

/** What a detector gave at one point. */
export interface DataAt {
  readonly indexes: readonly number[];
  readonly data: DataToExport;
}

/** A data object of the first point: which arrays it has, and what all later ones must look like. */
interface Channel {
  readonly first: DataWithAxes;
  readonly arrays: readonly ScanArraySaver[];
  readonly errors: readonly ScanArraySaver[];
}

/** Saves a detector's settings and its data at each point. The first point defines the arrays. */
export class DetectorSaver implements Saver<DataAt> {
  readonly #group: string;
  readonly #record: ModuleRecord;
  readonly #grid: ScanGrid;
  #channels: ReadonlyMap<string, Channel> | undefined;

  /** @param group - path of its group, e.g. `/RawData/Scan000/Detector000` */
  constructor(group: string, record: ModuleRecord, grid: ScanGrid) {
    this.#group = group;
    this.#record = record;
    this.#grid = grid;
  }

  open(): H5Operation[] {
    return [
      groupNode(this.#group, this.#record.name, {
        type: asStr('detector'),
        settings: moduleSettings('daq_viewer_settings', this.#record),
      }),
    ];
  }

  write({ indexes, data }: DataAt): H5Operation[] {
    const operations: H5Operation[] = [];
    this.#channels ??= this.#define(data, operations);
    if (data.data.length !== this.#channels.size) {
      throw this.#misfit(`${data.data.length} data objects after ${this.#channels.size}`);
    }
    for (const one of data.data) {
      const channel = this.#channels.get(one.name);
      if (!channel) throw this.#misfit(`data '${one.name}' that the first point did not have`);
      this.#check(one, channel);
      channel.arrays.forEach((array, i) => {
        operations.push(array.write(indexes, one.data[i] as DataWithAxes['data'][number]));
      });
      channel.errors.forEach((array, i) => {
        operations.push(array.write(indexes, one.errors?.[i] as DataWithAxes['data'][number]));
      });
    }
    return operations;
  }

  /** Lays the arrays out: by dimension, and within one in the alphabetical order of the names, as PyMoDAQ numbers them. */
  #define(data: DataToExport, operations: H5Operation[]): ReadonlyMap<string, Channel> {
    const channels = new Map<string, Channel>();
    const inDim = new Map<string, number>();
    for (const one of [...data.data].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (channels.has(one.name)) throw this.#misfit(`two data objects named '${one.name}'`);
      if (sizeOf(one.shape) === 0) throw this.#misfit(`data '${one.name}' without a value`);
      const { signal, indexes } = storedSignal(one.shape);
      const dim = dimOf(signal);
      const number = inDim.get(dim) ?? 0;
      if (number === 0) operations.push(groupNode(`${this.#group}/${dim}`, ''));
      inDim.set(dim, number + 1);
      const path = `${this.#group}/${dim}/${channelName(number)}`;
      operations.push(groupNode(path, one.name));
      channels.set(one.name, this.#defineChannel(path, one, signal, operations));
      one.axes
        .filter(({ index }) => indexes[index] !== -1)
        .forEach((axis, i) => {
          const index = this.#grid.shape.length + (indexes[axis.index] as number);
          operations.push(axisNode(`${path}/${axisName(i)}`, axis, index));
        });
    }
    return channels;
  }

  #defineChannel(path: string, first: DataWithAxes, signal: number[], operations: H5Operation[]): Channel {
    const { name, units, origin, timestamp, source } = first;
    const common = { units, origin: origin || this.#record.name, timestamp };
    const arrays = first.data.map((data, i) => {
      const array = new ScanArraySaver(`${path}/${dataName(i)}`, this.#grid, dtypeOf(data), signal);
      operations.push(array.create({ ...common, title: name, label: first.labels[i] as string, source }));
      return array;
    });
    const errors = (first.errors ?? []).map((data, i) => {
      const array = new ScanArraySaver(`${path}/${errorName(i)}`, this.#grid, dtypeOf(data), signal);
      const label = first.labels[i] as string;
      operations.push(array.create({ ...common, title: `${name}_errors`, label, source: 'calculated', type: 'error' }));
      return array;
    });
    return { first, arrays, errors };
  }

  /** What comes must be what came first: the arrays in the file cannot change any more. */
  #check(one: DataWithAxes, { first, arrays, errors }: Channel): void {
    const is = (what: string, now: unknown, before: unknown) => {
      if (now !== before) throw this.#misfit(`data '${one.name}' with ${what} ${now} after ${before}`);
    };
    if (one.shape.length !== first.shape.length || one.shape.some((length, i) => length !== first.shape[i])) {
      is('shape', `[${one.shape.join(', ')}]`, `[${first.shape.join(', ')}]`);
    }
    is('units', one.units, first.units);
    is('number of arrays', one.data.length, arrays.length);
    is('number of error bars', one.errors?.length ?? 0, errors.length);
    for (const [i, data] of one.data.entries()) is('dtype', dtypeOf(data), arrays[i]?.dtype);
    for (const [i, data] of one.errors?.entries() ?? []) is('dtype of error bars', dtypeOf(data), errors[i]?.dtype);
  }

  #misfit(what: string): DaqtorError {
    return new DaqtorError('data.shape', {
      instrument: this.#record.name,
      problem: `the detector gave ${what}, which cannot go into the scan's arrays`,
      advice: 'A scan takes the same data at each point: leave the settings of the detector alone while it runs',
    });
  }
}
