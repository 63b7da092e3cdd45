import { DaqtorError, DataToExport } from '@daqtor/core';
import type { NodeReader } from '../browse/reader-thread.ts';
import { findNode } from '../browse/tree.ts';
import { type TreeNode, treeNode } from '../browse/tree-node.ts';
import { assemble } from './assemble.ts';
import { axisFrom } from './load-axis.ts';
import type { LoadedAll, LoadedAxis, LoadedData, LoadOptions } from './loaded.ts';
import { channelsBelow, type Parts, partsOf } from './parts.ts';

/** Gives data back as they were when they were saved: values with their axes, units, labels, error bars. */
export class DataLoader {
  readonly path: string;
  /** What is in the file, as of opening. */
  readonly tree: TreeNode;
  readonly #reader: NodeReader;

  private constructor(path: string, tree: TreeNode, reader: NodeReader) {
    this.path = path;
    this.tree = tree;
    this.#reader = reader;
  }

  /**
   * Looks at what is in a file; it is not changed, and not kept open.
   *
   * @param reader - default the one that all share
   * @throws DaqtorError `load.failed` if the file cannot be read
   */
  static async open(path: string, reader?: NodeReader): Promise<DataLoader> {
    const used = reader ?? (await import('../browse/reader-thread.ts')).readerThread(); // Only this one needs Node.
    return new DataLoader(path, treeNode(await used.describe(path)), used);
  }

  /**
   * Loads one array, all arrays of its channel with `loadAll`, or all arrays of a channel that is named by its group.
   *
   * @param node - path in the file, e.g. `/RawData/Detector000/Data1D/CH00/Data00`
   * @throws DaqtorError `load.failed` or `data.shape` if there are no such data or they cannot be read
   */
  async loadData(node: string, { withBkg = false, loadAll = false }: LoadOptions = {}): Promise<LoadedData> {
    return this.#named(async () => {
      const parts = partsOf(this.tree, node, loadAll, this.path);
      const read = await this.#read(pathsOf(parts, withBkg));
      return assemble(parts, read, findNode(this.tree, node, this.path).name, withBkg);
    });
  }

  /**
   * Loads every channel below a group.
   *
   * @param group - default all of the file
   * @throws DaqtorError `load.failed` if there is no such group, or nothing below it can be read
   */
  async loadAll(group = '/', { withBkg = false }: Pick<LoadOptions, 'withBkg'> = {}): Promise<LoadedAll> {
    const node = findNode(this.tree, group, this.path);
    const channels = new Map<string, LoadedData>();
    const warnings: string[] = [];
    let failure: DaqtorError | undefined;
    for (const { path } of channelsBelow(node)) {
      try {
        const loaded = await this.loadData(path, { withBkg });
        channels.set(path, loaded);
        warnings.push(...loaded.warnings.map((warning) => `${path}: ${warning}`));
      } catch (error) {
        if (!DaqtorError.is(error)) throw error;
        failure ??= error;
        warnings.push(`${path} could not be loaded: ${error.problem}`);
      }
    }
    if (failure && channels.size === 0) throw failure;
    const data = [...channels.values()].map((loaded) => loaded.data);
    return { data: new DataToExport({ name: node.title || node.name, data }), channels, warnings };
  }

  /** @throws DaqtorError `load.failed` or `data.shape` if there is no such array of coordinates */
  async loadAxis(node: string): Promise<LoadedAxis> {
    return this.#named(async () => {
      const { path } = findNode(this.tree, node, this.path);
      const array = (await this.#read([path])).get(path);
      if (!array || DaqtorError.is(array)) throw array;
      return axisFrom(path, array);
    });
  }

  /** Errors from inside name the node; here the file is added. */
  async #named<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!DaqtorError.is(error) || error.problem.includes(this.path)) throw error;
      const { code, problem, advice = 'Look at the tree of the file for what is in it', cause } = error;
      throw new DaqtorError(code, { problem: `${this.path}: ${problem}`, advice, cause });
    }
  }

  async #read(paths: readonly string[]) {
    const arrays = await this.#reader.read(this.path, paths);
    return new Map(arrays.map((array, i) => [paths[i] as string, array]));
  }
}

function pathsOf({ arrays, errors, backgrounds, axes, navAxes }: Parts, withBkg: boolean): string[] {
  const nodes = [...arrays, ...errors, ...(withBkg ? backgrounds : []), ...axes, ...navAxes];
  return [...new Set(nodes.flatMap((node) => (node ? [node.path] : [])))];
}
