import type { DataToExport, DataWithAxes } from '@daqtor/core';
import type { Attributes, H5Operation } from '../h5/h5-operation.ts';
import { channelName } from '../layout/node-names.ts';
import { groupNode } from '../layout/nodes.ts';
import type { ArrayStorage } from './array-saver.ts';
import { ChannelSaver, misfit, type PlotAxisCopy, refuseTooMany } from './channel-saver.ts';
import { storedForm } from './stored-form.ts';

/** What a module's group opens on: the data of a snapshot are best seen as a curve or an image, those of a scan as a map. */
const FIRST_SHOWN = {
  snapshot: ['Data1D', 'Data2D', 'Data0D', 'DataND'],
  scan: ['Data0D', 'Data1D', 'Data2D', 'DataND'],
} as const;

/**
 * Saves what a module gives, into its group: a group per dimensionality, in it a channel per data object. The first value
 * defines them all.
 *
 * @typeParam At - what says where a value belongs: nothing for `singleArrays` and `rowArrays`, indexes for `scanArrays`
 */
export class DataToExportSaver<At = void> {
  readonly #group: string;
  readonly #storage: ArrayStorage<At>;
  readonly #module: string;
  #channels: ReadonlyMap<string, ChannelSaver<At>> | undefined;

  /**
   * @param group - path of the module's group, which exists
   * @param module - its title
   */
  constructor(group: string, storage: ArrayStorage<At>, module: string) {
    this.#group = group;
    this.#storage = storage;
    this.#module = module;
  }

  /** Whether the first value has come. */
  get isDefined(): boolean {
    return this.#channels !== undefined;
  }

  /** Paths of the arrays that grow. */
  get growing(): readonly string[] {
    return [...(this.#channels?.values() ?? [])].flatMap(({ growing }) => growing);
  }

  /** Copies of the scan's axes that its plots need. */
  get plotAxes(): readonly PlotAxisCopy[] {
    return [...(this.#channels?.values() ?? [])].flatMap(({ plotAxes }) => plotAxes);
  }

  /**
   * @param background - its data objects belong to those of the same name; the first that comes is saved. Default the one
   *   that the value carries
   * @throws DaqtorError `data.shape` if a later value differs from the first in more than its numbers
   */
  write(value: DataToExport, at: At, background: DataToExport | undefined = value.background): H5Operation[] {
    const operations: H5Operation[] = [];
    const { data } = value;
    this.#channels ??= this.#define(data, operations);
    if (data.length !== this.#channels.size) {
      throw misfit(this.#module, `${data.length} data objects after ${this.#channels.size}`);
    }
    for (const one of data) {
      const channel = this.#channels.get(one.name);
      if (!channel) throw misfit(this.#module, `data '${one.name}' that the first value did not have`);
      for (const operation of channel.write(one, at, background?.get(one.name))) operations.push(operation);
    }
    return operations;
  }

  /** Within one dimensionality channels are numbered in the alphabetical order of the names, as PyMoDAQ does. */
  #define(data: readonly DataWithAxes[], operations: H5Operation[]): ReadonlyMap<string, ChannelSaver<At>> {
    const channels = new Map<string, ChannelSaver<At>>();
    const inDim = new Map<string, number>();
    for (const one of data.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (channels.has(one.name)) throw misfit(this.#module, `two data objects named '${one.name}'`);
      const { dim } = storedForm(one);
      const number = inDim.get(dim) ?? 0;
      refuseTooMany(this.#module, number + 1, `data objects of kind ${dim}`);
      if (number === 0) operations.push(groupNode(`${this.#group}/${dim}`, '', opensOn(channelName(0))));
      inDim.set(dim, number + 1);
      const path = `${this.#group}/${dim}/${channelName(number)}`;
      channels.set(one.name, new ChannelSaver({ path, storage: this.#storage, module: this.#module }));
    }
    const first = FIRST_SHOWN[this.#storage.isSingle ? 'snapshot' : 'scan'].find((dim) => inDim.has(dim));
    for (const [name, value] of Object.entries(first ? opensOn(first) : {})) {
      operations.push({ op: 'attribute', path: this.#group, name, value });
    }
    return channels;
  }
}

/** What tells a group of NeXus which of its members to open. */
const opensOn = (member: string): Attributes => ({ default: member });
