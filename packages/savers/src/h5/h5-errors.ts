import { DaqtorError, type ErrorRecord } from '@daqtor/core';

/** What is said of a file that is no longer at its path. */
export const LOST = 'the file was removed or replaced while it was being written';

/** Causes that a person can do something about: Node's code, the C library's text, what to do. */
const ADVICE: readonly (readonly [code: string, text: string, advice: string])[] = [
  [
    'ENOSPC',
    'No space left on device',
    'Free some space on that disk, or save to another one; what was saved is intact',
  ],
  [
    'EDQUOT',
    'Quota exceeded',
    'Your disk quota is used up: free some space or save elsewhere; what was saved is intact',
  ],
  ['EROFS', 'Read-only file system', 'That disk is mounted read-only: save to another one'],
  ['EACCES', 'Permission denied', 'You may not write there: choose another folder or change its permissions'],
  ['EPERM', 'Operation not permitted', 'You may not write there: choose another folder or change its permissions'],
  ['ENOTDIR', 'Not a directory', 'A part of that path is a file, not a folder: choose another folder'],
  ['ENOENT', 'No such file or directory', 'It is not there: check the path, and that its disk still is'],
  ['ENAMETOOLONG', 'File name too long', 'The path is longer than that disk allows: choose a shorter one'],
  [
    'LOST',
    LOST,
    'Put the file back and begin the scan again, or save to a new dataset; what is at that path now is left alone',
  ],
  ['EISDIR', 'Is a directory', 'There is a folder of that name: choose another name'],
  ['EIO', 'I/O error', 'The disk reports a fault: save to another one and check the cable and the disk'],
  ['EMFILE', 'No file descriptors available', 'This process has too many files open: close some'],
];

const NO_ROOM = ['ENOSPC', 'EDQUOT'];

/**
 * The error for something that failed while a file was written.
 *
 * @param tried - what was being done, e.g. `writing /RawData/Scan000`
 * @param path - the file
 * @param cause - what was thrown, or the text that HDF5 printed
 */
export function saveFailed(tried: string, path: string, cause: unknown): ErrorRecord {
  const text = typeof cause === 'string' ? cause : cause instanceof Error ? cause.message : String(cause);
  const code = (cause as { code?: unknown } | undefined)?.code;
  const known = ADVICE.find(([name, phrase]) => code === name || text.includes(phrase));
  const reason = known?.[1] ?? hdf5Reason(text);
  return {
    code: 'save.failed',
    problem: `${tried} failed in ${path}: ${reason}`,
    advice: known?.[2] ?? 'The cause says more; what was saved before is intact',
    cause: text,
  };
}

/** Whether somebody can make room, after which the same can be written. */
export function canBeMended(error: unknown): error is DaqtorError {
  if (!DaqtorError.is(error) || error.code !== 'save.failed') return false;
  return ADVICE.some(([code, text]) => NO_ROOM.includes(code) && error.problem.includes(text));
}

/** The innermost message of the first error stack that HDF5 printed, else the text itself, shortened. */
function hdf5Reason(text: string): string {
  const [, stack = ''] = text.split('HDF5-DIAG');
  const messages = [...stack.matchAll(/#\d{3}: .*? in .*?\(\): (.*)/g)];
  return messages.at(-1)?.[1]?.trim() ?? (text.trim().slice(0, 200) || 'HDF5 gave no reason');
}
