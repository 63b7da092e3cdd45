import { type Clock, DaqtorError, type DataDim, type NumericArray, realClock, sizeOf } from '@daqtor/core';
import { walkNodes } from '../browse/tree.ts';
import { type TreeNode, treeNode } from '../browse/tree-node.ts';
import type { H5Backend } from '../h5/h5-backend.ts';
import type { H5Operation } from '../h5/h5-operation.ts';
import { datasetNodes, LOGGER, swmrNodes } from '../layout/dataset-nodes.ts';
import { asBytes, asStr } from '../layout/envelope.ts';
import { grown } from '../layout/grown-attributes.ts';
import type { DataType, GroupType, SaveType } from '../layout/kinds.ts';
import { nextName } from '../layout/node-names.ts';
import { groupNode, textsNode } from '../layout/nodes.ts';
import { pickleText } from '../layout/pickle.ts';
import type { PythonValue } from '../layout/python-literal.ts';
import { asciiXml } from '../layout/settings-xml.ts';
import { type ArrayOptions, attributesFrom, planArray } from './array-plan.ts';
import { isThere, noRows, noSwmr } from './low-level-errors.ts';
import { childOf, type Metadata, pathOf, setAll, type Where } from './where.ts';

export interface GroupOptions {
  readonly title?: string;
  /** Settings as XML, which PyMoDAQ's browser shows as a tree. */
  readonly settingsAsXml?: string;
  readonly metadata?: Metadata;
}

export interface LowLevelOptions {
  /** What a new file is said to be for; default `scan`. */
  readonly saveType?: SaveType;
  readonly clock?: Clock;
}

export interface InitOptions {
  /** Name of the group that all data lie in; default `RawData`. The log is in `RawData` always. */
  readonly rawGroupName?: string;
  /** Refuses a file that exists; default false: goes on in it. */
  readonly newFile?: boolean;
  /** Attributes of the raw group of a new file. */
  readonly metadata?: Metadata;
  /** Lets others read while this writes (SWMR): make all nodes first, then write and append; default false. */
  readonly swmrMode?: boolean;
}

/**
 * Builds PyMoDAQ's files node by node, under the names of its `H5SaverLowLevel` (pymodaq_data, h5modules/saving.py), on any
 * backend. Each method is one transaction. Methods may be called without waiting for the one before: they keep their order.
 */
export class H5SaverLowLevel {
  readonly saveType: SaveType;
  readonly #clock: Clock;
  #backend: H5Backend | undefined;
  #rawGroup = '';
  /** Arrays that got rows: what they say about their length follows when the file is closed. */
  readonly #grown = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();
  #flushEvery = 0;
  #ticks = 0;

  constructor({ saveType = 'scan', clock = realClock }: LowLevelOptions = {}) {
    this.saveType = saveType;
    this.#clock = clock;
  }

  /** A saver with its file open. @throws as `initFile` */
  static async fromFile(
    target: string | H5Backend,
    { saveType, clock, ...init }: LowLevelOptions & InitOptions = {},
  ): Promise<H5SaverLowLevel> {
    const saver = new H5SaverLowLevel({ ...(saveType && { saveType }), ...(clock && { clock }) });
    await saver.initFile(target, init);
    return saver;
  }

  /**
   * Opens a file, or makes it. One that was open is closed first.
   *
   * @param target - a path, or a backend that is this saver's from now on
   * @returns whether the file is new
   * @throws DaqtorError `save.failed`
   */
  async initFile(target: string | H5Backend, options: InitOptions = {}): Promise<boolean> {
    const { rawGroupName = 'RawData', newFile = false, metadata = {}, swmrMode = false } = options;
    const path = typeof target === 'string' ? target : target.path;
    if (swmrMode && typeof target !== 'string') throw noSwmr(path);
    await this.close();
    const backend = typeof target === 'string' ? await this.#openOnDisk(target, newFile, swmrMode) : target;
    this.#rawGroup = `/${rawGroupName}`;
    this.#backend = backend;
    try {
      // A file that was just made has nodes, but they say nothing about themselves.
      const isNew = !('CLASS' in (await backend.ask({ ask: 'attributes', path: '/' })));
      if (newFile && !isNew) throw isThere(path);
      const operations = isNew ? [...this.#newFile(path), ...swmrNodes(swmrMode)] : [];
      if (!(await backend.ask({ ask: 'children', path: '/' })).includes(rawGroupName))
        operations.push(groupNode(this.#rawGroup, RAW_TITLE, { type: asStr(this.saveType) }));
      if (isNew) operations.push(...setAll(this.#rawGroup, metadata));
      if (operations.length > 0) await backend.transact(operations);
      return isNew;
    } catch (error) {
      this.#backend = undefined;
      await backend.close();
      throw error;
    }
  }

  /** Path of the group that all data lie in. */
  get rawGroup(): string {
    return this.#rawGroup;
  }

  /** The open file. @throws DaqtorError `save.failed` if there is none */
  get backend(): H5Backend {
    if (!this.#backend) throw new DaqtorError('save.failed', { problem: 'no file is open', advice: 'Call initFile' });
    return this.#backend;
  }

  /** Writes all that is in the file to another one. @throws DaqtorError `save.failed`, also if there is one of that name */
  saveFile(path: string): Promise<void> {
    return this.#inOrder(async () => {
      const { copyToDisk } = await import('./on-disk.ts');
      await this.#bringUpToDate();
      await copyToDisk(this.backend, path);
    });
  }

  /** Closes the file. Idempotent. @throws DaqtorError `save.failed` if the last bytes could not be written */
  async close(): Promise<void> {
    await this.#last;
    const backend = this.#backend;
    if (!backend) return;
    try {
      await this.#bringUpToDate();
    } finally {
      this.#backend = undefined;
      await backend.close();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  addScanGroup(where: Where = this.#rawGroup, { metadata = {}, ...options }: GroupOptions = {}): Promise<TreeNode> {
    const ours = { description: '', scan_done: false };
    return this.addIncrementalGroup('scan', where, { ...options, metadata: { ...ours, ...metadata } });
  }

  addDetGroup(where: Where, options?: GroupOptions): Promise<TreeNode> {
    return this.addIncrementalGroup('detector', where, options);
  }

  addActGroup(where: Where, options?: GroupOptions): Promise<TreeNode> {
    return this.addIncrementalGroup('actuator', where, options);
  }

  /** PyMoDAQ's other name for `addActGroup`. */
  addMoveGroup(where: Where, options?: GroupOptions): Promise<TreeNode> {
    return this.addActGroup(where, options);
  }

  addChGroup(where: Where, options?: GroupOptions): Promise<TreeNode> {
    return this.addIncrementalGroup('ch', where, options);
  }

  /** A group of any type, of scans where nothing else is said. */
  addGenericGroup(
    where: Where = this.#rawGroup,
    { groupType = 'scan', ...options }: GroupOptions & { readonly groupType?: GroupType } = {},
  ): Promise<TreeNode> {
    return groupType === 'scan'
      ? this.addScanGroup(where, options)
      : this.addIncrementalGroup(groupType, where, options);
  }

  /** A group for data of one dimensionality. @param groupName - default that of the dimensionality */
  addDataGroup(
    where: Where,
    dataDim: DataDim,
    { groupName = dataDim, ...options }: GroupOptions & { readonly groupName?: string } = {},
  ): Promise<TreeNode> {
    return this.#inOrder(() => this.#makeGroup(childOf(where, groupName), 'data_dim', options));
  }

  /** A group that is numbered on from those of its type, e.g. `Detector001`. */
  addIncrementalGroup(groupType: GroupType, where: Where, options: GroupOptions = {}): Promise<TreeNode> {
    return this.#inOrder(async () => {
      const parent = pathOf(where);
      const siblings = await this.backend.ask({ ask: 'children', path: parent });
      return this.#makeGroup(
        childOf(parent, nextName(groupType, siblings)),
        groupType === 'ch' ? '' : groupType,
        options,
      );
    });
  }

  /** The group of this name, which is made if it lacks. */
  getSetGroup(where: Where, name: string, options: GroupOptions = {}): Promise<TreeNode> {
    return this.#inOrder(async () => {
      const parent = pathOf(where);
      const path = childOf(parent, name);
      const siblings = await this.backend.ask({ ask: 'children', path: parent });
      return siblings.includes(name) ? this.#node(path) : this.#makeGroup(path, undefined, options);
    });
  }

  /** Groups of one type in a group, by their names. */
  async getGroups(where: Where, groupType: GroupType): Promise<readonly TreeNode[]> {
    const { children } = await this.getNode(where);
    // Later versions of PyMoDAQ write some types in another case.
    return children.filter(({ attributes }) => String(attributes.type).toLowerCase() === groupType);
  }

  async getLastGroup(where: Where, groupType: GroupType): Promise<TreeNode | undefined> {
    return (await this.getGroups(where, groupType)).at(-1);
  }

  /** A node, with all below it as it is now. @throws DaqtorError `save.failed` if there is none */
  getNode(where: Where): Promise<TreeNode> {
    return this.#inOrder(() => this.#node(pathOf(where)));
  }

  /** The first node, from this one down, whose attribute has this value. */
  async getNodeFromAttributeMatch(where: Where, name: string, value: PythonValue): Promise<TreeNode | undefined> {
    const wanted = JSON.stringify(value);
    for (const node of walkNodes(await this.getNode(where))) {
      if (JSON.stringify(node.attributes[name]) === wanted) return node;
    }
    return undefined;
  }

  getNodeFromTitle(where: Where, title: string): Promise<TreeNode | undefined> {
    return this.getNodeFromAttributeMatch(where, 'TITLE', title);
  }

  /**
   * Makes an array.
   *
   * @param name - as PyMoDAQ's reader expects it for the type, e.g. `Data00`
   * @throws DaqtorError `data.shape` if values and shape do not fit, or there is neither
   */
  addArray(where: Where, name: string, dataType: DataType, options: ArrayOptions): Promise<TreeNode> {
    return this.#inOrder(async () => {
      const path = childOf(where, name);
      await this.backend.transact(planArray(path, dataType, options));
      if (options.enlargeable) this.#grown.add(path);
      return this.#node(path);
    });
  }

  /** Adds rows at the end of an enlargeable array. @param data - of its type, row-major, one row or several */
  append(where: Where, data: NumericArray): Promise<void> {
    return this.#inOrder(async () => {
      const path = pathOf(where);
      const [, ...row] = await this.backend.ask({ ask: 'shape', path });
      const rows = data.length / sizeOf(row);
      if (!Number.isInteger(rows)) throw noRows(path, data.length, row);
      await this.backend.transact([{ op: 'append', path, count: [rows, ...row], data }]);
      this.#grown.add(path);
    });
  }

  /** Writes into an array. @param indexes - one for each leading dimension, e.g. the point of a scan; the rest is `data` */
  write(where: Where, indexes: readonly number[], data: NumericArray): Promise<void> {
    return this.#inOrder(async () => {
      const path = pathOf(where);
      const rest = (await this.backend.ask({ ask: 'shape', path })).slice(indexes.length);
      if (data.length !== sizeOf(rest)) throw noRows(path, data.length, rest);
      const offset = [...indexes, ...rest.map(() => 0)];
      await this.backend.transact([{ op: 'write', path, offset, count: [...indexes.map(() => 1), ...rest], data }]);
    });
  }

  /**
   * Applies operations of any saver as one transaction, in order with the other methods.
   *
   * @param growing - enlargeable arrays among them, whose attributes follow when the file is closed
   */
  transact(operations: readonly H5Operation[], growing: readonly string[] = []): Promise<void> {
    return this.#inOrder(async () => {
      await this.backend.transact(operations);
      for (const path of growing) this.#grown.add(path);
    });
  }

  /** Writes an attribute, over the one that is there. */
  setAttribute(where: Where, name: string, value: PythonValue): Promise<void> {
    return this.#inOrder(() => this.backend.transact(setAll(pathOf(where), { [name]: value })));
  }

  /** The array of texts of this name; it is made if it is not there. `appendText` adds to it. */
  addStringArray(where: Where, name: string, metadata: Metadata = {}): Promise<TreeNode> {
    return this.#inOrder(async () => {
      const parent = pathOf(where);
      const path = childOf(parent, name);
      const isNew = !(await this.backend.ask({ ask: 'children', path: parent })).includes(name);
      await this.backend.transact([...(isNew ? [textsNode(path)] : []), ...setAll(path, metadata)]);
      return this.#node(path);
    });
  }

  /** The array that `addLog` adds to. */
  getSetLogger(): Promise<TreeNode> {
    return this.getNode(LOGGER);
  }

  /** Adds a line to the log. */
  addLog(text: string): Promise<void> {
    return this.appendText(LOGGER, text);
  }

  /** Adds a row to an array of texts. */
  appendText(where: Where, text: string): Promise<void> {
    return this.#inOrder(async () => {
      const path = pathOf(where);
      await this.backend.transact([{ op: 'append-bytes', path, rows: [pickleText(text)] }]);
      this.#grown.add(path);
    });
  }

  /**
   * After how many ticks all that was written is made durable and seen by readers, at the latest: a backend that commits
   * each transaction does so by itself. 0: when it is closed.
   *
   * @throws DaqtorError `lab.settings` for anything but a whole number from 0
   */
  setSwmrFlushInterval(ticks: number): void {
    if (!Number.isSafeInteger(ticks) || ticks < 0) {
      throw new DaqtorError('lab.settings', { problem: `the flush interval ${ticks} is no whole number from 0` });
    }
    this.#flushEvery = ticks;
    this.#ticks = 0;
  }

  /** To be called after each value that was written. */
  async tickFlush(): Promise<void> {
    if (this.#flushEvery === 0) return;
    this.#ticks = (this.#ticks + 1) % this.#flushEvery;
    if (this.#ticks === 0) await this.backend.settle();
  }

  async #openOnDisk(path: string, newFile: boolean, swmr: boolean): Promise<H5Backend> {
    const { openOnDisk } = await import('./on-disk.ts'); // Only here is Node needed.
    return openOnDisk(path, newFile, swmr, this.#clock);
  }

  #newFile(path: string): H5Operation[] {
    const name = path.split(/[\\/]/).at(-1) ?? path;
    return datasetNodes(name, {}, this.#clock.epochMs(), this.saveType);
  }

  async #makeGroup(path: string, type: string | undefined, options: GroupOptions): Promise<TreeNode> {
    const { title = '', settingsAsXml = '', metadata } = options;
    const attributes = {
      ...(type !== undefined && { type: asStr(type) }),
      ...(settingsAsXml !== '' && { settings: asBytes(asciiXml(settingsAsXml)) }),
      ...attributesFrom(metadata),
    };
    await this.backend.transact([groupNode(path, title, attributes)]);
    return this.#node(path);
  }

  async #node(path: string): Promise<TreeNode> {
    return treeNode(await this.backend.ask({ ask: 'tree', path }));
  }

  async #bringUpToDate(): Promise<void> {
    const paths = [...this.#grown];
    const operations = await grown(this.backend, paths);
    for (const path of paths) this.#grown.delete(path);
    if (operations.length > 0) await this.backend.transact(operations);
  }

  /** What looks before it writes must not be overtaken. */
  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {}); // Whoever called is told; the next one only has to wait.
    return done;
  }
}

const RAW_TITLE = 'Data from PyMoDAQ modules';
