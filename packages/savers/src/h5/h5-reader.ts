import { existsSync, readFileSync } from 'node:fs';
import { diagnostics, type H5Module, type RawStream } from './h5-module.ts';
import type { RawNode, ReadAnswer, ReadArray } from './h5-operation.ts';
import { decodeJournal, journalPath } from './journal.ts';
import { PageOverlay } from './page-overlay.ts';
import { readFailed } from './read-errors.ts';
import { describeTree, type FileInModule, isFatal, isWorn, tryArray } from './read-nodes.ts';
import type { ReadingModule } from './reading-module.ts';
import { checkSignature } from './signature.ts';
import { headWithoutWriter } from './superblock.ts';

/** The whole tree of a file, attributes as stored, arrays without their values. The file is not changed. */
export function describe(h5: H5Module, path: string): ReadAnswer<RawNode> {
  return reading(h5, path, (file) => describeTree(file));
}

/** Arrays of a file, all as they were at one moment; each is read or has an error of its own. The file is not changed. */
export function readArrays(h5: H5Module, path: string, nodes: readonly string[]): ReadAnswer<readonly ReadArray[]> {
  return reading(h5, path, (file) => nodes.map((node) => tryArray(file, node, path)));
}

function reading<T>(module: H5Module, path: string, work: (file: FileInModule) => T): ReadAnswer<T> {
  const h5 = module as unknown as ReadingModule;
  try {
    const bytes = checkSignature(path);
    const journal = journalPath(path);
    // A commit that a killed writer left half done is read as if it were done; a live one's is about to be.
    const commit = (existsSync(journal) && decodeJournal(readFileSync(journal))?.runs) || [];
    const head = headWithoutWriter(path, commit);
    const replay = [...commit, ...(head ? [{ position: 0, bytes: head }] : [])];
    const overlay = new PageOverlay(h5.FS, path, { replay });
    const opened = new Set<RawStream>();
    const { open, close } = h5.FS;
    // HDF5 keeps a file open for as long as one of its objects is: then the next reader would get the old bytes.
    h5.FS.open = (...args) => {
      const stream = open.apply(h5.FS, args);
      opened.add(stream);
      return stream;
    };
    h5.FS.close = (stream) => {
      opened.delete(stream);
      close.call(h5.FS, stream);
    };
    let answer: ReadAnswer<T>;
    try {
      answer = { value: inFile(h5, path, bytes, work), spent: false };
    } catch (error) {
      answer = failure(path, error);
    } finally {
      overlay.release();
    }
    return { ...answer, spent: answer.spent || opened.size > 0 || isWorn() };
  } catch (error) {
    return failure(path, error);
  }
}

function inFile<T>(h5: ReadingModule, path: string, bytes: number, work: (file: FileInModule) => T): T {
  const id = openFile(h5, path);
  try {
    return work({ h5, id, bytes });
  } finally {
    h5.close_file(id);
    diagnostics(); // What closing complains about was read already, or has been told.
  }
}

function openFile(h5: ReadingModule, path: string): bigint {
  const open = (mode: number) => h5.open(path, mode, false, -1, -1);
  diagnostics();
  const id = open(h5.H5F_ACC_RDONLY);
  const complaint = diagnostics();
  if (id >= 0n) return id;
  // A writer has it open for readers beside it, or was killed while it had: the rows that it flushed are all there.
  const shared = /already open for write|consistency flag/i.test(complaint) ? open(h5.H5F_ACC_SWMR_READ) : -1n;
  diagnostics();
  if (shared >= 0n) return shared;
  throw new Error(complaint || 'HDF5 cannot open it');
}

function failure(path: string, error: unknown): ReadAnswer<never> {
  return { error: readFailed(path, error), spent: isFatal(error) };
}
