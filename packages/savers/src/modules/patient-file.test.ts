import { DaqtorError, VirtualClock } from '@daqtor/core';
import { expect, test } from 'vitest';
import type { H5Backend } from '../h5/h5-backend.ts';
import { saveFailed } from '../h5/h5-errors.ts';
import type { H5Operation } from '../h5/h5-operation.ts';
import { PatientFile } from './patient-file.ts';

const group = (name: string): H5Operation => ({ op: 'group', path: `/RawData/${name}`, attributes: {} });
const failure = (code: string) =>
  DaqtorError.from(saveFailed('committing', 'a.h5', Object.assign(new Error(code), { code })));

/** A file that keeps the names of the groups that it made, or fails. */
function fakeFile() {
  const made: string[] = [];
  const file = {
    path: 'a.h5',
    commit: 'point',
    error: undefined as DaqtorError | undefined,
    isClosed: false,
    async transact(operations: readonly H5Operation[]) {
      await Promise.resolve();
      if (file.error) throw file.error;
      made.push(...operations.map(({ path }) => path.slice(9)));
    },
    settle: async () => {},
    ask: async () => made as never,
    close: async () => {
      file.isClosed = true;
    },
  } satisfies H5Backend & Record<string, unknown>;
  return { file, made };
}

function patientFile() {
  const clock = new VirtualClock();
  const { file, made } = fakeFile();
  const patient = new PatientFile(file, clock);
  const troubles: (string | undefined)[] = [];
  patient.trouble$.subscribe((trouble) => troubles.push(trouble?.problem));
  return { clock, file, made, patient, troubles };
}

test('a full disk is waited for, told, and what could not be written is written in its order', async () => {
  const { clock, file, made, patient, troubles } = patientFile();
  patient.bePatient();
  await patient.transact([group('a')]);
  file.error = failure('ENOSPC');
  const waiting = ['b', 'c'].map((name) => patient.transact([group(name)]));
  await clock.sleep(500);
  const late = patient.transact([group('d')]);
  await clock.sleep(5000);
  expect(made).toEqual(['a']);
  file.error = undefined;
  await Promise.all([...waiting, late, patient.settle()]);
  expect(made).toEqual(['a', 'b', 'c', 'd']);
  expect(troubles).toEqual([undefined, expect.stringContaining('No space left'), undefined]);
  await patient.close();
  expect(file.isClosed).toBe(true);
});

test('before it is patient, and for any other cause, a failure is told at once', async () => {
  const { file, made, patient, troubles } = patientFile();
  file.error = failure('ENOSPC');
  await expect(patient.transact([group('a')])).rejects.toBe(file.error);
  patient.bePatient();
  file.error = failure('EIO');
  await expect(patient.transact([group('b')])).rejects.toBe(file.error);
  file.error = undefined;
  await patient.transact([group('c')]);
  expect(made).toEqual(['c']);
  expect(troubles).toEqual([undefined]);
});

test('who gives up is told what it waited for, and nothing is written behind their back', async () => {
  const { clock, file, made, patient } = patientFile();
  patient.bePatient();
  file.error = failure('ENOSPC');
  const waiting = patient.transact([group('a')]);
  const settled = patient.settle();
  await clock.sleep(1500);
  patient.giveUp();
  await expect(waiting).rejects.toMatchObject({ problem: expect.stringContaining('No space left') });
  await settled;
  file.error = undefined;
  await clock.sleep(5000);
  expect(made).toEqual([]);
});
