import type { ScanPoint, ScanRecording, ScanStreams } from '@daqtor/core';
import { Subject } from 'rxjs';
import type { H5Backend } from '../h5/h5-backend.ts';
import type { H5Operation } from '../h5/h5-operation.ts';
import { feed, SavingSession } from './saving-session.ts';
import type { ScanSaver } from './scan-saver.ts';

/**
 * Starts the actors that write one scan into an open file. The file is theirs from now on: they close it.
 *
 * @param first - what else has to be in the file before the first point
 * @throws DaqtorError `save.failed` if the description cannot be written
 */
export async function record(
  file: H5Backend,
  saver: ScanSaver,
  { points, log$ }: ScanStreams,
  first: readonly H5Operation[],
): Promise<ScanRecording> {
  const saved = new Subject<number>();
  const fromPoints = feed({ saver, queue: points, onSaved: ({ step }: ScanPoint) => saved.next(step) });
  const session = await SavingSession.start(file, [fromPoints], {
    first,
    log$,
    onFault: (error) => saved.error(error),
  });
  return {
    file: file.path,
    group: saver.group,
    saved$: saved.asObservable(),
    async end(outcome) {
      const error = await session.end(outcome);
      saved.complete();
      if (error !== undefined) throw error;
    },
  };
}
