import type { DataWithAxes } from '@daqtor/core';
import type { ArrayStorage } from '../data/array-saver.ts';
import { ChannelSaver } from '../data/channel-saver.ts';
import type { H5Operation } from '../h5/h5-operation.ts';
import { DataLoader } from '../load/data-loader.ts';
import type { LoadedData, LoadOptions } from '../load/loaded.ts';
import { backendReader } from './backend-reader.ts';
import { DataManagement } from './data-management.ts';
import type { H5SaverLowLevel } from './h5-saver-low-level.ts';
import type { Where } from './where.ts';

/** Saves data objects, each into a group that exists, and gives them back. */
export abstract class ChannelDataSaver<At> extends DataManagement {
  readonly #storage: ArrayStorage<At>;
  readonly #channels = new Map<string, ChannelSaver<At>>();

  protected constructor(saver: H5SaverLowLevel, storage: ArrayStorage<At>) {
    super(saver);
    this.#storage = storage;
  }

  /** Makes the arrays in a group with the first value; later ones go into them, where their kind has room. */
  protected async add(where: Where, data: DataWithAxes, at: At): Promise<void> {
    const path = typeof where === 'string' ? where : where.path;
    const known = this.#channels.get(path);
    const channel = known ?? new ChannelSaver({ path, storage: this.#storage, module: data.origin });
    this.#channels.set(path, channel);
    const operations = channel.write(data, at).flatMap((one) => (one.path === path ? intoExisting(one) : [one]));
    try {
      await this.saver.transact(operations, channel.growing);
    } catch (error) {
      if (!known) this.#channels.delete(path); // Its arrays are not there.
      throw error;
    }
  }

  /**
   * What was saved, with the axes of the nearest `NavAxes`: one array, or with `loadAll` all of its group.
   *
   * @throws DaqtorError `load.failed` or `data.shape` if there are no such data
   */
  async loadData(where: Where, options?: LoadOptions): Promise<LoadedData> {
    const { backend } = this.saver;
    const loader = await DataLoader.open(backend.path, backendReader(backend));
    return loader.loadData(typeof where === 'string' ? where : where.path, options);
  }
}

/** The group is there already: of what would make it only its plot is new. */
function intoExisting(operation: H5Operation): H5Operation[] {
  if (operation.op !== 'group') return [operation];
  const { path, attributes } = operation;
  const { CLASS: _, TITLE: __, VERSION: ___, ...plot } = attributes;
  return Object.entries(plot).map(([name, value]) => ({ op: 'attribute', path, name, value }));
}
