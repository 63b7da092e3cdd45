import { DaqtorError } from '@daqtor/core';

export function noSwmr(path: string): DaqtorError {
  return new DaqtorError('save.failed', {
    problem: `${path} cannot be opened for others to read while it is written (SWMR): it is not on a disk`,
    advice: 'Give the path of a file, or leave swmrMode off',
  });
}

export function isThere(path: string): DaqtorError {
  return new DaqtorError('save.failed', {
    problem: `${path} is no new file: there is something in it already`,
    advice: 'Choose another name, or leave newFile off to go on in it',
  });
}

export function noRows(path: string, count: number, shape: readonly number[]): DaqtorError {
  return new DaqtorError('data.shape', {
    problem: `${path} takes blocks of [${shape.join(', ')}], not ${count} values`,
  });
}
