import { type Clock, DaqtorError, realClock } from '@daqtor/core';
import { H5File } from '../h5/h5-file.ts';
import { asStr } from '../layout/envelope.ts';
import { parseSettingsXml, type Setting } from '../layout/parse-settings-xml.ts';
import type { PythonValue } from '../layout/python-literal.ts';
import { DataLoader } from '../load/data-loader.ts';
import type { LoadedData, LoadOptions } from '../load/loaded.ts';
import { attributeValues, type TreeNode, textIn } from './describe-file.ts';
import { type ExportOptions, exportNode } from './export/export-node.ts';
import { type FileKind, fileKind } from './file-kind.ts';
import { type ReaderThread, readerThread } from './reader-thread.ts';
import { findNode, walkNodes } from './tree.ts';

export interface BrowserOptions {
  readonly reader?: ReaderThread;
  readonly clock?: Clock;
}

/** Looks into a file from a script: nodes, attributes, settings, data; adds comments and exports nodes. */
export class H5BrowserUtil {
  readonly path: string;
  readonly #reader: ReaderThread;
  readonly #clock: Clock;
  #loader: DataLoader;

  private constructor(path: string, loader: DataLoader, reader: ReaderThread, clock: Clock) {
    this.path = path;
    this.#loader = loader;
    this.#reader = reader;
    this.#clock = clock;
  }

  /** @throws DaqtorError `load.failed` if the file cannot be read */
  static async open(path: string, { reader = readerThread(), clock = realClock }: BrowserOptions = {}) {
    return new H5BrowserUtil(path, await DataLoader.open(path, reader), reader, clock);
  }

  /** What is in the file, as of opening or of the last comment. */
  get tree(): TreeNode {
    return this.#loader.tree;
  }

  /** Loads what is in the file; see there. */
  get loader(): DataLoader {
    return this.#loader;
  }

  get kind(): FileKind {
    return fileKind(this.tree);
  }

  /** All nodes from one downwards, a group before its members. */
  walkNodes(from = '/'): Generator<TreeNode> {
    return walkNodes(this.getNode(from));
  }

  /** @throws DaqtorError `load.failed` that says which part of the path is not there */
  getNode(path: string): TreeNode {
    return findNode(this.tree, path, this.path);
  }

  getAttributes(path: string): Readonly<Record<string, PythonValue>> {
    return this.getNode(path).attributes;
  }

  /**
   * The settings that were saved with a group, as a tree.
   *
   * @returns undefined if there are none, or they are not whole
   */
  getSettings(path: string): Setting | undefined {
    const xml = textIn(this.getAttributes(path), 'settings');
    return xml === '' ? undefined : parseSettingsXml(xml);
  }

  /** @throws DaqtorError `load.failed` or `data.shape` if there are no data or they cannot be read */
  getDataOf(path: string, options?: LoadOptions): Promise<LoadedData> {
    return this.#loader.loadData(path, options);
  }

  /**
   * Adds a line to the attribute `comments` of a node, where PyMoDAQ's browser keeps them.
   *
   * @throws DaqtorError `save.failed` if there is no such node, or the file is being written or cannot be
   */
  async addComment(path: string, text: string): Promise<void> {
    const node = this.getNode(path);
    if (node.kind === 'link' || node.kind === 'unreadable') {
      throw new DaqtorError('save.failed', {
        problem: `${node.path} of ${this.path} takes no comment: it is a ${node.kind}`,
      });
    }
    const file = await H5File.open({ path: this.path, mode: 'append', fsync: true }, this.#clock);
    try {
      // Read now that nobody else can write, so that no comment of another process is lost.
      const before = textIn(attributeValues(await file.ask({ ask: 'attributes', path: node.path })), 'comments');
      const value = asStr(before === '' ? text : `${before}\n${text}`);
      await file.transact([{ op: 'attribute', path: node.path, name: 'comments', value }]);
    } finally {
      await file.close();
    }
    this.#loader = await DataLoader.open(this.path, this.#reader);
  }

  /**
   * Writes a node into a file of its own: `.h5`, `.txt`, `.csv` or `.npy`, by the ending of its name.
   *
   * @returns what the person should know about it, in sentences
   * @throws DaqtorError `save.failed` or `data.shape`
   */
  exportNode(path: string, out: string, options?: ExportOptions): Promise<readonly string[]> {
    return exportNode({ loader: this.#loader, reader: this.#reader, clock: this.#clock }, path, out, options);
  }
}
