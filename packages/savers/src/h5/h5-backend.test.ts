import { join } from 'node:path';
import { realClock } from '@daqtor/core';
import { expect, test } from 'vitest';
import { describeH5Backend } from '../testing/describe-h5-backend.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { H5File } from './h5-file.ts';
import { memoryBackend } from './memory-backend.ts';

const onDisk = (commit?: { everyMs: number }) => async () => {
  const path = join(tempFolder(), 'trial.h5');
  const how = { path, fsync: false, ...(commit && { commit }) };
  return {
    backend: await H5File.open({ ...how, mode: 'create' }, realClock),
    reopen: () => H5File.open({ ...how, mode: 'append' }, realClock),
  };
};
describeH5Backend('H5File', onDisk());
describeH5Backend('H5File that commits twice a second', onDisk({ everyMs: 500 }));

describeH5Backend('memoryBackend', async () => {
  const backend = await memoryBackend();
  return { backend, reopen: () => memoryBackend({ bytes: backend.bytes() }) };
});

test('the bytes of a file in memory are those of its last transaction, while it is open and later', async () => {
  const file = await memoryBackend();
  await file.transact([{ op: 'group', path: '/RawData/a', attributes: {} }]);
  const bytes = file.bytes();
  const failing = file.transact([
    { op: 'group', path: '/RawData/b', attributes: {} },
    { op: 'group', path: '/RawData/a', attributes: {} },
  ]);
  await expect(failing).rejects.toThrow('making the group /RawData/a failed in memory.h5');
  expect(file.bytes()).toEqual(bytes);
  await file.close();
  const again = await memoryBackend({ bytes: file.bytes() });
  expect(await again.ask({ ask: 'children', path: '/RawData' })).toEqual(['Logger', 'a']);
  await again.close();
});

test('files in memory do not disturb each other when one of them fails', async () => {
  const [one, other] = await Promise.all([memoryBackend(), memoryBackend()]);
  const group = (path: string) => ({ op: 'group', path, attributes: {} }) as const;
  const failing = one.transact([group('/RawData/a'), group('/RawData')]);
  await other.transact([group('/RawData/a')]);
  await expect(failing).rejects.toMatchObject({ code: 'save.failed' });
  expect(await one.ask({ ask: 'children', path: '/RawData' })).toEqual(['Logger']);
  expect(await other.ask({ ask: 'children', path: '/RawData' })).toEqual(['Logger', 'a']);
  await Promise.all([one.close(), other.close()]);
});

test('bytes that are no HDF5 file are refused', async () => {
  await expect(memoryBackend({ bytes: Uint8Array.of(1, 2, 3), path: 'odd.h5' })).rejects.toMatchObject({
    code: 'load.failed',
    problem: expect.stringContaining('odd.h5'),
  });
});
