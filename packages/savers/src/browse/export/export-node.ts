import { closeSync, existsSync, openSync, realpathSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { type Clock, DaqtorError, type DataWithAxes } from '@daqtor/core';
import { saveFailed } from '../../h5/h5-errors.ts';
import type { DataLoader } from '../../load/data-loader.ts';
import type { ReaderThread } from '../reader-thread.ts';
import { findNode } from '../tree.ts';
import { copyDataset } from './dataset-copy.ts';
import { npyPieces } from './npy.ts';
import { csvLines, txtLines } from './text-table.ts';

export const EXPORT_FORMATS = ['.h5', '.txt', '.npy', '.csv'] as const;

export interface ExportOptions {
  /** Replace a file of that name; default false. */
  readonly overwrite?: boolean;
  readonly withBkg?: boolean;
}

export interface ExportContext {
  readonly loader: DataLoader;
  readonly reader: ReaderThread;
  readonly clock: Clock;
}

/**
 * Writes a node into a file of its own, in the format that the file's name ends in: `.h5` a dataset of the node and all
 * that describes it, `.txt` a table or a matrix for numpy's loadtxt, `.csv` one line per value, `.npy` a single array for
 * numpy's load. A file appears whole or not at all.
 *
 * @returns what the person should know about it, in sentences
 * @throws DaqtorError `save.failed` or `data.shape` if there is no such node, the format does not fit or the file cannot be written
 */
export async function exportNode(
  { loader, reader, clock }: ExportContext,
  path: string,
  out: string,
  { overwrite = false, withBkg = false }: ExportOptions = {},
): Promise<readonly string[]> {
  const format = EXPORT_FORMATS.find((known) => known === extname(out).toLowerCase());
  if (!format) {
    const known = EXPORT_FORMATS.join(', ');
    throw new DaqtorError('save.failed', {
      problem: `${out} does not say in which format to write`,
      advice: `Let its name end in one of ${known}`,
    });
  }
  const node = findNode(loader.tree, path, loader.path);
  if (existsSync(out)) refuseToReplace(loader.path, out, overwrite);
  const half = `${out}.part`;
  rmSync(half, { force: true }); // Left by an export that was killed.
  try {
    const warnings = await WRITERS[format]({ loader, reader, clock }, node.path, { half, out, withBkg });
    renameSync(half, out);
    return warnings;
  } catch (error) {
    rmSync(half, { force: true });
    throw DaqtorError.is(error) ? error : DaqtorError.from(saveFailed('exporting', out, error));
  }
}

function refuseToReplace(source: string, out: string, overwrite: boolean): void {
  if (realpathSync(source) === realpathSync(out)) {
    throw new DaqtorError('save.failed', {
      problem: `${out} is the file to export from`,
      advice: 'Choose another name',
    });
  }
  if (!overwrite) {
    throw new DaqtorError('save.failed', { problem: `there is a file ${out} already`, advice: 'Choose another name' });
  }
}

interface Target {
  /** Where to write; becomes `out` when it is whole. */
  readonly half: string;
  readonly out: string;
  readonly withBkg: boolean;
}
type Writer = (context: ExportContext, path: string, target: Target) => Promise<readonly string[]>;

const asDataset: Writer = async ({ loader, reader, clock }, path, { half, out }) => {
  const tree = await reader.describe(loader.path);
  const read = async (node: string) => {
    const [array] = await reader.read(loader.path, [node]);
    if (!array || DaqtorError.is(array)) throw array;
    return array;
  };
  return copyDataset({ tree, read }, path, { path: half, name: basename(out) }, clock);
};

const asNpy: Writer = async ({ loader, reader }, path, { half }) => {
  const [array] = await reader.read(loader.path, [path]);
  if (!array || DaqtorError.is(array)) throw array;
  const pieces = npyPieces(array.values, array.shape, array.dtype);
  if (!pieces) {
    throw new DaqtorError('data.shape', {
      problem: `${path} of ${loader.path} holds ${array.dtype} and not numbers`,
      advice: 'Export it as .h5',
    });
  }
  write(half, pieces);
  return array.problems;
};

const asTable =
  (linesOf: (data: DataWithAxes) => Iterable<string>): Writer =>
  async ({ loader }, path, { half, withBkg }) => {
    const { data, warnings } = await loader.loadData(path, { withBkg });
    write(half, encoded(linesOf(data)));
    return warnings;
  };

const WRITERS: Readonly<Record<(typeof EXPORT_FORMATS)[number], Writer>> = {
  '.h5': asDataset,
  '.npy': asNpy,
  '.txt': asTable(txtLines),
  '.csv': asTable(csvLines),
};

const PIECE = 2 ** 16;

/** Lines as bytes, many at a time. */
function* encoded(lines: Iterable<string>): Generator<Uint8Array> {
  let text = '';
  for (const line of lines) {
    text += `${line}\n`;
    if (text.length < PIECE) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text);
}

function write(path: string, pieces: Iterable<Uint8Array>): void {
  const fd = openSync(path, 'w');
  try {
    for (const bytes of pieces) {
      for (let at = 0; at < bytes.byteLength; ) at += writeSync(fd, bytes, at);
    }
  } finally {
    closeSync(fd);
  }
}
