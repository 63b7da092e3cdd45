import type { Clock, ScanPoint, ScanRecording, ScanStreams } from '@daqtor/core';
import { Subject } from 'rxjs';
import type { H5Backend } from '../h5/h5-backend.ts';
import type { H5Operation } from '../h5/h5-operation.ts';
import { feed, SavingSession } from './saving-session.ts';
import type { ScanSaver } from './scan-saver.ts';
import { selecting } from './selecting.ts';

/** Points that a scan may be ahead of commits that are made by time. */
const AHEAD = 4096;

/**
 * Starts the actors that write one scan into an open file. The file is theirs from now on: they close it.
 *
 * @param first - what else has to be in the file before the first point
 * @param select - what of each point is saved
 * @throws DaqtorError `save.failed` if the description cannot be written
 */
export async function record(
  file: H5Backend,
  saver: ScanSaver,
  { points, log$ }: ScanStreams,
  first: readonly H5Operation[],
  clock: Clock,
  select: (point: ScanPoint) => ScanPoint = (point) => point,
): Promise<ScanRecording> {
  const saved = new Subject<number>();
  const fromPoints = feed({
    saver: selecting(saver, select),
    queue: points,
    onSaved: ({ step }: ScanPoint) => saved.next(step),
  });
  const session = await SavingSession.start(file, [fromPoints], {
    clock,
    first,
    log$,
    onFault: (error) => saved.error(error),
  });
  return {
    file: file.path,
    group: saver.group,
    ...(file.commit !== 'point' && { ahead: AHEAD }),
    saved$: saved.asObservable(),
    trouble$: session.trouble$,
    async end(outcome) {
      const error = await session.end(outcome);
      saved.complete();
      if (error !== undefined) throw error;
    },
  };
}
