import { expect, test } from 'vitest';
import { saveFailed } from './h5-errors.ts';

const STACK = `HDF5-DIAG: Error detected in HDF5 (2.0.0):
  #000: /src/H5D.c line 1 in H5Dwrite(): can't synchronously write data
    major: Dataset
  #001: /src/H5FDsec2.c line 2 in H5FD__sec2_write(): file write failed: errno = 51, error message = '@', buf = 1
    major: Low-level I/O
HDF5-DIAG: Error detected in HDF5 (2.0.0):
  #000: /src/H5G.c line 3 in H5Gclose(): not a group ID
`;

test('a full disk is named, whether HDF5 or Node says so', () => {
  const advice = expect.stringContaining('Free some space');
  expect(saveFailed('writing x', '/f.h5', STACK.replace('@', 'No space left on device'))).toMatchObject({
    code: 'save.failed',
    problem: 'writing x failed in /f.h5: No space left on device',
    advice,
  });
  const error = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  expect(saveFailed('committing', '/f.h5', error)).toMatchObject({ advice });
});

test('other failures give the innermost message of the first error stack', () => {
  const { problem, cause } = saveFailed('writing x', '/f.h5', STACK);
  expect(problem).toMatch(/^writing x failed in \/f\.h5: file write failed: errno = 51/);
  expect(cause).toBe(STACK);
});
