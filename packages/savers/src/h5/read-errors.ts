import type { ErrorRecord } from '@daqtor/core';

/** Why a file cannot be read: Node's code or a phrase of HDF5, what that means, what to do. */
const REASONS: readonly (readonly [cause: RegExp, reason: string, advice: string])[] = [
  [/ENOENT/, 'there is no such file', 'Check the path, and that its disk is mounted'],
  [/ENOTDIR/, 'a part of that path is a file, not a folder', 'Check the path'],
  [/EISDIR/, 'it is a folder', 'Name a file in it'],
  [/EACCES|EPERM|Permission denied/, 'you may not read it', 'Change its permissions, or ask its owner'],
  [/EIO\b|I\/O error/, 'the disk reports a fault', 'Check the cable and the disk, then copy the file elsewhere'],
  [/EMFILE|No file descriptors available/, 'this process has too many files open', 'Close some'],
  [/truncated file/, 'it ends before its own last byte', 'A copy was cut off or the disk was full: take another copy'],
  [
    /required filter|filter .* is not registered|can't open directory.*plugin/i,
    'its values are compressed by a filter that is not part of HDF5',
    'Repack it with h5repack -f GZIP=4, then read that',
  ],
];

/** What to do about what this package found out itself; its own words say what is wrong. */
const ADVICE: readonly (readonly [cause: RegExp, advice: string])[] = [
  [/not read here/, 'Read it with h5py, or look at it with h5dump'],
  [/no such array/, 'Look at the tree of the file for what is in it'],
  [/read at once|no memory for/, 'Read it in parts with h5py'],
  [
    /is empty|begins with zeros/,
    'Its writer was killed before it could save anything, or a copy failed: take another copy',
  ],
  [/no HDF5 file/, 'Choose another file'],
];

/**
 * The error for a file, or a node of one, that cannot be read.
 *
 * @param what - e.g. the file's path, or `/RawData/Scan000 of <path>`
 * @param cause - what was thrown, or the text that HDF5 printed
 */
export function readFailed(what: string, cause: unknown): ErrorRecord {
  const text = textOf(cause);
  const known = REASONS.find(([pattern]) => pattern.test(text));
  const advice = known?.[2] ?? ADVICE.find(([pattern]) => pattern.test(text))?.[1];
  return {
    code: 'load.failed',
    problem: `${what} cannot be read: ${known?.[1] ?? reasonIn(text)}`,
    advice: advice ?? 'If it should hold data, it is damaged: take another copy of the file',
    cause: text,
  };
}

/** What HDF5 has printed, or another error, in one line. */
export function reasonIn(text: string): string {
  const [, stack = ''] = text.split('HDF5-DIAG');
  const messages = [...stack.matchAll(/#\d{3}: .*? in .*?\(\): (.*)/g)];
  const line = messages.at(-1)?.[1] ?? text.split('\n', 1)[0] ?? '';
  return line.trim().slice(0, 200) || 'HDF5 gave no reason';
}

export function textOf(cause: unknown): string {
  if (typeof cause === 'string') return cause;
  return cause instanceof Error ? cause.message : String(cause);
}
