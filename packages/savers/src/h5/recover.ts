import { closeSync, existsSync, fdatasyncSync, fstatSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { decodeJournal, journalPath } from './journal.ts';
import { releaseFromWriter } from './superblock.ts';

/**
 * Finishes what a killed writer had begun, before a file is opened again. A whole journal is a commit that may have been
 * torn: it is applied once more, which does no harm if it was complete. Anything else never reached the file.
 *
 * @param path - the file; nobody may be writing it
 */
export function recover(path: string): 'nothing' | 'released' | 'replayed' | 'discarded' {
  const outcome = finishCommit(path);
  // Behind the commit, which may bring the flag of a writer.
  const isReleased = existsSync(path) && releaseFromWriter(path);
  return outcome === 'nothing' && isReleased ? 'released' : outcome;
}

function finishCommit(path: string): 'nothing' | 'replayed' | 'discarded' {
  const journal = journalPath(path);
  if (!existsSync(journal)) return 'nothing';
  const commit = decodeJournal(readFileSync(journal));
  let outcome: 'replayed' | 'discarded' = 'discarded';
  if (commit) {
    const fd = openSync(path, 'r+');
    try {
      // A shorter file is another file: a journal is written after all new space is.
      if (fstatSync(fd).size >= commit.fileSize) {
        for (const { position, bytes } of commit.runs) writeAll(fd, bytes, position);
        fdatasyncSync(fd);
        outcome = 'replayed';
      }
    } finally {
      closeSync(fd);
    }
  }
  rmSync(journal);
  return outcome;
}

/** Writes every byte: one call may write fewer than it was given. */
export function writeAll(fd: number, bytes: Uint8Array, position: number): void {
  for (let at = 0; at < bytes.byteLength; ) {
    at += writeSync(fd, bytes, at, bytes.byteLength - at, position + at);
  }
}
